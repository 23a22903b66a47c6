"""What is told of the person behind an access token (OpenID Connect Core section 5.3)."""

from typing import Any

from gatepass import Principal
from gatepass_server.domain.clients import Client
from gatepass_server.domain.errors import InvalidClient
from gatepass_server.protocol.client_directory import ClientDirectory
from gatepass_server.protocol.user_claims import known_claims, parse_claims, told
from gatepass_server.store.ports import LiveSession


class UserInfo:
    """Answers for a token that was checked, and whose session was found to be alive."""

    def __init__(self, directory: ClientDirectory) -> None:
        self._directory = directory

    def __call__(self, principal: Principal, live: LiveSession) -> dict[str, Any]:
        """The claims: ``sub``, and what the scopes of the token and the ``claims`` parameter ask for."""
        scope = " ".join(sorted(principal.scopes))
        wanted = parse_claims(live.session.terms.claims).userinfo
        return {"sub": live.user.id, **told(known_claims(live.user), scope=scope, wanted=wanted)}

    def client(self, live: LiveSession) -> Client | None:
        """The program that asks: it may want the answer signed."""
        try:
            return self._directory.find(live.session.client_id)
        except InvalidClient:  # its document cannot be had just now, and says nothing of signed answers
            return None
