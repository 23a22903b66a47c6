"""The endpoints below /oauth2."""
