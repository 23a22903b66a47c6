"""OAuth 2.1 and OpenID Connect, resting on Authlib's framework-free core; no web framework."""
