"""The servers that a storm is raised against: real processes on one database."""

import base64
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import create_engine, select, update

from gatepass_server.crypto.refresh_handles import RefreshHandle
from gatepass_server.domain.secret import Secret
from gatepass_server.settings.model import available_cores
from gatepass_server.store.sql.tables import refresh_families
from gatepass_server.store.sql.urls import parse_url
from tests.support.server import Server, free_port

PROCESSES = 4


class House:
    """Some servers, their ports, and a way into their database beside them.

    Args:
        database_url: as Gatepass takes it.
    """

    def __init__(self, database_url: str) -> None:
        self.servers: list[Server] = []
        self._engine = create_engine(parse_url(database_url))

    def port(self, number: int) -> int:
        """The port of one of the servers; a number of any size names one."""
        return self.servers[number % len(self.servers)].port

    def generation(self, token: str) -> int:
        """How often the family of this token was rotated."""
        of = select(refresh_families.c.generation).where(refresh_families.c.family == _family(token))
        with self._engine.connect() as connection:
            return int(connection.execute(of).scalar_one())

    def age(self, token: str, seconds: int) -> None:
        """Let the last rotation of its family be so many seconds longer ago than it was: nobody needs to wait."""
        aged = (
            update(refresh_families)
            .where(refresh_families.c.family == _family(token))
            .values(rotated_at=refresh_families.c.rotated_at - seconds)
        )
        with self._engine.begin() as connection:
            assert connection.execute(aged).rowcount == 1

    def close(self) -> None:
        """Leave the database, and end the servers."""
        self._engine.dispose()
        for server in self.servers:
            server.kill()


@contextmanager
def on_sqlite(folder: Path, **settings: str) -> Iterator[House]:
    """One server of four workers on one data folder."""
    url = f"sqlite:///{folder / 'data' / 'gatepass.db'}"
    with _house(url) as house:
        house.servers.append(Server(folder, port=None, workers=str(PROCESSES), **settings))
        house.servers[0].wait_until_ready()
        yield house


@contextmanager
def on_postgresql(folder: Path, url: str, **settings: str) -> Iterator[House]:
    """Two servers on one database, with a worker for each core: then their event loops sign and write."""
    ports = [free_port() for _ in range(2)]
    given = {
        "issuer": f"http://127.0.0.1:{ports[0]}",
        "master_key": base64.urlsafe_b64encode(secrets.token_bytes(32)).decode(),
        "database_url": url,
        "workers": str(max(2, available_cores())),
        **settings,
    }
    with _house(url) as house:
        for port in ports:
            (folder / str(port)).mkdir()
            house.servers.append(Server(folder / str(port), port=port, **given))
        for server in house.servers:
            server.wait_until_ready()
        yield house


@contextmanager
def _house(url: str) -> Iterator[House]:
    house = House(url)
    try:
        yield house
    finally:
        house.close()


def _family(token: str) -> bytes:
    return RefreshHandle(Secret(token)).family
