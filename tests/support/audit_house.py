"""An audit log on a store, and what racing processes write into it."""

from collections.abc import Callable
from contextlib import suppress

from gatepass_server.audit.chain import Chain
from gatepass_server.audit.log import AuditLog
from gatepass_server.audit.trail import AuditTrail
from gatepass_server.domain.audit import OPERATOR, AuditRow, EventKind
from gatepass_server.store.ports import Store, UnitOfWork
from gatepass_server.store.sql import SqlStore
from tests.support.clock import FakeClock

KEY = b"k" * 32
ROUNDS = 25


def _do_nothing(_uow: UnitOfWork) -> None:
    """Nothing but the event."""


class AuditHouse:
    """A log that is written and read under one key.

    Args:
        key: the key of the chain.
        retention: days.
    """

    def __init__(
        self, store: Store, clock: Callable[[], float], *, key: bytes = KEY, retention: int = 0
    ) -> None:
        self.store = store
        self.log = AuditLog(lambda _name: key, clock, retention=retention)
        self.trail = AuditTrail(store, lambda _name: key)
        self.chain = Chain(key)

    def write(self, *texts: str, act: Callable[[UnitOfWork], None] = _do_nothing) -> None:
        """One transaction that writes an event for each text, and ``act``s."""
        pen = self.log.pen(address="2001:db8::1", request_id="r-1")
        with self.store.write() as uow:
            for text in texts:
                pen.note(
                    uow,
                    EventKind.KEY_ROTATED,
                    actor=OPERATOR,
                    user_id=f"user of {text}",
                    session_id=f"session of {text}",
                    text=text,
                )
            act(uow)

    def rows(self) -> list[AuditRow]:
        """Every row."""
        return list(self.trail.after(0, limit=10_000))


def append(url: str, process: int) -> list[int]:
    """Write events, one and two a transaction; every third transaction rolls back."""
    store = SqlStore(url)
    house = AuditHouse(store, FakeClock())

    def fail(_uow: UnitOfWork) -> None:
        raise RuntimeError

    for number in range(ROUNDS):
        act = fail if number % 3 == 2 else _do_nothing
        with suppress(RuntimeError):
            house.write(*[f"{process}-{number}"] * (1 + number % 2), act=act)
    store.close()
    return []
