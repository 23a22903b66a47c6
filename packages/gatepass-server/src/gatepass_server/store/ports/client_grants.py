"""What programs have for themselves, as the rest of the house asks for it."""

from dataclasses import dataclass
from typing import Protocol

from gatepass_server.domain.opaque_tokens import ClientGrant, ClientToken
from gatepass_server.domain.sessions import StatusIndex


@dataclass(frozen=True, slots=True)
class ClientAccess:
    """An opaque token of a program and the grant that it was made for, read together."""

    token: ClientToken
    grant: ClientGrant


class ClientGrants(Protocol):
    """Grants of programs to themselves, and the opaque tokens made for them."""

    def add(self, grant: ClientGrant) -> None:
        """Keep a new grant."""
        ...

    def latest(self, client_id: str, *, now: int) -> ClientGrant | None:
        """The live grant of a program that lives longest."""
        ...

    def by_id(self, grant_id: str) -> ClientGrant | None:
        """The grant with this name, live or not."""
        ...

    def at(self, status: StatusIndex) -> ClientGrant | None:
        """The grant with this place in the revocation feed, live or not."""
        ...

    def end_all_of(self, client_id: str, now: int) -> int:
        """End every grant of a program; how many ended."""
        ...

    def add_token(self, token: ClientToken) -> None:
        """Keep a new opaque token."""
        ...

    def find_token(self, digest: bytes) -> ClientAccess | None:
        """The token with this digest, expired or not, with its grant, live or not."""
        ...

    def delete_token(self, digest: bytes) -> bool:
        """Forget the token with this digest. True if it was there."""
        ...

    def prune_tokens(self, before: int, *, limit: int) -> None:
        """Delete up to ``limit`` tokens that expired before ``before``. It waits for nobody."""
        ...

    def prune(self, before: int, *, limit: int) -> int:
        """Delete up to ``limit`` grants that expired before ``before``; how many went. It waits for nobody."""
        ...
