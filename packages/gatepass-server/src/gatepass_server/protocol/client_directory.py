"""Finding the program that a ``client_id`` names."""

from gatepass_server.domain.clients import Client
from gatepass_server.protocol.registration.documents import ClientDocuments, is_document_address
from gatepass_server.store.ports import Store


class ClientDirectory:
    """Programs by their ids. Everything in this room that is told a ``client_id`` asks here.

    Args:
        documents: finds programs that publish what they are; None where they are not taken.
    """

    def __init__(self, store: Store, documents: ClientDocuments | None = None) -> None:
        self._store = store
        self._documents = documents

    def find(self, client_id: str) -> Client | None:
        """The program, if there is one. Registered ones come first, whatever their ids look like.

        Raises:
            InvalidClient: the id is the address of a document that cannot be had or used, with a sentence for whoever
                wrote that.
        """
        with self._store.read() as uow:
            client = uow.clients.by_id(client_id)
        if client is None and self._documents is not None and is_document_address(client_id):
            return self._documents.find(client_id)
        return client
