"""Where tokens are to be good (RFC 8707)."""

from gatepass_server.domain.clients import Client
from gatepass_server.protocol.errors import InvalidTarget
from gatepass_server.protocol.messages import Parameters


def asked_resources(client: Client, parameters: Parameters) -> tuple[str, ...]:
    """The resources that a request names, each once; none where it names none, and the house's own audience is meant.

    Raises:
        InvalidTarget: the client is not registered for one of them.
    """
    asked = tuple(dict.fromkeys(parameters.all("resource")))
    for resource in asked:
        if resource not in client.metadata.resources:
            raise InvalidTarget(
                "The client may not have tokens for this resource.", reason=f"resource {resource!r}"
            )
    return asked
