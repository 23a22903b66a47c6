"""Lines of a UTF-8 file, each known by its number."""

from collections.abc import Iterator
from typing import BinaryIO

from gatepass_server.domain.errors import InvalidInput

MAX_LINE_BYTES = 1024 * 1024
"""A line longer than this is no account."""


class TextLines:
    """Iterates over the lines of ``file`` with their line ends; a byte order mark is dropped.

    Attributes:
        number: of the last line read, from 1.
        position: bytes read.

    Raises:
        InvalidInput: a line is not UTF-8, or longer than ``MAX_LINE_BYTES``; it is named.
    """

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.number = 0
        self.position = 0

    def __iter__(self) -> Iterator[str]:
        while line := self._file.readline(MAX_LINE_BYTES + 1):
            self.number += 1
            self.position += len(line)
            if len(line) > MAX_LINE_BYTES:
                raise InvalidInput(f"Line {self.number} is longer than {MAX_LINE_BYTES} bytes.")
            try:
                yield line.decode("utf-8-sig" if self.number == 1 else "utf-8")
            except UnicodeDecodeError as error:
                raise InvalidInput(
                    f"Line {self.number} is not UTF-8 text. Save the file as UTF-8 and try again.",
                    reason=f"{error.reason} at byte {error.start} of the line",
                ) from None
