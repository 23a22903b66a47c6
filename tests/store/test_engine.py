"""How connections are set up: durable, checked, and never taken over a fork."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from urllib.parse import quote

import pytest

from gatepass_server.domain.errors import OperatorError
from gatepass_server.store.sql import SqlStore, schema
from gatepass_server.store.sql.engines import create_engines
from gatepass_server.store.sql.uow import SqlUnitOfWork
from gatepass_server.store.sql.urls import parse_url
from tests.support.databases import with_parameters

ROOT = Path(__file__).parents[2]


@pytest.fixture
def store(ready_database_url: str) -> Iterator[SqlStore]:
    """A store on the tables."""
    store = SqlStore(ready_database_url)
    yield store
    store.close()


Begin = Callable[[], AbstractContextManager[SqlUnitOfWork]]


def _writer(store: SqlStore) -> Begin:
    return store.write


def _reader(store: SqlStore) -> Begin:
    return store.read


def _ask(begin: Begin, query: str) -> object:
    with begin() as uow:
        return uow._connection.exec_driver_sql(query).scalar()


@pytest.mark.parametrize("ready_database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("pragma", "of_writers", "of_readers"),
    [
        ("journal_mode", "wal", "wal"),
        (
            "synchronous",
            1,
            1,
        ),  # NORMAL: a commit is written in order, and waited for afterwards (test_durability)
        ("foreign_keys", 1, 1),
        ("busy_timeout", 10_000, 10_000),
        ("query_only", 0, 1),
    ],
)
def test_sqlite_connections_are_durable_and_checked(
    store: SqlStore, pragma: str, of_writers: object, of_readers: object
) -> None:
    assert _ask(_writer(store), f"PRAGMA {pragma}") == of_writers
    assert _ask(_reader(store), f"PRAGMA {pragma}") == of_readers


@pytest.mark.parametrize("ready_database_url", ["postgresql"], indirect=True)
@pytest.mark.parametrize(
    ("setting", "of_writers", "of_readers"),
    [
        ("statement_timeout", "10s", "10s"),
        ("lock_timeout", "5s", "5s"),
        ("idle_in_transaction_session_timeout", "1min", "1min"),
        ("transaction_isolation", "read committed", "repeatable read"),
        ("transaction_read_only", "off", "on"),
        ("synchronous_commit", "on", "on"),
        ("application_name", "gatepass", "gatepass"),
    ],
)
def test_postgresql_connections_end_their_statements_in_time(
    store: SqlStore, setting: str, of_writers: object, of_readers: object
) -> None:
    assert _ask(_writer(store), f"SHOW {setting}") == of_writers
    assert _ask(_reader(store), f"SHOW {setting}") == of_readers
    assert _ask(_writer(store), f"SHOW {setting}") == of_writers


@pytest.mark.parametrize("ready_database_url", ["postgresql"], indirect=True)
def test_only_a_transaction_that_says_so_does_not_wait_for_the_disk(store: SqlStore) -> None:
    def ask(*, durable: bool) -> object:
        with store.write(durable=durable) as uow:
            return uow._connection.exec_driver_sql("SHOW synchronous_commit").scalar()

    answers = [ask(durable=durable) for durable in (True, False, True, False, False, True)]
    assert answers == ["on", "off", "on", "off", "off", "on"]


@pytest.mark.parametrize("ready_database_url", ["sqlite"], indirect=True)
def test_whoever_does_not_wait_for_the_disk_themselves_commits_with_a_sync(ready_database_url: str) -> None:
    engines = create_engines(parse_url(ready_database_url), pool_size=1)
    with engines.writer.begin() as connection:
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == 2
    engines.close()


def test_parameters_of_a_postgresql_address_win(postgres_url: str) -> None:
    store = SqlStore(
        with_parameters(postgres_url, application_name="mine", options="-c statement_timeout=3s")
    )
    assert _ask(_writer(store), "SHOW application_name") == "mine"
    assert _ask(_writer(store), "SHOW statement_timeout") == "3s"
    assert _ask(_writer(store), "SHOW lock_timeout") == "5s"
    store.close()


def test_nothing_is_opened_before_the_first_transaction(tmp_path: Path) -> None:
    store = SqlStore(f"sqlite:///{tmp_path / 'absent.db'}")
    SqlStore("postgresql://nobody@127.0.0.1:1/absent").close()
    store.close()
    assert list(tmp_path.iterdir()) == []


def test_a_mistyped_path_does_not_become_an_empty_database(tmp_path: Path) -> None:
    store = SqlStore(f"sqlite:///{tmp_path / 'absent.db'}")
    for act in (store.check_ready, lambda: store.write().__enter__(), lambda: store.read().__enter__()):
        with pytest.raises(OperatorError, match="gatepass db upgrade"):
            act()
    store.close()
    assert list(tmp_path.iterdir()) == []


def test_a_path_with_percent_signs_for_its_odd_characters_is_found(tmp_path: Path) -> None:
    folder = tmp_path / "a b%20c ?x=1 # & é;'"
    folder.mkdir()
    assert schema.upgrade(f"sqlite:///{quote(str(folder / 'x.db'))}").before is None
    assert [path.name for path in folder.iterdir()] == ["x.db"]


def test_a_store_that_was_used_before_a_fork_serves_parent_and_child(ready_database_url: str) -> None:
    command = [sys.executable, "-W", "error", "-m", "tests.support.fork", ready_database_url]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (result.returncode, result.stdout, result.stderr) == (0, "child, parent\n", "")


def test_a_ready_store_says_nothing(store: SqlStore) -> None:
    store.check_ready()


def test_an_empty_database_is_not_ready(database_url: str, tmp_path: Path) -> None:
    (tmp_path / "gatepass.db").touch()
    store = SqlStore(database_url)
    with pytest.raises(OperatorError, match=r"no Gatepass tables yet.*gatepass db upgrade"):
        store.check_ready()
    with (
        pytest.raises(OperatorError, match=r"no Gatepass tables\..*gatepass db upgrade"),
        store.read() as uow,
    ):
        uow.users.by_id("u1")
    store.close()
