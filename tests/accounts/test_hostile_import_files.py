"""Files that were made to do harm to whoever imports them: each is refused, and soon."""

import os
import signal
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import NoReturn

import pytest

from gatepass_server.accounts.import_users import strange_file
from gatepass_server.accounts.import_users.open_source import Format, open_source
from gatepass_server.domain.errors import InvalidInput

GRACE = ("Grace", "grace@example.com", "x")
ENDLESS = """
    WITH RECURSIVE people(name, email, password) AS (
        SELECT 'a', 'a@example.com', 'x' UNION ALL SELECT name || 'a', email, password FROM people
    ) SELECT * FROM people
"""
PAGE = 4096


def database(path: Path, *statements: str) -> Path:
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(f"PRAGMA page_size = {PAGE}")
        for statement in statements:
            connection.execute(statement)
    return path


def refusal(path: Path, file_format: Format | None = None) -> str:
    with pytest.raises(InvalidInput) as refused:
        list(open_source(path, file_format).rows)
    return refused.value.message


@pytest.mark.parametrize(
    "statements",
    [
        (f"CREATE VIEW user AS {ENDLESS}",),
        (f"CREATE VIEW USER AS {ENDLESS}",),
        ("CREATE VIRTUAL TABLE user USING fts5(name, email, password)",),
    ],
    ids=["an endless view", "in capitals", "a virtual table"],
)
def test_only_a_plain_table_is_read(tmp_path: Path, statements: tuple[str, ...]) -> None:
    assert "no table named user" in refusal(database(tmp_path / "app.db", *statements))


def test_a_view_that_the_file_calls_a_table_is_none(tmp_path: Path) -> None:
    path = database(tmp_path / "app.db", "CREATE TABLE other (a)", f"CREATE VIEW user AS {ENDLESS}")
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("PRAGMA writable_schema = ON")
        connection.execute("UPDATE sqlite_master SET type = 'table', rootpage = 2 WHERE name = 'user'")
    assert "malformed database schema" in refusal(path)


def test_a_column_that_is_computed_is_none(tmp_path: Path) -> None:
    column = "password AS (hex(zeroblob(400000000))) VIRTUAL"
    path = database(tmp_path / "app.db", f"CREATE TABLE user (name, email, {column})")
    assert "no column password" in refusal(path)


@pytest.mark.parametrize("file_format", [None, "sqlite", "csv", "jsonl"])
def test_a_pipe_and_a_device_are_no_files(tmp_path: Path, file_format: Format | None) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "link").symlink_to(tmp_path / "pipe")
    for path in (tmp_path / "pipe", tmp_path / "link", Path("/dev/zero")):
        assert refusal(path, file_format) == f"{path} cannot be read: it is not a file."


def test_a_table_whose_pages_lead_to_the_same_rows_over_and_over_is_damaged(tmp_path: Path) -> None:
    path = database(
        tmp_path / "app.db",
        "CREATE TABLE user (name, email, password)",
        f"INSERT INTO user VALUES {GRACE}",
    )
    schema, leaf = (path.read_bytes()[start : start + PAGE] for start in (0, PAGE))
    levels = 5  # each of whose 500 entries leads to the next: 500 ** 5 rows
    pages = [_leads_to(number + 1) for number in range(2, 2 + levels)]
    whole = schema[:28] + (2 + levels).to_bytes(4, "big") + schema[32:]
    path.write_bytes(b"".join((whole, *pages, leaf)))
    assert "more rows than fit into the file" in refusal(path)


def _leads_to(page: int) -> bytes:
    """An inner page of a table (https://sqlite.org/fileformat2.html#b_tree_pages), all of whose entries agree."""
    entries = 500
    cells = (page.to_bytes(4, "big") + b"\x01") * entries
    start = PAGE - len(cells)
    head = (
        b"\x05\0\0" + entries.to_bytes(2, "big") + start.to_bytes(2, "big") + b"\0" + page.to_bytes(4, "big")
    )
    pointers = b"".join((start + 5 * number).to_bytes(2, "big") for number in range(entries))
    return (head + pointers).ljust(start, b"\0") + cells


def test_a_value_of_another_column_may_be_large_but_none_that_is_read(tmp_path: Path) -> None:
    path = database(
        tmp_path / "app.db",
        "CREATE TABLE user (picture, name, email, password)",
        "INSERT INTO user VALUES (zeroblob(3000000), 'Grace', 'grace@example.com', 'x')",
    )
    assert [row.fields["name"] for row in open_source(path, None).rows] == ["Grace"]
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE user SET name = picture")
    assert "too big" in refusal(path)


def test_nothing_can_be_written_and_nothing_of_the_file_is_trusted(tmp_path: Path) -> None:
    path = database(tmp_path / "app.db", "CREATE TABLE user (name, email, password)")
    with strange_file.opened(path) as connection:
        pragmas = ("query_only", "trusted_schema", "cell_size_check", "mmap_size")
        assert [connection.execute(f"PRAGMA {name}").fetchone() for name in pragmas] == [
            (1,),
            (0,),
            (1,),
            (0,),
        ]


def test_ctrl_c_ends_what_sqlite_is_at(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def press() -> NoReturn:
        signal.raise_signal(signal.SIGINT)
        raise AssertionError("Ctrl-C raises at once")

    path = database(tmp_path / "app.db", "CREATE TABLE user (name, email, password)")
    monkeypatch.setattr(strange_file, "_go_on", press)
    with pytest.raises(KeyboardInterrupt), strange_file.opened(path) as connection:
        connection.execute(f"SELECT count(*) FROM ({ENDLESS})")
