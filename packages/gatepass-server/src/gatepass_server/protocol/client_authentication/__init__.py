"""How a program proves who it is at the token endpoint and its neighbours (RFC 6749 section 2.3)."""

from gatepass_server.protocol.client_authentication.authenticator import ClientAuthenticator, Method

__all__ = ["ClientAuthenticator", "Method"]
