"""Where tokens are to be good (RFC 8707)."""

import re

from gatepass_server.domain.clients import Client
from gatepass_server.protocol.errors import InvalidTarget
from gatepass_server.protocol.messages import Parameters

_WHOLE_HOST = re.compile(r"https?://[^/?#]+")


def asked_resources(client: Client, parameters: Parameters) -> tuple[str, ...]:
    """The resources that a request names, each once and as it was registered.

    Where it names none, the house's own audience is meant.

    Raises:
        InvalidTarget: the client is not registered for one of them.
    """
    asked = parameters.all("resource")
    if not asked:
        return ()
    registered = {_same(resource): resource for resource in client.metadata.resources}
    for resource in asked:
        if _same(resource) not in registered:
            raise InvalidTarget(
                "The client may not have tokens for this resource.", reason=f"resource {resource!r}"
            )
    return tuple(dict.fromkeys(registered[_same(resource)] for resource in asked))


def narrowed_resources(granted: tuple[str, ...], parameters: Parameters) -> tuple[str, ...]:
    """Where a token is to be good, of what was granted: a token request may name less (RFC 8707 section 2.2).

    Raises:
        InvalidTarget: it names more.
    """
    asked = tuple(dict.fromkeys(parameters.all("resource")))
    if not asked:
        return granted
    known = {_same(resource): resource for resource in granted}
    for resource in asked:
        if _same(resource) not in known:
            raise InvalidTarget(
                "This was not granted for that resource: name it in the authorization request, too.",
                reason=f"resource {resource!r} is none of {granted}",
            )
    return tuple(dict.fromkeys(known[_same(resource)] for resource in asked))


def _same(resource: str) -> str:
    """An address of a whole host is the same with and without the slash (RFC 3986 section 6.2.3).

    Programs that parse it before they send it add one, and an API compares its audience byte by byte.
    """
    return resource + "/" if _WHOLE_HOST.fullmatch(resource) else resource
