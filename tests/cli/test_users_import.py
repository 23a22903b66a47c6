"""``gatepass users import``, on both databases."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from werkzeug.security import generate_password_hash

from gatepass_server.domain.errors import GatepassError
from gatepass_server.store.sql.users import SqlUsers
from tests.support.command_line import Cli, Refused
from tests.support.house import PASSWORD, House, cheap_settings

HASH = generate_password_hash(PASSWORD, "scrypt:1024:8:1")


@pytest.fixture(autouse=True)
def database(ready_database_url: str, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("GATEPASS_DATABASE_URL", ready_database_url)
    return ready_database_url


@pytest.fixture
def article(tmp_path: Path) -> Path:
    """The tutorial app's database, with two people."""
    path = tmp_path / "article.db"
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(
            "CREATE TABLE user (id INTEGER PRIMARY KEY, public_id VARCHAR(50), name VARCHAR(100),"
            " email VARCHAR(70), password VARCHAR(80))"
        )
        connection.executemany(
            "INSERT INTO user (public_id, name, email, password) VALUES (?, ?, ?, ?)",
            [("id-1", "Ada", "ada@example.com", HASH), ("id-2", "Grace", "grace@example.com", HASH)],
        )
    return path


def csv(*lines: str) -> Path:
    path = Path("users.csv")
    path.write_text("\n".join(("name,email,password", *lines)) + "\n")
    return path


def emails(cli: Cli) -> list[str]:
    return sorted(user["email"] for user in json.loads(cli("users", "list", "--json").stdout))


def test_the_people_of_the_tutorial_app_log_in_with_their_old_passwords(
    cli: Cli, article: Path, database: str, tmp_path: Path
) -> None:
    done = cli("users", "import", article)
    assert done.stdout == "2 imported, 0 exist already, 0 cannot be taken.\n"
    assert done.stderr == ""
    assert emails(cli) == ["ada@example.com", "grace@example.com"]
    house = House(cheap_settings(database, tmp_path / "gatepass-data"), clock=lambda: 1_790_000_000.0)
    assert house.log_in("ada@example.com", PASSWORD)["token"]
    house.gatepass.close()
    again = cli("users", "import", article)
    assert again.stdout == "0 imported, 2 exist already, 0 cannot be taken.\n"


def test_an_account_that_another_may_have_made_is_named(cli: Cli, article: Path) -> None:
    path = csv(f"Mallory,ada@example.com,{HASH}")
    cli("users", "import", path)
    for options in (("--dry-run",), ()):
        done = cli("users", "import", article, *options)
        assert "1 exist already" in done.stdout
        assert done.stderr.startswith("user id 1: The account with this e-mail has another id")
        assert done.stderr.endswith("(ada@example.com)\n")
    notes = json.loads(cli("users", "import", article, "--json").stdout)["notes"]
    assert [(note["place"], note["email"]) for note in notes] == [("user id 1", "ada@example.com")]


def test_many_such_accounts_are_cut_for_people(cli: Cli) -> None:
    rows = [{"name": "N", "email": f"n{number}@example.com", "password": HASH} for number in range(60)]
    Path("users.jsonl").write_text("\n".join(json.dumps(row) for row in rows))
    assert cli("users", "import", "users.jsonl").stderr.count("has another id") == 0
    again = (json.dumps({**row, "public_id": f"id-{number}"}) for number, row in enumerate(rows))
    Path("users.jsonl").write_text("\n".join(again))
    done = cli("users", "import", "users.jsonl")
    assert done.stderr.count("has another id") == 50
    assert "... and 10 more; --json lists all." in done.stderr


def test_a_dry_run_changes_nothing(cli: Cli, article: Path) -> None:
    done = cli("users", "import", article, "--dry-run")
    assert done.stdout == (
        "2 would be imported (a dry run changes nothing), 0 exist already, 0 cannot be taken.\n"
    )
    assert emails(cli) == []


def test_a_dry_run_makes_no_database(
    refused: Refused, article: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("GATEPASS_DATABASE_URL")
    assert "gatepass db upgrade" in refused("users", "import", article, "--dry-run")
    assert not Path("gatepass-data").exists()


def test_a_row_that_cannot_be_taken_stops_all_and_is_named(cli: Cli) -> None:
    path = csv(f"Ada,ada@example.com,{HASH}", f",grace@,{HASH}", "Bob,bob@example.com,secret-in-the-clear")
    done = cli("users", "import", path, status=1)
    place, field, sentence = done.stderr.splitlines()[0].split(": ", 2)
    assert (place, field) == ("line 3", "email")
    assert sentence.endswith("(grace@)")
    assert "line 3: name: This field is needed." in done.stderr
    assert "line 4: password: This is not a password hash." in done.stderr
    assert "secret-in-the-clear" not in done.output
    assert "Error: 2 of 3 rows cannot be imported, so none was." in done.stderr
    assert emails(cli) == []


def test_rows_that_cannot_be_taken_are_left_out_if_asked(cli: Cli) -> None:
    path = csv(f"Ada,ada@example.com,{HASH}", f",grace@,{HASH}")
    assert cli("users", "import", path, "--skip-invalid").stdout == (
        "1 imported, 0 exist already, 1 cannot be taken.\n"
    )
    assert emails(cli) == ["ada@example.com"]


def test_passwords_in_the_clear_are_hashed_if_asked_and_weak_ones_noted(cli: Cli, ada: str) -> None:
    path = csv(f"Ann,ann@example.com,{PASSWORD}", "Bob,bob@example.com,password", f"Ada,{ada},x")
    done = cli("users", "import", path, "--plain-passwords")
    assert done.stdout == "2 imported, 1 exist already, 0 cannot be taken.\n"
    assert (
        "Note on 1 of the new rows: Taken all the same: This password is one of the most common"
        in done.stderr
    )
    assert "Note on 2 of the new rows: It has no usable public_id" in done.stderr


def test_many_faults_are_cut_for_people_and_whole_for_programs(cli: Cli) -> None:
    path = csv(*(f"N,{number}@,{HASH}" for number in range(80)))
    shown = cli("users", "import", path, "--dry-run", status=1)
    assert shown.stderr.count("line ") == 50
    assert "... and 30 more; --json lists all." in shown.stderr
    report = json.loads(cli("users", "import", path, "--json", status=1).stdout)
    assert {name: report[name] for name in report if name not in {"faults", "notes"}} == {
        "dry_run": False,
        "rows": 80,
        "new": 0,
        "imported": 0,
        "existing": 0,
        "invalid": 80,
    }
    assert len(report["faults"]) == 80
    assert report["faults"][0].keys() == {"place", "email", "field", "code", "message"}


@pytest.mark.parametrize(
    ("content", "options", "word"),
    [
        (None, (), "cannot be read: No such file"),
        (b"", (), "lacks name, email, password"),
        (b"name,mail\n", (), "lacks email, password"),
        (b"name,email,password\n\xff\n", (), "not UTF-8"),
        (b'name,email,password\n"a', (), "not CSV"),
        (b"name,email,password\n", ("--format", "sqlite"), "SQLite"),
        (b"SQLite format 3\0" + b"\0" * 100, (), "SQLite"),
    ],
)
def test_a_file_that_cannot_be_understood_ends_in_one_sentence(
    refused: Refused, content: bytes | None, options: tuple[str, ...], word: str
) -> None:
    if content is not None:
        Path("file").write_bytes(content)
    sentence = refused("users", "import", "file", *options)
    assert word in sentence
    assert "\n" not in sentence.partition("Reason:")[0].strip()


def test_json_lines_are_taken(cli: Cli) -> None:
    row = {"name": "Ada", "email": "ada@example.com", "password": HASH, "public_id": "id-1"}
    Path("users.jsonl").write_text(json.dumps(row) + "\n")
    report = json.loads(cli("users", "import", "users.jsonl", "--json").stdout)
    assert (report["imported"], report["faults"], report["notes"]) == (1, [], [])


@pytest.mark.parametrize("fault", [KeyboardInterrupt(), GatepassError("The disk is full.")], ids=repr)
def test_an_import_that_is_broken_off_leaves_nothing(
    cli: Cli, article: Path, monkeypatch: pytest.MonkeyPatch, fault: BaseException
) -> None:
    add = SqlUsers.add
    added: list[object] = []

    def break_off(users: SqlUsers, user: object) -> None:
        if added:
            raise fault
        added.append(user)
        add(users, user)  # type: ignore[arg-type] # a User, as the caller has it

    with monkeypatch.context() as patch:
        patch.setattr(SqlUsers, "add", break_off)
        cli("users", "import", article, status=1)
    assert len(added) == 1
    assert emails(cli) == []
