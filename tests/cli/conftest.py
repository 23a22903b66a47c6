"""The command line, called inside the test's process."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from gatepass_server.cli import main
from tests.support.command_line import Cli, Refused
from tests.support.house import CHEAP, PASSWORD


@pytest.fixture(autouse=True)
def _cheap_and_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An empty folder to work in, and no setting but those that make tests quick."""
    monkeypatch.chdir(tmp_path)
    for name, value in CHEAP.items():
        monkeypatch.setenv(f"GATEPASS_{name.upper()}", str(value))


@pytest.fixture
def cli() -> Cli:
    """Run ``gatepass`` with arguments; ``text`` is what stands on standard input."""

    def run(*arguments: str | Path, text: str | bytes | None = None, status: int = 0) -> Result:
        result = CliRunner().invoke(
            main, [str(argument) for argument in arguments], input=text, prog_name="gatepass"
        )
        assert result.exit_code == status, result.output
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
        return result

    return run


@pytest.fixture
def refused(cli: Cli) -> Refused:
    """Run ``gatepass``, see it fail with exit status 1, and return its sentence."""

    def run(*arguments: str | Path, text: str | bytes | None = None) -> str:
        result = cli(*arguments, text=text, status=1)
        assert result.stderr.count("Error: ") == 1
        assert "Traceback" not in result.stderr
        return result.stderr.rpartition("Error: ")[2].strip()

    return run


@pytest.fixture
def ada(cli: Cli) -> str:
    """An account, by its e-mail address."""
    cli(
        "users",
        "create",
        "--email",
        "ada@example.org",
        "--name",
        "Ada",
        "--password-file",
        "-",
        text=PASSWORD,
    )
    return "ada@example.org"
