"""The files an import can read, and the sentences for those it cannot."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from gatepass_server.accounts.import_users.open_source import Format, detect, open_source
from gatepass_server.domain.errors import InvalidInput

GRACE = {"public_id": "1", "name": "Grace", "email": "grace@example.com", "password": "x"}


def read(path: Path, file_format: Format | None = None) -> list[dict[str, object]]:
    return [row.fields for row in open_source(path, file_format).rows]


def write(path: Path, content: str | bytes) -> Path:
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def database(path: Path, statement: str, *rows: tuple[Any, ...]) -> Path:
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(statement)
        for row in rows:
            connection.execute(f'INSERT INTO "user" VALUES ({", ".join("?" * len(row))})', row)
    return path


@pytest.mark.parametrize(
    "text",
    [
        "public_id,name,email,password\n1,Grace,grace@example.com,x\n",
        "\ufeffpublic_id,name,email,password\r\n1,Grace,grace@example.com,x",
        'Password,"Name ", EMAIL,note,public_id\n"x",Grace,grace@example.com,"a, b",1\n\n\n',
        "public_id;name;email;password\n1;Grace;grace@example.com;x\n",
        "public_id\tname\temail\tpassword\n1\tGrace\tgrace@example.com\tx\n",
    ],
)
def test_csv_is_read_as_spreadsheets_write_it(tmp_path: Path, text: str) -> None:
    assert read(write(tmp_path / "users.csv", text)) == [GRACE]


def test_json_lines_are_read(tmp_path: Path) -> None:
    text = "\ufeff" + json.dumps({**GRACE, "more": [1]}) + "\n\n" + json.dumps({"email": None}) + "\n"
    assert read(write(tmp_path / "users.jsonl", text)) == [GRACE, {"email": None}]


@pytest.mark.parametrize("line", ["{", "[1]", "null", '{"email": }', "[" * 100_000, "9" * 10_000])
def test_a_line_that_is_no_json_object_is_a_fault_of_that_line(tmp_path: Path, line: str) -> None:
    path = write(tmp_path / "users.jsonl", f"{json.dumps(GRACE)}\n{line}\n{json.dumps(GRACE)}\n")
    rows = list(open_source(path, None).rows)
    assert [(row.place, row.fault and row.fault.code) for row in rows] == [
        ("line 1", None),
        ("line 2", "malformed"),
        ("line 3", None),
    ]


def test_the_tutorial_s_table_is_read(tmp_path: Path) -> None:
    path = database(
        tmp_path / "app.db",
        "CREATE TABLE user (id INTEGER PRIMARY KEY, public_id, name, email, password)",
        (7, "1", "Grace", "grace@example.com", "x"),
        (9, None, 5, b"bytes", None),
    )
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE user SET name = CAST(x'ff' AS TEXT) WHERE id = 9")
    rows = list(open_source(path, None).rows)
    assert [row.place for row in rows] == ["user id 7", "user id 9"]
    assert rows[0].fields == GRACE
    assert rows[1].fields == {"public_id": None, "name": b"\xff", "email": b"bytes", "password": None}


def test_a_table_without_ids_is_read_too(tmp_path: Path) -> None:
    path = database(
        tmp_path / "a b#c?.db", "CREATE TABLE user (name, email, password)", ("G", "g@x.test", "x")
    )
    assert [row.place for row in open_source(path, None).rows] == ["row 1"]


@pytest.mark.parametrize(
    ("name", "content", "found"),
    [
        ("users", b"SQLite format 3\0...", "sqlite"),
        ("users.csv", b"SQLite format 3\0...", "sqlite"),
        ("users.jsonl", b"", "jsonl"),
        ("users.NDJSON", b"", "jsonl"),
        ("users.txt", b' \n{"email"', "jsonl"),
        ("users.txt", b'\xef\xbb\xbf{"email"', "jsonl"),
        ("users.txt", b"name,email", "csv"),
        ("users", b"", "csv"),
    ],
)
def test_the_format_is_found_out(tmp_path: Path, name: str, content: bytes, found: str) -> None:
    assert detect(write(tmp_path / name, content)) == found


HEADER = b"name,email,password\n"


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "lacks name, email, password"),
        (b"name,mail\n", "lacks email, password"),
        (b"name,email,password,Email\n", "names the column email twice"),
        (HEADER + b"Grace,g@x.test,x\nJos\xe9,j@x.test,x\n", "Line 3 is not UTF-8 text"),
        ("name,email,password\n".encode("utf-16"), "Line 1 is not UTF-8 text"),
        (HEADER + b'"Grace,g@x.test,x\n', "starts in line 2 is not CSV"),
        (HEADER + b'"Grace"s,g@x.test,x\n', "starts in line 2 is not CSV"),
        (HEADER + b"x" * 1_048_577, "Line 2 is longer than 1048576 bytes"),
        (HEADER + b'"' + b"x\n" * 100_000, "starts in line 2 is not CSV"),
    ],
)
def test_csv_that_cannot_be_read_gets_one_sentence(tmp_path: Path, content: bytes, sentence: str) -> None:
    with pytest.raises(InvalidInput, match=sentence):
        read(write(tmp_path / "users.csv", content))


def test_json_lines_that_are_not_utf_8_get_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="Line 2 is not UTF-8 text"):
        read(write(tmp_path / "users.jsonl", b'{}\n{"name": "\xff"}\n'))


@pytest.mark.parametrize(
    ("statement", "sentence"),
    [
        ("CREATE TABLE users (name, email, password)", "no table named user"),
        ("CREATE TABLE user (id, mail, name)", "no column email, password"),
        ("CREATE VIEW user AS SELECT name, email, password FROM nowhere", "no table named user"),
    ],
)
def test_a_database_of_another_app_gets_one_sentence(tmp_path: Path, statement: str, sentence: str) -> None:
    with pytest.raises(InvalidInput, match=sentence):
        read(database(tmp_path / "app.db", statement))


@pytest.mark.parametrize("content", [b"SQLite format 3\0" + b"\xff" * 4096, b"SQLite format 3\0"])
def test_a_broken_database_gets_one_sentence(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(InvalidInput, match="cannot be read as an SQLite database"):
        read(write(tmp_path / "app.db", content))


@pytest.mark.parametrize("file_format", [None, "csv", "jsonl", "sqlite"])
def test_a_file_that_is_not_there_or_is_a_folder_gets_one_sentence(
    tmp_path: Path, file_format: Format | None
) -> None:
    for path in (tmp_path / "missing", tmp_path):
        with pytest.raises(InvalidInput, match="cannot be read"):
            read(path, file_format)


def test_no_database_is_made_where_none_was(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput):
        read(tmp_path / "missing.db", "sqlite")
    assert list(tmp_path.iterdir()) == []
