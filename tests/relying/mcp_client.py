"""An MCP client with the SDK's own OAuth, as its users write it: a store of tokens, and a browser to send people to."""

from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

from mcp.client.auth import OAuthClientProvider
from mcp.shared.auth import (
    AuthorizationCodeResult,
    OAuthClientInformationFull,
    OAuthClientMetadata,
    OAuthToken,
)

CALLBACK = "http://127.0.0.1:3030/callback"


class Memory:
    """Keeps what the SDK wants to have kept."""

    def __init__(self, client: OAuthClientInformationFull | None = None) -> None:
        self.client = client
        self.tokens: list[OAuthToken] = []

    async def get_tokens(self) -> OAuthToken | None:
        return self.tokens[-1] if self.tokens else None

    async def set_tokens(self, tokens: OAuthToken) -> None:
        self.tokens.append(tokens)

    async def get_client_info(self) -> OAuthClientInformationFull | None:
        return self.client

    async def set_client_info(self, client_info: OAuthClientInformationFull) -> None:
        self.client = client_info


class Browser:
    """Where the SDK sends people to.

    Args:
        carry: takes an address to the server, and comes back with the one that it leads away to.
    """

    def __init__(self, carry: Callable[[str], str]) -> None:
        self._carry = carry
        self.asked: list[dict[str, str]] = []
        """The parameters of each request."""

    async def open(self, address: str) -> None:
        """Let the person sign in."""
        self.asked.append(_parameters(address))
        self._came_back = _parameters(self._carry(address))

    async def answer(self) -> AuthorizationCodeResult:
        """What came back."""
        return AuthorizationCodeResult(**{name: self._came_back[name] for name in ("code", "state", "iss")})


def sign_in_with(
    server: str, memory: Memory, browser: Browser, *, document: str | None = None, **metadata: Any
) -> OAuthClientProvider:
    """What signs the requests of an MCP client.

    Args:
        server: the address of the MCP server.
        memory: what is known already.
        browser: of the person.
        document: the address of its metadata document, where it has one.
        metadata: what it says of itself, beside its name and redirect URI.
    """
    return OAuthClientProvider(
        server_url=server,
        client_metadata=OAuthClientMetadata.model_validate(
            {"client_name": "Assistant", "redirect_uris": [CALLBACK], **metadata}
        ),
        storage=memory,
        redirect_handler=browser.open,
        callback_handler=browser.answer,
        client_metadata_url=document,
    )


def _parameters(address: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
