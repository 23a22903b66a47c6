"""A device without a keyboard, and what it asks."""

from typing import Any, Self

from gatepass_server.domain.clients import ClientMetadata
from tests.support.house import House
from tests.support.relying_party import API, RelyingParty, give_rsa_key

GRANT = "urn:ietf:params:oauth:grant-type:device_code"
TELEVISION = ClientMetadata(
    grant_types=(GRANT, "refresh_token"),
    scope="openid profile offline_access",
    token_endpoint_auth_method="none",
    resources=(API,),
)


class Television(RelyingParty):
    """A device."""

    @classmethod
    def of(cls, house: House, metadata: ClientMetadata = TELEVISION, name: str = "Television") -> Self:
        """Register its program."""
        give_rsa_key(house, metadata)
        return cls(house, *house.gatepass.clients.create(name, metadata))

    def begin(self, **form: str) -> dict[str, Any]:
        """Ask for codes."""
        answer = self.post("/oauth2/device", **form)
        assert answer.status_code == 200, answer.text
        return dict(answer.get_json())

    def ask(self, codes: dict[str, Any]) -> dict[str, Any]:
        """Ask for tokens."""
        answer = self.token(grant_type=GRANT, device_code=codes["device_code"])
        assert answer.status_code == 200 or (answer.status_code == 400 and "error" in answer.get_json())
        return dict(answer.get_json())
