"""One program, proved in one way."""

from collections.abc import Sequence
from typing import Protocol

from gatepass_server.domain.clients import SECRET_METHODS, Client
from gatepass_server.domain.errors import InvalidClient
from gatepass_server.protocol.errors import InvalidRequest
from gatepass_server.protocol.messages import ProtocolRequest


class Method(Protocol):
    """One way to prove who one is.

    Attributes:
        name: As the metadata name it (RFC 8414 section 2).
    """

    @property
    def name(self) -> str:
        """As the metadata name it (RFC 8414 section 2)."""
        ...

    def is_used(self, request: ProtocolRequest) -> bool:
        """Whether the request carries what this way needs."""
        ...

    def authenticate(self, request: ProtocolRequest) -> Client:
        """The program that has proved who it is.

        Raises:
            InvalidClient: it has not.
        """
        ...


class ClientAuthenticator:
    """Finds the one way that a request uses, and holds the program to the way that it is registered with.

    Args:
        methods: in the order in which they are told in the metadata; the last is that of public clients.
    """

    def __init__(self, methods: Sequence[Method]) -> None:
        self._methods = methods

    @property
    def names(self) -> tuple[str, ...]:
        """As the metadata name them."""
        return tuple(method.name for method in self._methods)

    def authenticate(self, request: ProtocolRequest, *, public: bool = True) -> Client:
        """The program behind the request.

        Args:
            request: to any endpoint that programs call.
            public: whether clients that cannot keep a secret may call, too.

        Raises:
            InvalidClient: none is named, or it has not proved who it is, or in another way than it must.
            InvalidRequest: it is proved in two ways at once (RFC 6749 section 2.3).
        """
        used = [method for method in self._methods if method.is_used(request)]
        if not used:
            raise InvalidClient("Name the client, and prove who it is.", reason="no client authentication")
        if len(used) > 1:
            names = ", ".join(method.name for method in used)
            raise InvalidRequest("Prove in one way only who the client is.", reason=f"at once: {names}")
        client = used[0].authenticate(request)
        registered = client.metadata.token_endpoint_auth_method
        name = used[0].name
        if name != registered and not {name, registered} <= SECRET_METHODS:
            raise InvalidClient(
                f"This client authenticates by {registered}.",
                reason=f"client {client.id} came with {name}, and is registered with {registered}",
            )
        if client.is_public and not public:
            raise InvalidClient(
                "Only clients that can prove who they are may ask.", reason=f"client {client.id} is public"
            )
        return client
