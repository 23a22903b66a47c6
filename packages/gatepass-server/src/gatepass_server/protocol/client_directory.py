"""Finding the program that a ``client_id`` names."""

from gatepass_server.domain.clients import Client
from gatepass_server.store.ports import Store


class ClientDirectory:
    """Programs by their ids. Everything in this room that is told a ``client_id`` asks here."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def find(self, client_id: str) -> Client | None:
        """The program, if there is one."""
        with self._store.read() as uow:
            return uow.clients.by_id(client_id)
