"""A program as Authlib's grants ask about it."""

from authlib.oauth2.rfc6749 import ClientMixin

from gatepass_server.domain.clients import Client
from gatepass_server.domain.redirect_uris import matches


class AuthlibClient(ClientMixin):  # type: ignore[misc]  # Authlib has no types
    """Answers by the client's metadata. Authentication is not asked here: see ``client_authentication``."""

    def __init__(self, client: Client) -> None:
        self.client = client

    def get_client_id(self) -> str:
        """Its ``client_id``."""
        return self.client.id

    def check_redirect_uri(self, redirect_uri: str) -> bool:
        """Whether it is registered."""
        return any(matches(uri, redirect_uri) for uri in self.client.metadata.redirect_uris)

    def check_grant_type(self, grant_type: str) -> bool:
        """Whether it may present this at the token endpoint."""
        return self.client.may_use(grant_type)

    def __repr__(self) -> str:
        return f"AuthlibClient({self.client.id})"
