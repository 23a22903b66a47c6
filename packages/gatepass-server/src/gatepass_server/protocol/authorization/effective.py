"""The parameters that count: those of the query, of a request that was pushed, or of a request object."""

from dataclasses import dataclass, field

from gatepass_server.crypto.handles import digest
from gatepass_server.domain.clients import Client
from gatepass_server.domain.clock import Clock, whole_seconds
from gatepass_server.protocol.authorization.pushed import REQUEST_URI_PREFIX
from gatepass_server.protocol.authorization.request_objects import RequestObjects, signed
from gatepass_server.protocol.errors import InvalidRequest, InvalidRequestUri
from gatepass_server.protocol.flows import stored
from gatepass_server.protocol.messages import Parameters
from gatepass_server.store.ports import Store


@dataclass(frozen=True, slots=True)
class Effective:
    """What a request asks for, wherever that was written.

    Attributes:
        parameters: Those in effect; no others are looked at.
        pushed: The digest of the pushed request that they come from, which is good for one code.
    """

    parameters: Parameters
    pushed: bytes = field(default=b"", repr=False)


class EffectiveParameters:
    """Finds them. A look consumes nothing: some programs fetch the address before the browser does.

    Args:
        must_push: whether every client's requests must be sent ahead (RFC 9126 section 5).
    """

    def __init__(self, store: Store, objects: RequestObjects, clock: Clock, *, must_push: bool) -> None:
        self._store = store
        self._objects = objects
        self._clock = clock
        self._must_push = must_push

    def __call__(self, client: Client, parameters: Parameters) -> Effective:
        """What the query, or the form, of an authorization request stands for.

        Raises:
            InvalidRequest, InvalidRequestUri, InvalidRequestObject: it cannot be found, or the client must send it in
                another way.
        """
        request, uri = parameters.get("request"), parameters.get("request_uri")
        if request is not None and uri is not None:
            raise InvalidRequest("Send request or request_uri, not both (RFC 9101 section 5).")
        if uri is not None and uri.startswith(REQUEST_URI_PREFIX):
            return self._pushed(client, uri)
        if self._must_push or client.metadata.must_push:
            raise InvalidRequest("The request must be sent ahead (pushed authorization request, RFC 9126).")
        if uri is not None:
            return Effective(self._objects.fetch(client, uri))
        return Effective(signed(self._objects, client, parameters))

    def _pushed(self, client: Client, uri: str) -> Effective:
        key = digest(uri.removeprefix(REQUEST_URI_PREFIX))
        with self._store.look() as uow:
            found = uow.pushed_requests.find(key)
        now = whole_seconds(self._clock)
        if (
            found is None
            or found.client_id != client.id
            or found.consumed_at is not None
            or found.expires_at <= now
        ):
            # One answer for all: another client learns nothing of a request that is not its own.
            raise InvalidRequestUri(
                "This request is not known, was used, or has expired. Go back to the program, and begin anew.",
                reason="unknown, of another client, used or expired request_uri",
            )
        return Effective(stored(found.parameters), pushed=key)
