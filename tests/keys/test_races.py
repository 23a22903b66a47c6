"""Processes that start together on one database and one data folder."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from gatepass_server.crypto.master_key import load_or_create
from gatepass_server.store.sql import SqlStore
from tests.support.clock import FakeClock
from tests.support.key_house import MASTER, KeyHouse
from tests.support.processes import Processes, processes


@pytest.fixture(scope="module")
def eight_processes() -> Iterator[Processes]:
    with processes(8) as running:
        yield running


def make_first_key(url: str, process: int) -> str:
    """Start with a clock of one's own, and say which key signs."""
    store = SqlStore(url)
    house = KeyHouse(store, FakeClock(1_790_000_000.0 + process), MASTER)
    house.keeper.ensure_first("ES256")
    kid = house.ring.signer().kid
    store.close()
    return kid


def make_master_key(folder: str, _process: int) -> list[bytes]:
    return load_or_create(Path(folder) / "data" / "master.key")


def test_they_make_one_signing_key_between_them(
    ready_database_url: str, store: SqlStore, eight_processes: Processes
) -> None:
    kids = eight_processes.race(make_first_key, ready_database_url)
    with store.read() as uow:
        assert set(kids) == {record.kid for record in uow.signing_keys.all()}
    assert len(set(kids)) == 1


def test_they_agree_on_one_master_key(tmp_path: Path, eight_processes: Processes) -> None:
    found = eight_processes.race(make_master_key, str(tmp_path))
    assert [len(key) for key in found[0]] == [32]
    assert all(keys == found[0] for keys in found)
    assert [path.name for path in (tmp_path / "data").iterdir()] == ["master.key"]
