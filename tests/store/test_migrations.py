"""The tables grow by migrations, whoever starts first."""

import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine, MetaData, create_engine, text

from gatepass_server.domain.errors import OperatorError
from gatepass_server.store.sql import SqlStore, schema
from gatepass_server.store.sql.migrations import HEAD, VERSION_TABLE, run
from gatepass_server.store.sql.tables import metadata
from gatepass_server.store.sql.urls import parse_url
from tests.support import races
from tests.support.processes import Processes
from tests.support.samples import sample_user


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    """Another program's way to the same database."""
    engine = create_engine(parse_url(database_url))
    yield engine
    engine.dispose()


def _set_revision(engine: Engine, revision: str) -> None:
    with engine.begin() as connection:
        connection.execute(
            text(f"UPDATE {VERSION_TABLE} SET version_num = :revision"), {"revision": revision}
        )


def test_an_empty_database_gets_its_tables_once(database_url: str) -> None:
    assert schema.upgrade(database_url) == schema.Upgraded(before=None, after=HEAD)
    assert schema.upgrade(database_url) == schema.Upgraded(before=HEAD, after=HEAD)
    assert schema.current(database_url) == HEAD


def test_four_processes_that_start_at_once_on_an_empty_database_all_succeed(
    database_url: str, four_processes: Processes
) -> None:
    found = four_processes.race(races.upgrade, database_url)
    assert sorted(map(str, found)) == [HEAD, HEAD, HEAD, "None"]


def test_the_migrations_make_the_tables_that_the_code_uses(database_url: str, engine: Engine) -> None:
    schema.upgrade(database_url)
    with engine.connect() as connection:
        context = MigrationContext.configure(
            connection,
            opts={"version_table": VERSION_TABLE, "compare_type": True, "compare_server_default": True},
        )
        assert compare_metadata(context, metadata) == []


def test_names_and_constraints_are_the_same_whichever_way_the_tables_are_made(
    database_url: str, engine: Engine
) -> None:
    schema.upgrade(database_url)
    by_migrations = _described(engine)
    with engine.begin() as connection:
        found = MetaData()
        found.reflect(connection, only=[table.name for table in metadata.sorted_tables])
        found.drop_all(connection)
        metadata.create_all(connection)
    assert _described(engine) == by_migrations


def _described(engine: Engine) -> list[str]:
    """Every column, constraint and index of the database, with collation and deletion rule."""
    if engine.dialect.name == "sqlite":
        query = "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL AND tbl_name <> :version"
    else:
        query = """
            SELECT concat_ws(' ', c.relname, a.attname, format_type(a.atttypid, -1), l.collname, a.attnotnull)
            FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0
            LEFT JOIN pg_collation l ON l.oid = a.attcollation
            WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND c.relname <> :version
            UNION ALL SELECT conname || ' ' || pg_get_constraintdef(oid) FROM pg_constraint
            WHERE connamespace = 'public'::regnamespace AND conrelid <> CAST(:version AS regclass)
            UNION ALL SELECT indexdef FROM pg_indexes WHERE schemaname = 'public' AND tablename <> :version
        """
    with engine.connect() as connection:
        rows = connection.execute(text(query), {"version": VERSION_TABLE}).scalars()
        return sorted(" ".join(row.split()) for row in rows)


def test_the_constant_head_is_the_head_of_the_files() -> None:
    assert run.script_head() == HEAD


def test_revisions_are_numbered_with_four_digits_as_their_files() -> None:
    for file in (Path(str(run.__file__)).parent / "versions").glob("[!_]*.py"):
        number = file.name[:4]
        assert number.isdecimal()
        assert f'revision = "{number}"' in file.read_text(encoding="utf-8")


@pytest.mark.parametrize("revision", ["0099", "9999", "abc", "1a2b3c4d5e6f"])
def test_tables_of_a_newer_version_are_left_alone(database_url: str, engine: Engine, revision: str) -> None:
    schema.upgrade(database_url)
    _set_revision(engine, revision)
    with pytest.raises(OperatorError, match=f"{revision}.*newer version.*install"):
        schema.upgrade(database_url)
    store = SqlStore(database_url)
    with pytest.raises(OperatorError, match="newer version"):
        store.check_ready()
    store.close()
    assert schema.current(database_url) == revision


def test_older_tables_are_told_at_the_start(database_url: str, engine: Engine) -> None:
    schema.upgrade(database_url)
    _set_revision(engine, "0000")
    store = SqlStore(database_url)
    with pytest.raises(OperatorError, match=r"0000.*gatepass db upgrade"):
        store.check_ready()
    store.close()


def test_a_migration_that_fails_leaves_nothing(
    database_url: str, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(connection: object) -> None:
        original(connection)  # type: ignore[arg-type] # as the original is called
        raise RuntimeError("the power went")

    original = run.to_head
    monkeypatch.setattr(run, "to_head", fail)
    with pytest.raises(RuntimeError, match="power"):
        schema.upgrade(database_url)
    assert schema.current(database_url) is None
    with engine.connect() as connection:
        assert not engine.dialect.has_table(connection, "gatepass_users")


def test_the_tables_of_a_host_program_are_not_touched(database_url: str, engine: Engine) -> None:
    with engine.begin() as connection:
        for table in ("users", "alembic_version"):
            connection.execute(text(f"CREATE TABLE {table} (version_num VARCHAR(32))"))
            connection.execute(text(f"INSERT INTO {table} VALUES ('theirs')"))
    schema.upgrade(database_url)
    store = SqlStore(database_url)
    with store.write() as uow:
        uow.users.add(sample_user())
    store.close()
    with engine.connect() as connection:
        for table in ("users", "alembic_version"):
            assert connection.execute(text(f"SELECT version_num FROM {table}")).scalars().all() == ["theirs"]


def test_a_new_file_can_be_read_by_its_owner_alone(sqlite_url: str, tmp_path: Path) -> None:
    schema.upgrade(sqlite_url)
    store = SqlStore(sqlite_url)
    with store.write() as uow:
        uow.users.add(sample_user())
        modes = {path.name: path.stat().st_mode & 0o777 for path in tmp_path.iterdir()}
    store.close()
    assert len(modes) == 3, "the file, its log and the log's index"
    assert set(modes.values()) == {0o600}


def test_a_file_that_is_no_database_is_told(sqlite_url: str, tmp_path: Path) -> None:
    (tmp_path / "gatepass.db").write_text("a shopping list, not a database\n" * 100)
    with pytest.raises(OperatorError, match=r"damaged, no database"):
        schema.upgrade(sqlite_url)


def test_a_folder_that_is_missing_is_told(tmp_path: Path) -> None:
    with pytest.raises(OperatorError, match="folder must exist"):
        schema.upgrade(f"sqlite:///{tmp_path / 'no' / 'gatepass.db'}")


def test_a_start_on_finished_tables_does_not_import_alembic(sqlite_url: str, tmp_path: Path) -> None:
    schema.upgrade(sqlite_url)
    program = (
        "import sys; from gatepass_server.store.sql import SqlStore, schema;"
        "schema.upgrade(sys.argv[1]); s = SqlStore(sys.argv[1]); s.check_ready(); s.close();"
        "print('alembic' in sys.modules)"
    )
    result = subprocess.run(
        [sys.executable, "-c", program, sqlite_url], capture_output=True, text=True, check=True, cwd=tmp_path
    )
    assert result.stdout == "False\n"


def test_a_file_in_the_old_journal_mode_is_switched(sqlite_url: str, tmp_path: Path) -> None:
    connection = sqlite3.connect(tmp_path / "gatepass.db")
    connection.execute("PRAGMA journal_mode = DELETE")
    connection.execute("CREATE TABLE theirs (a)")
    connection.close()
    schema.upgrade(sqlite_url)
    connection = sqlite3.connect(tmp_path / "gatepass.db")
    assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    connection.close()
