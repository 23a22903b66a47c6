"""Devices that wait to be let in, as the rest of the house asks for them."""

from typing import Protocol

from gatepass_server.domain.device_codes import DeviceCode
from gatepass_server.store.ports.later import Later


class DeviceCodes(Protocol):
    """Device codes. Spent ones are kept until they would have expired anyway, and a while longer."""

    def add(self, code: DeviceCode) -> bool:
        """Keep a new one; False if its user code is taken."""
        ...

    def find(self, digest: bytes) -> DeviceCode | None:
        """The one with this digest, in whatever state."""
        ...

    def by_user_code(self, digest: bytes) -> DeviceCode | None:
        """The one with this user code, in whatever state."""
        ...

    def poll(self, digest: bytes, *, now: int, slower_by: int) -> bool:
        """Note that the device asked; False if that was too soon, and then it must wait for longer from now on.

        Atomic: of two questions at once one is too soon. A second is forgiven, since times are whole seconds.
        """
        ...

    def decide(self, user_code_digest: bytes, *, session_id: str | None, now: int) -> bool:
        """Note what a person decided, by one atomic statement; False where it is too late, or decided already.

        Args:
            user_code_digest: of the code that they typed.
            session_id: the sign-in in which they let the device in; None refuses it.
            now: it must not have expired by then.
        """
        ...

    def consume(self, digest: bytes, *, now: int) -> Later[bool]:
        """Spend one that a person let in, by one atomic statement; of racing callers one can."""
        ...

    def take_back(self, user_id: str, client_id: str) -> int:
        """Refuse those that a person let in for a program, and that have not come in yet; how many there were."""
        ...

    def prune(self, before: int, *, limit: int) -> None:
        """Delete up to ``limit`` that expired before ``before``. It waits for nobody."""
        ...
