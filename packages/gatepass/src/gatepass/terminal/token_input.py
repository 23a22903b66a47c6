"""Where the token comes from: standard input, a file, or the command line."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Final

MOST: Final = 1 << 20
"""Bytes that are read; a token has 16 KiB at most."""

_LINE: Final = 4095
"""Characters that a terminal passes on of one line."""


class UsageError(Exception):
    """The command was called wrongly; ``str(error)`` is one sentence that says how to do better."""


def read_token(given: str) -> str:
    """Return a token without the blanks around it and the word ``Bearer`` before it.

    Args:
        given: ``-`` for standard input, ``@`` and the name of a file, or the token itself.

    Raises:
        UsageError: The file cannot be read, or the terminal may have cut the token.
    """
    if given.startswith("@"):
        text = read_file(given[1:]).decode("utf-8", "replace")
    elif given != "-":
        text = given
    elif sys.stdin.isatty():
        text = _ask()
    else:
        text = sys.stdin.buffer.read(MOST).decode("utf-8", "replace")
    return _bare(text)


def read_file(name: str) -> bytes:
    """Return the bytes of a file, up to :data:`MOST`.

    Raises:
        UsageError: It cannot be read.
    """
    try:
        with Path(name).open("rb") as file:
            return file.read(MOST)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else "not the name of a file"
        raise UsageError(f"{name!r} cannot be read: {reason}.") from None


def _ask() -> str:
    sys.stderr.write("Paste the token and press Enter:\n")
    sys.stderr.flush()
    line = sys.stdin.readline()
    if len(line) >= _LINE:
        raise UsageError("A terminal cuts lines this long: put the token into a file and name it with @.")
    return line


def _bare(text: str) -> str:
    words = text.split(maxsplit=2)
    if words[:1] == ["Authorization:"]:
        words = words[1:]
    if len(words) == 2 and words[0].lower() == "bearer":
        return words[1]
    return text.strip()
