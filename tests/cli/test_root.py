"""What all commands share: help, the two root options, and how faults are told."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from gatepass_server.cli import main
from gatepass_server.crypto.calibrate import FLOOR, Suggestion
from tests.support.command_line import Cli, Refused


def all_commands(group: click.Group = main, *names: str) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    for name in group.list_commands(click.Context(group)):
        command = group.get_command(click.Context(group), name)
        assert command is not None
        yield (*names, name), command
        if isinstance(command, click.Group):
            yield from all_commands(command, *names, name)


COMMANDS = dict(all_commands())
LEAVES = [names for names, command in COMMANDS.items() if not isinstance(command, click.Group)]


@pytest.mark.parametrize("names", LEAVES, ids=" ".join)
def test_every_command_has_help_with_an_example_of_itself(cli: Cli, names: tuple[str, ...]) -> None:
    for option in ("--help", "-h"):
        text = " ".join(cli(*names, option).stdout.split())
        assert f"Usage: gatepass {' '.join(names)} " in text
        assert f"gatepass {' '.join(names)}" in text.partition("Example: ")[2]
    assert all(option.help for option in COMMANDS[names].params if isinstance(option, click.Option))


@pytest.mark.parametrize("name", ["users", "clients", "keys", "token", "db"])
def test_every_group_lists_its_commands(cli: Cli, name: str) -> None:
    text = cli(name, "--help").stdout
    assert all(names[1] in text for names in LEAVES if names[0] == name)


def test_the_root_lists_the_groups_and_the_version(cli: Cli) -> None:
    text = cli("--help").stdout
    assert [name for name in ("serve", "check", "users", "keys", "token", "db") if name not in text] == []
    assert cli("--version").stdout.startswith("gatepass, version ")


@pytest.mark.parametrize("arguments", [("--data", "d", "db", "upgrade"), ("db", "upgrade", "--data", "d")])
def test_the_data_folder_may_be_named_before_or_after_the_command(
    cli: Cli, arguments: tuple[str, ...]
) -> None:
    cli(*arguments)
    assert [path.name for path in Path("d").iterdir() if path.suffix == ".db"] == ["gatepass.db"]
    assert not Path("gatepass-data").exists()


@pytest.mark.parametrize(
    "arguments", [("--config", "f", "db", "upgrade"), ("db", "upgrade", "--config", "f")]
)
def test_the_settings_file_may_be_named_before_or_after_the_command(
    cli: Cli, refused: Refused, arguments: tuple[str, ...]
) -> None:
    assert "f: it cannot be read: No such file or directory." in refused(*arguments)
    Path("f").write_text("data = 'd'\n")
    cli(*arguments)
    assert Path("d/gatepass.db").exists()


def test_an_option_wins_over_the_environment(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GATEPASS_DATA", "from-environment")
    cli("db", "upgrade")
    cli("--data", "before", "db", "upgrade", "--data", "after")
    assert sorted(path.name for path in Path().iterdir()) == ["after", "from-environment"]


@pytest.mark.parametrize(
    "arguments",
    [(), ("users",), ("nothing",), ("users", "nothing"), ("keys", "list", "--nothing"), ("keys", "retire")],
)
def test_a_command_that_is_not_there_exits_with_2(cli: Cli, arguments: tuple[str, ...]) -> None:
    assert "Usage:" in cli(*arguments, status=2).stderr


def test_every_fault_of_the_settings_is_told_at_once(
    refused: Refused, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GATEPASS_PORT", "x")
    monkeypatch.setenv("GATEPASS_PROT", "1")
    assert refused("keys", "list").splitlines() == [
        "These settings cannot be used:",
        "  - GATEPASS_PROT: there is no such setting; did you mean `GATEPASS_PORT`?",
        "  - GATEPASS_PORT: it must be a whole number from 1 to 65535.",
    ]


@pytest.mark.parametrize(
    "command",
    [
        ("users", "list"),
        ("users", "disable", "a"),
        ("keys", "list"),
        ("keys", "rotate"),
        ("token", "verify", "x.y.z"),
    ],
    ids=" ".join,
)
def test_a_mistyped_data_folder_is_not_made(refused: Refused, command: tuple[str, ...]) -> None:
    assert "gatepass db upgrade" in refused(*command, "--data", "mistyped")
    assert not Path("mistyped").exists()


class TestDatabases:
    """What can be wrong with a database, told by every kind of command."""

    COMMANDS = (
        ("users", "list"),
        ("keys", "generate"),
        ("db", "current"),
        ("token", "issue", "a"),
        ("check",),
    )

    @pytest.fixture(params=COMMANDS, ids=" ".join)
    def command(self, request: pytest.FixtureRequest) -> tuple[str, ...]:
        return tuple(request.param)

    def test_no_database_file(self, refused: Refused, cli: Cli, command: tuple[str, ...]) -> None:
        cli("db", "upgrade")
        Path("gatepass-data/gatepass.db").write_bytes(b"this is no database, but long enough to be one" * 99)
        for log in ("-wal", "-shm"):
            Path(f"gatepass-data/gatepass.db{log}").unlink(missing_ok=True)
        assert "Traceback" not in refused(*command)

    def test_a_newer_schema(self, cli: Cli, command: tuple[str, ...]) -> None:
        cli("db", "upgrade")
        with closing(sqlite3.connect("gatepass-data/gatepass.db")) as connection, connection:
            connection.execute("UPDATE gatepass_schema SET version_num = '9999'")
        result = cli(*command, status=1)
        assert "9999" in result.output
        assert "Error: " in result.stderr

    def test_a_folder_where_the_database_should_be(self, refused: Refused, command: tuple[str, ...]) -> None:
        Path("gatepass-data/gatepass.db").mkdir(parents=True)
        assert refused(*command)

    def test_a_file_where_the_data_folder_should_be(self, command: tuple[str, ...]) -> None:
        Path("gatepass-data").touch()
        result = CliRunner().invoke(main, list(command))
        assert result.exit_code == 1
        assert isinstance(result.exception, SystemExit)

    def test_an_address_that_is_none(
        self, refused: Refused, command: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("GATEPASS_DATABASE_URL", "mysql://ada:s3cr3t@localhost/x")
        sentence = refused(*command)
        assert "s3cr3t" not in sentence

    def test_a_server_that_is_away(
        self, refused: Refused, command: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("GATEPASS_DATABASE_URL", "postgresql://ada:s3cr3t@127.0.0.1:1/x")
        sentence = refused(*command)
        assert "s3cr3t" not in sentence


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_cannot_be_written_is_named(refused: Refused) -> None:
    Path("locked").mkdir(mode=0o500)
    assert "locked/data cannot be made: Permission denied" in refused(
        "db", "upgrade", "--data", "locked/data"
    )


def test_a_full_or_broken_disk_is_told_in_a_sentence(
    refused: Refused, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device", "gatepass-data/gatepass.db")

    monkeypatch.setattr("gatepass_server.store.sql.schema.upgrade", fail)
    assert refused("db", "upgrade") == (
        "gatepass-data/gatepass.db: No space left on device. Look at its rights and the disk."
    )


def test_ctrl_c_ends_quietly(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("gatepass_server.store.sql.schema.upgrade", interrupt)
    assert cli("db", "upgrade", status=1).stderr == "\nAborted!\n"


class TestDb:
    def test_upgrade_and_current(self, cli: Cli, refused: Refused) -> None:
        assert "gatepass db upgrade" in refused("db", "current")
        assert cli("db", "upgrade").stdout.startswith("The schema went from nothing to ")
        assert cli("db", "upgrade").stdout.startswith("The schema is up to date (")
        assert "this program needs" in cli("db", "current").stdout

    def test_an_empty_database_is_told_so(self, cli: Cli) -> None:
        Path("gatepass-data").mkdir()
        Path("gatepass-data/gatepass.db").touch()
        result = cli("db", "current", status=1)
        assert result.stdout.startswith("empty (this program needs ")
        assert "gatepass db upgrade" in result.stderr

    def test_on_postgresql(self, cli: Cli, postgres_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("GATEPASS_DATABASE_URL", postgres_url)
        cli("db", "upgrade")
        cli("db", "current")
        cli("keys", "generate")
        assert "active" in cli("keys", "list").stdout


class TestCheck:
    def test_before_the_first_run_nothing_is_wrong_and_nothing_is_made(self, cli: Cli) -> None:
        text = cli("check").stdout
        assert "[   ok] The settings can be used." in text
        assert "[  new] There is no data folder gatepass-data" in text
        assert list(Path().iterdir()) == []

    def test_a_good_installation_is_all_ok(self, cli: Cli, ada: str, monkeypatch: pytest.MonkeyPatch) -> None:
        assert "[  new] There is no signing key yet" in cli("check").stdout
        cli("token", "issue", ada)
        for name in ("ARGON2_MEMORY_KIB", "ARGON2_TIME_COST"):
            monkeypatch.delenv(f"GATEPASS_{name}")
        text = cli("check").stdout
        assert [line[:7] for line in text.splitlines()] == ["[   ok]"] * 4, text

    def test_weak_settings_are_shown_and_are_no_fault(
        self, cli: Cli, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("GATEPASS_ARTICLE_ANSWERS", "true")
        assert "[ weak] article_answers: " in cli("check").stdout
        assert "[ weak] argon2: " in cli("check").stdout

    def test_what_others_can_use_is_weak_and_the_master_key_a_fault(self, cli: Cli, ada: str) -> None:
        cli("token", "issue", ada)
        Path("gatepass-data").chmod(0o755)
        Path("gatepass-data/gatepass.db").chmod(0o644)
        text = cli("check").stdout
        assert "gatepass-data (mode 0755). Run: chmod go= gatepass-data" in text
        assert "gatepass.db (mode 0644)" in text
        Path("gatepass-data/master.key").chmod(0o644)
        result = cli("check", status=1)
        assert "[fault] The master key file gatepass-data/master.key can be read by others" in result.stdout
        assert result.stderr.startswith("Error: 1 fault(s) found") or "2 fault(s)" in result.stderr

    def test_a_logo_that_cannot_be_used_is_a_fault(self, cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("GATEPASS_BRAND_LOGO", "nothing.svg")
        assert "brand_logo names, nothing.svg, cannot be read" in cli("check", status=1).stdout
        Path("nothing.svg").write_text("<svg/>", encoding="utf-8")
        assert "[   ok] The logo of the pages can be used." in cli("check").stdout

    def test_a_lost_master_key_is_a_fault(self, cli: Cli, ada: str) -> None:
        cli("token", "issue", ada)
        Path("gatepass-data/master.key").unlink()
        assert "sealed under another master key" in cli("check", status=1).stdout

    def test_a_lost_database_is_a_fault(self, cli: Cli, ada: str) -> None:
        assert ada
        for path in Path("gatepass-data").glob("gatepass.db*"):
            path.unlink()
        assert "[fault] The database file cannot be opened" in cli("check", status=1).stdout

    def test_calibrate_prints_settings_that_can_be_used(
        self, cli: Cli, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("gatepass_server.cli.check.suggest", lambda: Suggestion(FLOOR, 28.0, 28.0))
        text = cli("check", "--calibrate").stdout
        Path("gatepass.toml").write_text(text[text.index("argon2_memory_kib = ") :])
        for name in ("ARGON2_MEMORY_KIB", "ARGON2_TIME_COST"):
            monkeypatch.delenv(f"GATEPASS_{name}")
        cli("check")
