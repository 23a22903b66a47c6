"""How ``python -m gatepass`` is called, and how it ends."""

import os
import pty
import socket
import subprocess
import sys
from pathlib import Path

import pytest

import gatepass
from gatepass.testing import FakeIssuer
from tests.terminal.conftest import Command

PROGRAM = [sys.executable, "-W", "error", "-m", "gatepass"]


def test_it_runs_as_a_module_and_says_its_version() -> None:
    ended = subprocess.run([*PROGRAM, "--version"], capture_output=True, text=True, timeout=60, check=False)
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, f"gatepass {gatepass.__version__}\n", "")


@pytest.mark.parametrize("form", ["{}", "  {}\r\n", "Bearer {}\n", "Authorization: Bearer {}", "bearer  {}"])
def test_the_token_is_read_from_standard_input_a_file_or_the_command_line(
    command: Command, issuer: FakeIssuer, rules: list[str], tmp_path: Path, form: str
) -> None:
    text = form.format(issuer.token("ann"))
    (tmp_path / "token").write_text(text)
    for given, stdin in (([], text), (["-"], text), ([f"@{tmp_path / 'token'}"], ""), ([text], "")):
        assert command("verify", *given, *rules, text=stdin).out == "Valid for ann.\n"


def test_help_warns_of_the_list_of_processes_and_tells_the_exit_statuses(command: Command) -> None:
    for name in ("explain", "verify"):
        ended = command(name, "--help")
        words = " ".join(ended.out.split())
        assert ended.status == 0
        assert "visible to others on this machine in the list of processes" in words
        assert "0 the token is good; 1 it is not" in words
        assert "example: python -m gatepass" in words


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], "COMMAND"),
        (["explode"], "invalid choice"),
        (["explain", "--issuer", "x"], "Say --issuer and --audience"),
        (["explain", "--audience", "x"], "Say --issuer and --audience"),
        (["explain", "--any-type"], "Say --issuer and --audience"),
        (["explain", "--pem", "k"], "Say --issuer and --audience"),
        (["explain", "--type", "a", "--any-type"], "not allowed with"),
        (["explain", "--pem", "a", "--jwks", "b"], "not allowed with"),
        (["explain", "--leeway", "x"], "invalid float"),
        (
            ["explain", "--issuer", "https://x.test", "--audience", "x", "--leeway", "-1"],
            "leeway is a number",
        ),
        (["explain", "--issuer", "https://x.test", "--audience", "x", "--algorithm", "none"], "names none"),
        (["explain", "--issuer", "http://x.test", "--audience", "x"], "must begin with https://"),
        (["explain", "--issuer", "x", "--audience", "x", "--pem", "/nowhere/key"], "There is no key file"),
        (
            ["explain", "--issuer", "x", "--audience", "x", "--jwks", "/nowhere\x1b"],
            "'/nowhere\\x1b' cannot be read",
        ),
        (["explain", "--issuer", "x", "--audience", "x", "--jwks", __file__], "is no JWK set"),
        (
            ["explain", "--issuer", "x", "--audience", "x", "--secret-file", "/nowhere"],
            "cannot be read: No such file",
        ),
        (
            ["explain", "--issuer", "x", "--audience", "x", "--secret-file", os.devnull],
            "The secret has 0 bytes",
        ),
        (["explain", "@/nowhere"], "cannot be read: No such file"),
        (["explain", "@"], "cannot be read: Is a directory"),
        (["explain", "@a\0b"], "cannot be read: not the name of a file"),
    ],
)
def test_a_wrong_call_ends_with_status_2_and_one_sentence(
    command: Command, arguments: list[str], words: str
) -> None:
    ended = command(*arguments)
    assert (ended.status, ended.out) == (2, "")
    assert words in ended.err
    assert "Traceback" not in ended.err
    assert ended.err.replace("\n", "").isprintable()


def test_a_reader_that_has_seen_enough_is_no_error(issuer: FakeIssuer) -> None:
    token = issuer.token(claims={f"claim-{number}": "x" for number in range(300)})
    ended = subprocess.run(
        ["bash", "-c", 'printf %s "$TOKEN" | "$@" | true; exit "${PIPESTATUS[1]}"', "-", *PROGRAM, "explain"],
        env={**os.environ, "TOKEN": token, "PYTHONUNBUFFERED": "1"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ended.stderr == ""
    assert ended.returncode in {1, 3}  # 3 where all was written before the reader went


def test_letters_that_the_output_cannot_hold_are_escaped(issuer: FakeIssuer) -> None:
    ended = subprocess.run(
        [*PROGRAM, "explain"],
        input=issuer.token(claims={"name": "Ада"}).encode(),
        env={**os.environ, "PYTHONIOENCODING": "ascii"},
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert (ended.returncode, ended.stderr) == (3, b"")
    assert b'"\\u0410\\u0434\\u0430"' in ended.stdout


@pytest.mark.parametrize(("length", "status"), [(0, 3), (6000, 2)])
def test_at_a_terminal_it_asks_for_the_token_and_tells_when_the_terminal_cut_it(
    issuer: FakeIssuer, length: int, status: int
) -> None:
    token = issuer.token(claims={"x": "x" * length})
    ours, theirs = pty.openpty()
    try:
        with subprocess.Popen(
            [*PROGRAM, "explain"], stdin=theirs, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        ) as process:
            os.write(ours, token.encode()[:4095] + b"\n")
            out, err = process.communicate(timeout=60)
    finally:
        os.close(ours)
        os.close(theirs)
    assert process.returncode == status
    assert err.startswith(b"Paste the token and press Enter:")
    assert (b"A terminal cuts lines this long" in err) is (status == 2)
    assert (b"user-1" in out) is (status == 3)


def test_what_the_library_logs_does_not_stand_beside_the_findings(issuer: FakeIssuer) -> None:
    with socket.socket() as nobody:
        # Bound and never listening: the port refuses everybody, and no other program can be given it meanwhile.
        nobody.bind(("127.0.0.1", 0))
        gone = f"http://127.0.0.1:{nobody.getsockname()[1]}"
        ended = subprocess.run(
            [*PROGRAM, "explain", "--issuer", gone, "--audience", "x"],
            input=issuer.token(issuer=gone).encode(),
            capture_output=True,
            timeout=60,
            check=False,
        )
    assert (ended.returncode, ended.stderr) == (1, b"")
    assert b"Connection refused" in ended.stdout
