"""``gatepass audit list, verify``."""

import base64
import json
import os
import signal
import sqlite3
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.support.command_line import Cli, Refused
from tests.support.server import GATEPASS, clean_environment, run


def listed(cli: Cli, *arguments: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in cli("audit", "list", "--json", *arguments).stdout.splitlines()]


def tamper(statement: str) -> None:
    with sqlite3.connect("gatepass-data/gatepass.db") as connection:
        connection.execute(statement)
    connection.close()


@pytest.fixture
def lived(cli: Cli, ada: str) -> str:
    """An account with a token, which was disabled: five events."""
    cli("token", "issue", ada)
    cli("users", "disable", ada)
    return ada


@pytest.mark.usefixtures("lived")
def test_events_are_listed_one_a_line(cli: Cli) -> None:
    lines = cli("audit", "list").stdout.splitlines()
    assert [line.split()[3] for line in lines] == [
        "account.created",
        "key.created",
        "token.issued",
        "account.disabled",
        "sessions.ended",
    ]
    assert lines[4].split()[0] == "5"
    assert lines[4].endswith("count=1 cause=account.disabled")


def test_json_has_an_object_a_line_for_programs(cli: Cli, lived: str) -> None:
    (user,) = json.loads(cli("users", "list", "--json").stdout)
    rows = listed(cli)
    assert [row["position"] for row in rows] == [1, 2, 3, 4, 5]
    assert set(rows[4]) == {
        *("position", "at", "time", "kind", "actor", "user_id", "session_id"),
        *("address", "request_id", "details", "mac"),
    }
    assert rows[4]["details"] == {"count": "1", "cause": "account.disabled"}
    assert rows[4]["user_id"] == user["public_id"]
    assert lived not in cli("audit", "list", "--json").stdout


def test_a_list_can_be_narrowed_by_place_number_account_and_kind(cli: Cli, lived: str) -> None:
    def positions(*arguments: str) -> list[int]:
        return [row["position"] for row in listed(cli, *arguments)]

    (user,) = json.loads(cli("users", "list", "--json").stdout)
    assert positions("--limit", "2") == [4, 5]
    assert positions("--after", "1", "--limit", "2") == [2, 3]
    assert positions("--user", lived) == positions("--user", user["public_id"]) == [1, 3, 4, 5]
    assert positions("--kind", "key.created") == [2]
    assert positions("--user", "an-id-that-is-gone") == []
    hint = cli("audit", "list", "--after", "1", "--limit", "2").stderr
    assert hint == "There may be more: gatepass audit list --after 3\n"
    assert cli("audit", "list", "--after", "5").stderr == "No such events.\n"
    assert "log_in.failed" in cli("audit", "list", "--kind", "nonsense", status=2).stderr


@pytest.mark.usefixtures("lived")
def test_an_account_that_cannot_be_one_is_refused(refused: Refused) -> None:
    assert "gatepass users list" in refused("audit", "list", "--user", "no such @")


@pytest.mark.usefixtures("lived")
def test_a_whole_log_prints_its_head_and_a_later_look_finds_it_again(cli: Cli, lived: str) -> None:
    text = cli("audit", "verify").stdout
    assert text.startswith("5 event(s) are as they were written.\nHead: 5:")
    head = text.split()[-1]
    assert head == f"5:{listed(cli)[-1]['mac']}"
    cli("users", "enable", lived)
    again = json.loads(cli("audit", "verify", "--expect", head, "--json").stdout)
    assert (again["intact"], again["events"], again["first"], again["fault"]) == (True, 6, 1, None)


@pytest.mark.usefixtures("lived")
def test_a_changed_event_is_named_by_its_position(cli: Cli, refused: Refused) -> None:
    tamper("UPDATE gatepass_audit_events SET actor = 'system' WHERE position = 4")
    sentence = refused("audit", "verify")
    assert sentence.startswith("Position 4: Row 4 is not what was written")
    assert "The 3 event(s) before it are good." in sentence
    report = json.loads(cli("audit", "verify", "--json", status=1).stdout)
    assert (report["intact"], report["fault"]["position"]) == (False, 4)


@pytest.mark.usefixtures("lived")
def test_a_log_that_was_cut_off_is_found_with_the_head_of_before(cli: Cli, refused: Refused) -> None:
    head = json.loads(cli("audit", "verify", "--json").stdout)["head"]
    tamper("DELETE FROM gatepass_audit_events WHERE position = 5")
    cli("audit", "verify")
    assert "The log ends at 4, before the row 5 that is expected." in refused(
        "audit", "verify", "--expect", head
    )


@pytest.mark.usefixtures("lived")
@pytest.mark.parametrize("expect", ["5", "5:abc", "x:" + "0" * 64, "5:" + "g" * 64, "-1:" + "0" * 64])
def test_a_head_that_is_none_is_refused(refused: Refused, expect: str) -> None:
    assert "64 hex digits" in refused("audit", "verify", f"--expect={expect}")


def test_an_empty_log_is_whole(cli: Cli) -> None:
    cli("db", "upgrade")
    assert cli("audit", "verify").stdout.startswith("0 event(s) are as they were written.\nHead: 0:00")
    assert cli("audit", "list").stderr == "No such events.\n"


@pytest.mark.usefixtures("lived")
def test_without_the_master_key_the_log_is_read_but_not_verified(cli: Cli, refused: Refused) -> None:
    Path("gatepass-data/master.key").unlink()
    assert "master key" in refused("audit", "verify")
    assert len(cli("audit", "list").stdout.splitlines()) == 5


@pytest.mark.usefixtures("lived")
def test_the_chain_goes_on_under_another_master_key(cli: Cli) -> None:
    master = Path("gatepass-data/master.key")
    new = base64.urlsafe_b64encode(bytes(32)).decode()
    master.write_text(f"{new}\n{master.read_text()}")
    cli("keys", "reseal")
    master.write_text(new)
    verdict = json.loads(cli("audit", "verify", "--json").stdout)
    assert (verdict["intact"], verdict["events"]) == (True, 6)
    assert listed(cli)[-1]["kind"] == "secrets.resealed"


@pytest.mark.usefixtures("lived")
def test_a_row_that_was_tampered_with_does_not_command_the_terminal(cli: Cli) -> None:
    tamper("UPDATE gatepass_audit_events SET actor = char(27) || '[2J', details = '[', at = 9e18, mac = 'x'")
    text = cli("audit", "list").stdout
    assert "\x1b" not in text
    assert "unreadable=[" in text
    assert {row["mac"] for row in listed(cli)} == {"x"}


def test_following_prints_what_happens_after_it_began(tmp_path: Path) -> None:
    environment = clean_environment(data=str(tmp_path / "data"))
    people = ("users", "create", "--name", "A", "--password-file", "-", "--email")
    password = "one fine long password"
    assert run(*people, "first@example.org", environment=environment, stdin=password).returncode == 0
    following = subprocess.Popen(
        [GATEPASS, "audit", "list", "--follow", "--json"],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert following.stdout is not None
        assert following.stderr is not None
        assert json.loads(following.stdout.readline())["position"] == 1
        assert run(*people, "second@example.org", environment=environment, stdin=password).returncode == 0
        told = json.loads(following.stdout.readline())
        assert (told["position"], told["kind"]) == (2, "account.created")
        following.send_signal(signal.SIGINT)
        assert following.wait(timeout=20) == 0
        assert (following.stdout.read(), following.stderr.read()) == ("", "")
    finally:
        following.kill()
        following.communicate()


def test_following_ends_quietly_when_nobody_reads_any_more(tmp_path: Path) -> None:
    environment = clean_environment(data=str(tmp_path / "data"))
    people = ("users", "create", "--name", "A", "--password-file", "-", "--email")
    password = "one fine long password"
    assert run(*people, "first@example.org", environment=environment, stdin=password).returncode == 0
    read, write = os.pipe()
    following = subprocess.Popen(
        [GATEPASS, "audit", "list", "--follow"],
        env=environment,
        stdout=write,
        stderr=subprocess.PIPE,
        text=True,
    )
    os.close(write)
    try:
        with os.fdopen(read) as out:
            assert out.readline().split()[0] == "1"
        assert run(*people, "second@example.org", environment=environment, stdin=password).returncode == 0
        _, said = following.communicate(timeout=20)
        assert said == ""
    finally:
        following.kill()
        following.wait()
