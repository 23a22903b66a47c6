"""Read a file without being led astray by what lies at its path."""

from __future__ import annotations

import os
import stat
from contextlib import suppress


class NotReadableError(Exception):
    """The file cannot be read; ``str(error)`` says why."""


def read_regular_file(
    path: str | os.PathLike[str], max_bytes: int, *, follow: bool
) -> tuple[bytes, os.stat_result]:
    """Read a whole file, and what the system says of the very file that was read.

    Args:
        path: Where it lies.
        max_bytes: Size at which to give up.
        follow: Whether the path may be a symbolic link.

    Raises:
        NotReadableError: It is not there, is no regular file, is too large or may not be read.
    """
    # Without O_NONBLOCK, opening a named pipe waits until somebody writes to it.
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    if not follow:
        flags |= getattr(os, "O_NOFOLLOW", 0)
    try:
        descriptor = os.open(path, flags)
    except OSError as error:
        linked = False
        with suppress(OSError):
            linked = not follow and stat.S_ISLNK(os.lstat(path).st_mode)
        raise NotReadableError("it is a symbolic link" if linked else _reason(error)) from None
    except ValueError:  # a NUL in the path
        raise NotReadableError("its path makes no sense") from None
    try:
        with open(descriptor, "rb") as file:  # noqa: PTH123 - a descriptor, not a path
            facts = os.fstat(descriptor)
            if not stat.S_ISREG(facts.st_mode):
                raise NotReadableError("it is not a regular file")
            data = file.read(max_bytes + 1)
    except OSError as error:
        raise NotReadableError(_reason(error)) from None
    if len(data) > max_bytes:
        raise NotReadableError(f"it is larger than {max_bytes} bytes")
    return data, facts


def _reason(error: OSError) -> str:
    return error.strerror or type(error).__name__
