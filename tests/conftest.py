"""What all tests may ask for: databases and a clock."""

import gc
import os
import shutil
import signal
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import hypothesis
import pytest

from gatepass_server.store.sql import schema
from tests.support.clock import FakeClock
from tests.support.compiled_statements import compile_statements_once
from tests.support.compiled_templates import compile_templates_once
from tests.support.compliance import (  # noqa: F401 - hooks, which pytest finds in this file
    pytest_addoption,
    pytest_runtest_setup,
    pytest_terminal_summary,
)
from tests.support.databases import Emptier, new_database
from tests.support.houses import open_house  # noqa: F401 - a fixture, which pytest finds in this file
from tests.support.in_memory import write_to_memory
from tests.support.order import pytest_collection_modifyitems  # noqa: F401 - a hook
from tests.support.postgres import running_postgres
from tests.support.ready_tables import copy_tables
from tests.support.route_builders import compile_routes_once
from tests.support.rsa_keys import make_few_rsa_keys
from tests.support.tls_contexts import read_certificates_once
from tests.support.workers import pytest_xdist_auto_num_workers  # noqa: F401 - a hook

# A shell that starts the tests in the background has them ignore Ctrl-C, and with them every program that they start.
signal.signal(signal.SIGINT, signal.default_int_handler)

# A slow machine is no fault of what is tested.
hypothesis.settings.register_profile("house", deadline=None)
hypothesis.settings.load_profile("house")

# The tests themselves stay until the end: nobody needs to look through them for garbage again and again.
gc.disable()

write_to_memory()
compile_routes_once()
compile_statements_once()
compile_templates_once()
copy_tables()
read_certificates_once()


def pytest_collection_finish() -> None:
    """Look for garbage among what comes from now on, and less often; and share keys."""
    make_few_rsa_keys()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)
    gc.enable()


@pytest.fixture
def clock() -> FakeClock:
    """A clock that stands still until ``clock.advance(seconds)``."""
    return FakeClock()


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """The address of a PostgreSQL server on which databases can be made (one for each worker of a run)."""
    if given := os.environ.get("GATEPASS_TEST_POSTGRES_URL"):
        yield given
    else:
        with running_postgres() as url:
            yield url


@pytest.fixture
def postgres_url(postgres_server: str) -> Iterator[str]:
    """A fresh, empty PostgreSQL database."""
    with new_database(postgres_server) as url:
        yield url


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """The address of an SQLite file that does not exist yet."""
    return f"sqlite:///{tmp_path / 'gatepass.db'}"


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """A fresh, empty database: the test runs once on SQLite and once on PostgreSQL."""
    name = "sqlite_url" if request.param == "sqlite" else "postgres_url"
    return str(request.getfixturevalue(name))


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An SQLite file with the tables, to be copied."""
    path = tmp_path_factory.mktemp("template") / "gatepass.db"
    schema.upgrade(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def postgres_with_tables(postgres_server: str) -> Iterator[str]:
    """A PostgreSQL database with the tables, shared by the tests of a worker."""
    with new_database(postgres_server) as url:
        schema.upgrade(url)
        yield url


@pytest.fixture(scope="session")
def empty_postgres(postgres_with_tables: str) -> Iterator[Emptier]:
    """Empties that database."""
    with closing(Emptier(postgres_with_tables)) as emptier:
        yield emptier


@pytest.fixture
def ready_sqlite_url(sqlite_template: Path, tmp_path: Path) -> str:
    """The address of an SQLite file with empty tables."""
    return f"sqlite:///{shutil.copy(sqlite_template, tmp_path / 'ready.db')}"


@pytest.fixture
def ready_postgres_url(postgres_with_tables: str, empty_postgres: Emptier) -> str:
    """A PostgreSQL database with empty tables. The test may fill them, not change them."""
    empty_postgres()
    return postgres_with_tables


@pytest.fixture(params=["sqlite", "postgresql"])
def ready_database_url(request: pytest.FixtureRequest) -> str:
    """A database with empty tables: the test runs once on SQLite and once on PostgreSQL."""
    name = "ready_sqlite_url" if request.param == "sqlite" else "ready_postgres_url"
    return str(request.getfixturevalue(name))
