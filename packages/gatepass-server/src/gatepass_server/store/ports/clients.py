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

    def page(self, *, after: str | None, limit: int) -> Sequence[Client]:
        """Up to ``limit`` programs in the order of their ids (by code point), past ``after``."""
        ...

    def replace(self, client: Client) -> bool:
        """Change everything but its id and when it was made. True if it is there."""
        ...

    def delete(self, client_id: str) -> bool:
        """Forget a program, and what people allowed it. True if it was there."""
        ...
