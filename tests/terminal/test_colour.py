"""Colour where it is wanted and nowhere else."""

import os
import pty
import subprocess
import sys

import pytest

from gatepass.testing import FakeIssuer
from tests.terminal.conftest import Command

GREEN, RED = "\x1b[1;32m", "\x1b[1;31m"


def test_there_is_none_where_no_terminal_is(command: Command, issuer: FakeIssuer, rules: list[str]) -> None:
    assert "\x1b" not in command("explain", *rules, text=issuer.token()).out


def test_it_can_be_demanded_and_changes_nothing_but_the_colour(
    command: Command, issuer: FakeIssuer, rules: list[str]
) -> None:
    token = issuer.token(expired=True)
    coloured = command("explain", *rules, "--color", "always", text=token).out
    assert f"{RED}FAIL" in coloured
    assert f"{GREEN}ok" in coloured
    for code in ("1;32", "1;31", "1;33", "2", "1", "0"):
        coloured = coloured.replace(f"\x1b[{code}m", "")
    plain = command("explain", *rules, text=token).out
    timeless = [line for line in plain.splitlines() if "expected a" not in line]
    assert [line for line in coloured.splitlines() if "expected a" not in line] == timeless


@pytest.mark.parametrize(
    ("environment", "option", "coloured"),
    [
        ({"FORCE_COLOR": "1"}, "auto", True),
        ({"FORCE_COLOR": ""}, "auto", False),
        ({"FORCE_COLOR": "1", "NO_COLOR": "1"}, "auto", False),
        ({"NO_COLOR": "1"}, "always", True),
        ({"FORCE_COLOR": "1"}, "never", False),
    ],
)
def test_the_environment_decides_unless_the_option_does(
    command: Command,
    issuer: FakeIssuer,
    monkeypatch: pytest.MonkeyPatch,
    environment: dict[str, str],
    option: str,
    coloured: bool,
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert ("\x1b" in command("explain", "--color", option, text=issuer.token()).out) is coloured


@pytest.mark.parametrize(
    ("changes", "coloured"),
    [({"TERM": "xterm"}, True), ({"TERM": "dumb"}, False), ({"TERM": "xterm", "NO_COLOR": "1"}, False)],
)
def test_a_real_terminal_gets_it_unless_it_cannot_or_nobody_wants_it(
    issuer: FakeIssuer, changes: dict[str, str], coloured: bool
) -> None:
    kept = {name: value for name, value in os.environ.items() if name not in {"NO_COLOR", "FORCE_COLOR"}}
    ours, theirs = pty.openpty()
    with os.fdopen(ours, "rb", buffering=0) as screen:
        ended = subprocess.run(
            [sys.executable, "-m", "gatepass", "explain"],
            input=issuer.token().encode(),
            stdout=theirs,
            env={**kept, **changes},
            timeout=60,
            check=False,
        )
        os.close(theirs)
        assert ended.returncode == 3
        assert (b"\x1b[1;33mNothing was verified" in screen.read(200)) is coloured
