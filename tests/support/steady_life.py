"""A house in which the same things happen every week, and what it leaves in the database."""

import heapq
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from itertools import count
from pathlib import Path

from sqlalchemy import create_engine, func, select, text

from gatepass_server.store.sql.tables import metadata
from gatepass_server.store.sql.urls import parse_url
from tests.support.clock import FakeClock
from tests.support.house import PASSWORD, House, cheap_settings

DAY = 86_400
WEEK = 7 * DAY
SETTINGS = {"session_ttl": 5 * DAY, "refresh_token_idle": 2 * DAY, "audit_retention_days": 5}
"""Short lives, so that a few weeks are many of them."""

_REFRESH_EVERY = DAY // 2
_WALKING_AWAY = 0.4
_LOGGING_OUT = 0.3
_FAILURES_FOR_A_LOG_IN = 0.5
_PEOPLE = 5


@dataclass(slots=True)
class SteadyLife:
    """People who log in, come back, log out or walk away, and strangers who guess.

    Args:
        house: whose clock is ``clock``.
        log_ins: of a day.
        done: how often what was done.
    """

    house: House
    clock: FakeClock
    log_ins: int
    done: dict[str, int] = field(default_factory=dict)
    _agenda: list[tuple[float, int, Callable[[], None]]] = field(default_factory=list)
    _order: "count[int]" = field(default_factory=count)

    @classmethod
    def begin(cls, database_url: str, data: Path, *, log_ins: int) -> "SteadyLife":
        """Open a house and make its accounts. The caller closes it."""
        clock = FakeClock()
        house = House(cheap_settings(database_url, data, **SETTINGS), clock)
        for number in range(_PEOPLE):
            assert house.sign_up(_email(number)).status_code == 201
        return cls(house, clock, log_ins)

    def week(self) -> None:
        """Live through a week like every other."""
        rng = random.Random(7)
        begin = self.clock.now
        for number in range(7 * self.log_ins):
            at = begin + (number + rng.random()) * DAY / self.log_ins
            self._plan(at, partial(self._log_in, rng.random(), rng.randrange(_PEOPLE)))
            if rng.random() < _FAILURES_FOR_A_LOG_IN:
                self._plan(at + 60, partial(self._guess, rng.getrandbits(24)))
        while self._agenda and self._agenda[0][0] < begin + WEEK:
            self.clock.now, _, act = heapq.heappop(self._agenda)
            act()
        self.clock.now = begin + WEEK

    def _plan(self, at: float, act: Callable[[], None]) -> None:
        heapq.heappush(self._agenda, (at, next(self._order), act))

    def _log_in(self, fate: float, who: int) -> None:
        mode = "opaque" if who % 2 else "token"
        answer = self.house.client.post(
            "/login", json={"email": _email(who), "password": PASSWORD, "mode": mode}
        )
        assert answer.status_code == 201
        tokens = answer.get_json()
        self._count(f"log-ins, {mode}")
        if fate < _WALKING_AWAY:
            return
        leaves = self.clock.now + DAY if fate < _WALKING_AWAY + _LOGGING_OUT else None
        self._come_back(tokens["refresh_token"], leaves)

    def _come_back(self, token: str, leaves: float | None) -> None:
        """Refresh twice a day, until one logs out or the session comes to its absolute end."""

        def act() -> None:
            if leaves is not None and self.clock.now > leaves:
                answer = self.house.client.post("/logout", json={"refresh_token": token})
                assert answer.status_code == 204
                self._count("log-outs")
                return
            answer = self.house.refresh(token)
            if answer.status_code == 200:
                self._count("refreshes")
                self._come_back(answer.get_json()["refresh_token"], leaves)
            else:
                assert answer.get_json()["code"] == "invalid_grant"
                self._count("ends")

        self._plan(self.clock.now + _REFRESH_EVERY, act)

    def _guess(self, guess: int) -> None:
        address = f"10.{guess >> 16}.{guess >> 8 & 255}.{guess & 255}"
        answer = self.house.try_log_in(
            f"{guess}@example.com", "a wrong password", environ_base={"REMOTE_ADDR": address}
        )
        assert answer.status_code == 403
        self._count("failed log-ins")

    def _count(self, what: str) -> None:
        self.done[what] = self.done.get(what, 0) + 1


def rows(database_url: str) -> dict[str, int]:
    """How many rows each table has, by its name without ``gatepass_``."""
    engine = create_engine(parse_url(database_url))
    try:
        with engine.connect() as connection:
            return {
                table.name.removeprefix("gatepass_"): connection.execute(
                    select(func.count()).select_from(table)
                ).scalar_one()
                for table in metadata.sorted_tables
            }
    finally:
        engine.dispose()


def size(database_url: str) -> int:
    """Bytes on disk: of an SQLite file and its log, or of PostgreSQL's tables and indexes, once they were tidied."""
    url = parse_url(database_url)
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    try:
        with engine.connect() as connection:
            if url.get_backend_name() == "sqlite":
                connection.execute(text("PRAGMA wal_checkpoint(TRUNCATE)")).all()
                file = Path(url.database or "")
                log = file.with_name(f"{file.name}-wal")
                return file.stat().st_size + (log.stat().st_size if log.exists() else 0)
            connection.execute(text("VACUUM"))
            of_all = text(
                "SELECT sum(pg_total_relation_size(c.oid)) FROM pg_class c WHERE c.relname = ANY(:names)"
            )
            names = [table.name for table in metadata.sorted_tables]
            return int(connection.execute(of_all, {"names": names}).scalar_one())
    finally:
        engine.dispose()


def _email(number: int) -> str:
    return f"person{number}@example.com"
