"""Text for a terminal: in colour where that is wanted, and never with what a token may hide in it."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import TextIO

_CODES: Final = {"good": "1;32", "bad": "1;31", "faint": "2", "strong": "1", "warning": "1;33"}


class Paint:
    """Colours, or none.

    Args:
        coloured: Whether to colour at all.
    """

    def __init__(self, *, coloured: bool) -> None:
        self._coloured = coloured

    def __call__(self, text: str, look: str) -> str:
        """Give text a look: ``good``, ``bad``, ``faint``, ``strong`` or ``warning``."""
        return f"\x1b[{_CODES[look]}m{text}\x1b[0m" if self._coloured and text else text


def is_coloured(wish: str, stream: TextIO, environ: Mapping[str, str] = os.environ) -> bool:
    """Tell whether to colour.

    ``NO_COLOR`` and ``FORCE_COLOR`` count when they are not empty (no-color.org, force-color.org).

    Args:
        wish: ``always``, ``never``, or ``auto``: by the environment, then by whether a terminal is there.
        stream: Where the text goes.
        environ: The environment.
    """
    if wish != "auto":
        return wish == "always"
    if environ.get("NO_COLOR"):
        return False
    if environ.get("FORCE_COLOR"):
        return True
    return stream.isatty() and environ.get("TERM") != "dumb"


def printable(text: str) -> str:
    """Escape what does more in a terminal than appear.

    That is what Unicode calls control, format (which turn the direction of writing or are invisible), surrogate,
    private and unassigned characters, line breaks, and blanks other than the plain one.
    """
    return "".join(char if char.isprintable() else _escaped(char) for char in text)


def revealing(text: str) -> str:
    """The same, with every letter outside ASCII escaped, so that one that merely looks like another shows."""
    return "".join(char if char.isascii() and char.isprintable() else _escaped(char) for char in text)


def _escaped(char: str) -> str:
    return char.encode("unicode_escape").decode("ascii")
