"""Finding the program that a ``client_id`` names."""

from gatepass_server.domain.clients import Client
from gatepass_server.domain.clock import Clock
from gatepass_server.protocol.registration.documents import ClientDocuments, is_document_address
from gatepass_server.store.ports import Store

REMEMBERED_SECONDS = 1
"""How long a process trusts what it read of a program. What another process changes or deletes counts within it."""

_MOST = 1024


class ClientDirectory:
    """Programs by their ids. Everything in this room that is told a ``client_id`` asks here.

    A program that calls a hundred times in a second is read once: that saves a transaction of each call.

    Args:
        documents: finds programs that publish what they are; None where they are not taken.
    """

    def __init__(self, store: Store, clock: Clock, documents: ClientDocuments | None = None) -> None:
        self._store = store
        self._clock = clock
        self._documents = documents
        self._known: dict[str, tuple[float, Client]] = {}

    def find(self, client_id: str) -> Client | None:
        """The program, if there is one. Registered ones come first, whatever their ids look like.

        Raises:
            InvalidClient: the id is the address of a document that cannot be had or used, with a sentence for whoever
                wrote that.
        """
        now = self._clock()
        known = self._known.get(client_id)
        if known is not None and 0 <= now - known[0] < REMEMBERED_SECONDS:
            return known[1]
        with self._store.look() as uow:
            client = uow.clients.by_id(client_id)
        if client is None:
            self._known.pop(client_id, None)
            if self._documents is not None and is_document_address(client_id):
                return self._documents.find(client_id)
            return None
        if len(self._known) >= _MOST:
            self._known.clear()  # strangers cannot fill it: only programs that are there are kept
        self._known[client_id] = (now, client)
        return client

    def forget(self, client_id: str) -> None:
        """Read the program anew at its next use: this process has changed it."""
        self._known.pop(client_id, None)
