"""``gatepass users create, list, disable``."""

import json
from pathlib import Path

from tests.support.command_line import Cli, Refused
from tests.support.house import PASSWORD

CREATE = ("users", "create", "--email", "ada@example.org", "--name", "Ada Lovelace")


def test_an_account_is_made_with_the_password_in_a_file(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "password").write_text(PASSWORD + "\n")
    made = cli(*CREATE, "--admin", "--password-file", "password")
    assert made.stdout.startswith("Created ada@example.org with the id ")
    (user,) = json.loads(cli("users", "list", "--json").stdout)
    assert (user["email"], user["name"], user["admin"]) == ("ada@example.org", "Ada Lovelace", True)
    assert user["public_id"] in made.stdout
    assert user["disabled"] is None


def test_an_account_is_made_with_the_password_on_standard_input(cli: Cli) -> None:
    (user,) = json.loads(cli(*CREATE, "--json", "--password-file", "-", text=PASSWORD).stdout)
    assert user["admin"] is False


def test_without_a_file_and_a_terminal_it_says_where_the_password_goes(
    refused: Refused, tmp_path: Path
) -> None:
    assert refused(*CREATE, text=PASSWORD) == (
        "There is no terminal to ask for the password. Give it with --password-file FILE (- is standard input)."
    )
    assert list(tmp_path.iterdir()) == []


def test_a_password_file_that_cannot_be_read_is_named(cli: Cli, refused: Refused, tmp_path: Path) -> None:
    missing = cli(*CREATE, "--password-file", "missing", status=2)
    assert "'missing': No such file or directory" in missing.stderr
    (tmp_path / "bytes").write_bytes(b"\xff\xfe")
    assert refused(*CREATE, "--password-file", "bytes") == (
        "bytes is not UTF-8 text. Save it as UTF-8 and try again."
    )


def test_every_field_that_cannot_be_taken_is_listed(refused: Refused) -> None:
    sentence = refused(
        "users", "create", "--email", "ada", "--name", " ", "--password-file", "-", text="short"
    )
    assert [line.partition(":")[0].strip(" -") for line in sentence.splitlines()[1:]] == [
        "name",
        "email",
        "password",
    ]
    assert "short" not in sentence.replace("too short", "")
    assert "at least 8 characters" in sentence


def test_an_address_is_taken_once(refused: Refused, ada: str) -> None:
    again = refused(
        "users", "create", "--email", ada.upper(), "--name", "B", "--password-file", "-", text=PASSWORD
    )
    assert again.startswith("There is an account for ADA@")
    assert again.endswith("already. See: gatepass users list")


def test_a_list_goes_on_where_the_hint_says(cli: Cli) -> None:
    for number in range(3):
        email = f"{number}@example.org"
        cli("users", "create", "--email", email, "--name", "N", "--password-file", "-", text=PASSWORD)
    first = cli("users", "list", "--limit", "2", "--json")
    seen = [user["email"] for user in json.loads(first.stdout)]
    hint = first.stderr.strip().removeprefix("There are more: gatepass ")
    rest = cli(*hint.split(), "--json")
    seen += [user["email"] for user in json.loads(rest.stdout)]
    assert sorted(seen) == ["0@example.org", "1@example.org", "2@example.org"]
    assert rest.stderr == ""


def test_a_table_is_for_people(cli: Cli, ada: str) -> None:
    head, row = cli("users", "list").stdout.splitlines()
    assert head.split("  ")[0] == "PUBLIC ID"
    assert ada in row
    assert row.split()[-1] == "-"


def test_disabling_by_address_or_id_ends_the_sessions(cli: Cli, refused: Refused, ada: str) -> None:
    tokens = [cli("token", "issue", ada).stdout.strip() for _ in range(2)]
    assert cli("users", "disable", ada).stdout == "Disabled ada@example.org; 2 session(s) ended.\n"
    for token in tokens:
        assert refused("token", "verify", token) == (
            "revoked: the session has ended or the account is disabled."
        )
    (user,) = json.loads(cli("users", "list", "--json").stdout)
    assert user["disabled"] is not None
    assert cli("users", "disable", user["public_id"]).stdout.endswith("; 0 session(s) ended.\n")
    assert "is disabled; it gets no tokens" in refused("token", "issue", ada)


def test_an_account_that_is_not_there_is_named(cli: Cli, refused: Refused, ada: str) -> None:
    for name in ("bob@example.org", "no-id", "", "\udcff", "x" * 10_000):
        assert "gatepass users list" in refused("users", "disable", name)
    assert ada in cli("users", "list").stdout


def test_an_enabled_account_gets_tokens_again_and_its_old_ones_stay_dead(
    cli: Cli, refused: Refused, ada: str
) -> None:
    token = cli("token", "issue", ada).stdout.strip()
    assert cli("users", "enable", ada).stdout == "ada@example.org was not disabled.\n"
    cli("users", "disable", ada)
    assert cli("users", "enable", ada).stdout == "Enabled ada@example.org.\n"
    assert refused("token", "verify", token).startswith("revoked: ")
    cli("token", "verify", cli("token", "issue", ada).stdout.strip())


def test_another_password_ends_the_sessions(cli: Cli, refused: Refused, ada: str) -> None:
    token = cli("token", "issue", ada).stdout.strip()
    changed = cli("users", "password", ada, "--password-file", "-", text="quite another password")
    assert changed.stdout == "Changed the password of ada@example.org; 1 session(s) ended.\n"
    assert refused("token", "verify", token).startswith("revoked: ")
    assert "at least 8 characters" in refused("users", "password", ada, "--password-file", "-", text="short")
    assert "gatepass users list" in refused("users", "password", "bob", "--password-file", "-", text="x")


def test_another_role_ends_the_sessions_and_the_same_one_does_not(
    cli: Cli, refused: Refused, ada: str
) -> None:
    token = cli("token", "issue", ada).stdout.strip()
    assert (
        cli("users", "role", ada, "--no-admin").stdout == "ada@example.org is no admin; 0 session(s) ended.\n"
    )
    cli("token", "verify", token)
    assert cli("users", "role", ada, "--admin").stdout == "ada@example.org is an admin; 1 session(s) ended.\n"
    assert refused("token", "verify", token).startswith("revoked: ")
    (user,) = json.loads(cli("users", "list", "--json").stdout)
    assert user["admin"] is True
    cli("users", "role", ada, status=2)
