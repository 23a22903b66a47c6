"""An LDAP directory that knows people and judges their passwords (RFC 4511, RFC 4513).

Nothing else imports ldap3. Whoever asks knows no more than ``domain.directories``.
"""
