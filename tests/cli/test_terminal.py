"""The real program at a real terminal: secrets are asked for, and never shown."""

import os
import subprocess
import sys
from pathlib import Path
from select import select

import pytest

from tests.support.house import PASSWORD

GATEPASS = Path(sys.executable).with_name("gatepass")


class Terminal:
    """A program that believes it talks to a person."""

    def __init__(self, *arguments: str) -> None:
        self.shown = b""
        self._terminal, inside = os.openpty()
        name = os.ttyname(inside)
        self._program = subprocess.Popen(
            ["sh", "-c", f'exec "$0" "$@" <{name} >{name} 2>&1', GATEPASS, *arguments],
            start_new_session=True,  # the first terminal that a session's leader opens is its own: Ctrl-C reaches it
        )
        self._inside = inside

    def wait_for(self, text: str) -> None:
        """Read until ``text`` is on the screen."""
        start = len(self.shown)
        while text.encode() not in self.shown[start:]:
            assert self._read(), self.shown

    def type(self, text: str) -> None:
        os.write(self._terminal, text.encode() + b"\n")

    def press_ctrl_c(self) -> None:
        os.write(self._terminal, b"\x03")

    def end(self) -> int:
        """Read to the end; the exit status."""
        while self._program.poll() is None:
            if select([self._terminal], [], [], 0.05)[0]:
                self._read()
        os.close(self._inside)
        while self._read():
            pass
        os.close(self._terminal)
        return self._program.returncode

    def _read(self) -> bytes:
        assert select([self._terminal], [], [], 30)[0], self.shown
        try:
            data = os.read(self._terminal, 65536)
        except OSError:  # how Linux says that the other side is closed
            data = b""
        self.shown += data
        return data


@pytest.fixture(autouse=True)
def _cheap_and_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GATEPASS_ARGON2_MEMORY_KIB", "64")


def create() -> Terminal:
    return Terminal("users", "create", "--email", "ada@example.org", "--name", "Ada")


def test_a_password_is_asked_for_twice_and_not_shown() -> None:
    terminal = create()
    terminal.wait_for("Password: ")
    terminal.type(PASSWORD)
    terminal.wait_for("Repeat for confirmation: ")
    terminal.type("something else")
    terminal.wait_for("Password: ")
    terminal.type(PASSWORD)
    terminal.wait_for("Repeat for confirmation: ")
    terminal.type(PASSWORD)
    assert terminal.end() == 0
    assert b"Created ada@example.org" in terminal.shown
    assert PASSWORD.encode() not in terminal.shown


def test_ctrl_c_at_the_prompt_makes_nothing() -> None:
    terminal = create()
    terminal.wait_for("Password: ")
    terminal.press_ctrl_c()
    assert terminal.end() == 1
    assert b"Aborted!" in terminal.shown
    assert b"Traceback" not in terminal.shown
    assert not Path("gatepass-data").exists()


def test_the_passphrase_of_a_key_is_asked_for_only_if_it_is_encrypted() -> None:
    make = "openssl genpkey -algorithm ED25519 -out"
    subprocess.run(f"{make} plain && {make} locked -aes256 -pass pass:{'p' * 9}", shell=True, check=True)
    terminal = Terminal("keys", "import", "plain")
    assert terminal.end() == 0
    assert b"Passphrase" not in terminal.shown
    terminal = Terminal("keys", "import", "locked")
    terminal.wait_for("Passphrase: ")
    terminal.type("p" * 9)
    assert terminal.end() == 0
    assert b"(EdDSA) signs from" in terminal.shown
    assert b"ppppppppp" not in terminal.shown


def test_a_wrong_passphrase_ends_in_a_sentence() -> None:
    subprocess.run(
        "openssl genpkey -algorithm ED25519 -out locked -aes256 -pass pass:right", shell=True, check=True
    )
    terminal = Terminal("keys", "import", "locked")
    terminal.wait_for("Passphrase: ")
    terminal.type("wrong")
    assert terminal.end() == 1
    assert b"Error: The passphrase does not open the key" in terminal.shown


def test_a_long_import_shows_its_progress() -> None:
    rows = "".join(f"N,{number}@example.org,password-{number}\n" for number in range(200))
    Path("users.csv").write_text("name,email,password\n" + rows)
    terminal = Terminal("users", "import", "users.csv", "--plain-passwords")
    assert terminal.end() == 0
    assert b"Reading" in terminal.shown
    assert b"Importing" in terminal.shown
    assert b"100%" in terminal.shown
    assert b"200 imported" in terminal.shown


def test_a_reader_that_has_enough_ends_the_program_quietly() -> None:
    command = f"{GATEPASS} users --help | true; exit ${{PIPESTATUS[0]}}"
    done = subprocess.run(["bash", "-c", command], capture_output=True, check=False)
    assert b"Traceback" not in done.stderr


def test_letters_that_the_terminal_lacks_are_no_fault() -> None:
    arguments = [
        str(GATEPASS),
        "users",
        "create",
        "--email",
        "a@example.org",
        "--name",
        "李",
        "--password-file",
        "-",
        "--json",
    ]
    environ = {**os.environ, "PYTHONIOENCODING": "latin-1"}
    done = subprocess.run(arguments, input=PASSWORD.encode(), capture_output=True, check=False, env=environ)
    assert (done.returncode, done.stderr) == (0, b"")
    assert b"\\u674e" in done.stdout
