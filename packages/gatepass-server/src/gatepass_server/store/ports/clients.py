"""Programs, as the rest of the house asks for them."""

from collections.abc import Sequence
from typing import Protocol

from gatepass_server.domain.clients import Client


class Clients(Protocol):
    """Programs that the server knows."""

    def add(self, client: Client) -> None:
        """Keep a new program."""
        ...

    def by_id(self, client_id: str) -> Client | None:
        """The program with this id."""
        ...

    def all(self) -> Sequence[Client]:
        """Every program, in the order in which they were made."""
        ...

    def delete(self, client_id: str) -> bool:
        """Forget a program. True if it was there."""
        ...
