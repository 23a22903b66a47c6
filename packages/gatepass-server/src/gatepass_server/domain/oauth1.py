"""What a program of OAuth 1.0a is given: temporary credentials first, and token credentials for them (RFC 5849)."""

from dataclasses import dataclass, field

from gatepass_server.domain.grants import CodeTerms

OAUTH1 = "oauth1"
"""The name of the grant, and of the way in which such a program proves who it is."""

OUT_OF_BAND = "oob"
"""The callback of a program to which no browser can be sent: the person types the verifier (RFC 5849 section 2.1)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TemporaryCredentials:
    """A request for a person's approval (RFC 5849 section 2.1). Times are whole seconds since the epoch.

    Their secret is kept nowhere: it is made of their text, see ``crypto.signing_secrets``.

    Attributes:
        digest: The SHA-256 digest of their text (``oauth_token``).
        client_id: Whose they are.
        callback: Where the person is sent back to, or ``oob``.
        session_id: The sign-in in which they were approved.
        verifier: The MAC of the verifier that was given then.
        terms: What was approved.
        misses: How often a wrong verifier was presented with them.
        consumed_at: When they were exchanged, or refused.
    """

    digest: bytes = field(repr=False)
    client_id: str
    callback: str
    created_at: int
    expires_at: int
    session_id: str | None = None
    verifier: bytes | None = field(default=None, repr=False)
    terms: CodeTerms | None = None
    misses: int = 0
    consumed_at: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenCredentials:
    """What a program signs its calls with in a person's name (RFC 5849 section 2.3); good while its grant is.

    Attributes:
        digest: The SHA-256 digest of their text (``oauth_token``).
        session_id: The grant.
        client_id: Whose they are.
        created_at: In seconds since the epoch.
    """

    digest: bytes = field(repr=False)
    session_id: str
    client_id: str
    created_at: int
