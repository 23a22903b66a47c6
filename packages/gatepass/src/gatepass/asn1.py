"""Walk through DER (ITU-T X.690) as far as is needed to tell what a file is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

INTEGER: Final = 0x02


def elements(content: bytes) -> Iterator[tuple[int, bytes]]:
    """Tag and content of each element, one after the other; whatever is cut off ends early."""
    position = 0
    while position + 1 < len(content):
        begin, length = position + 2, content[position + 1]
        if length & 0x80:
            size = length & 0x7F
            length = int.from_bytes(content[begin : begin + size], "big")
            begin += size
        yield content[position], content[begin : begin + length]
        position = begin + length


def first(content: bytes) -> bytes:
    """The content of the first element; empty where there is none."""
    return next((inner for _, inner in elements(content)), b"")


def integers(content: bytes) -> list[int]:
    """The numbers among the elements."""
    return [int.from_bytes(inner, "big") for tag, inner in elements(content) if tag == INTEGER]
