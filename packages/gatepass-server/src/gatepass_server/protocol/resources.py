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


def narrowed_resources(granted: tuple[str, ...], parameters: Parameters) -> tuple[str, ...]:
    """Where a token is to be good, of what was granted: a token request may name less (RFC 8707 section 2.2).

    Raises:
        InvalidTarget: it names more.
    """
    asked = tuple(dict.fromkeys(parameters.all("resource")))
    for resource in asked:
        if resource not in granted:
            raise InvalidTarget(
                "This was not granted for that resource: name it in the authorization request, too.",
                reason=f"resource {resource!r} is none of {granted}",
            )
    return asked or granted
