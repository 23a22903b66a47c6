"""Signing in through other houses: the client's side of OpenID Connect, OAuth 2.0 and OAuth 1.0a. No web, no SQL."""
