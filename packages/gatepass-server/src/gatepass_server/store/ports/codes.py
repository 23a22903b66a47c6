"""Authorization codes, as the rest of the house asks for them."""

from dataclasses import dataclass
from typing import Protocol

from gatepass_server.domain.grants import AuthorizationCode
from gatepass_server.store.ports.later import Later
from gatepass_server.store.ports.sessions import LiveSession


@dataclass(frozen=True, slots=True)
class CodeWithSession:
    """A code and its sign-in, read together."""

    code: AuthorizationCode
    signed_in: LiveSession


class Codes(Protocol):
    """Authorization codes. Spent ones are kept until they would have expired anyway, and a while longer."""

    def add(self, code: AuthorizationCode) -> None:
        """Keep a new code."""
        ...

    def find(self, digest: bytes) -> AuthorizationCode | None:
        """The code with this digest, spent or not, expired or not."""
        ...

    def with_session(self, digest: bytes) -> CodeWithSession | None:
        """The same, and the sign-in that it came from with its owner, ended or not, in one read."""
        ...

    def consume(self, digest: bytes, *, now: int, became: str) -> Later[bool]:
        """Spend a code that was not spent and has not expired, by one atomic statement; of racing callers one can.

        Args:
            digest: of the code.
            now: the code must not have expired by then.
            became: the session that comes of it.
        """
        ...

    def take_back(self, user_id: str, client_id: str, *, now: int) -> int:
        """Spend those that a person got for a program, and that it has not presented yet; how many there were."""
        ...

    def prune(self, before: int, *, limit: int) -> None:
        """Delete up to ``limit`` codes that expired before ``before``. It waits for nobody."""
        ...
