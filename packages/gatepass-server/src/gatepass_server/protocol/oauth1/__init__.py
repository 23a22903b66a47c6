"""OAuth 1.0a (RFC 5849), on Authlib's framework-free core."""
