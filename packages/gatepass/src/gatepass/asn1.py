"""Walk through DER and BER (ITU-T X.690) as far as is needed to tell what a file is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

INTEGER: Final = 0x02
_OPEN: Final = 0x80


def elements(content: bytes) -> Iterator[tuple[int, bytes]]:
    """Tag and content of each element, one after the other; whatever is cut off ends early."""
    position = 0
    while position + 1 < len(content):
        begin, end = _extent(content, position)
        if end is None:
            end = _open_end(content, begin)
            yield content[position], content[begin : end - 2]
        else:
            yield content[position], content[begin:end]
        position = end


def first(content: bytes) -> bytes:
    """The content of the first element; empty where there is none."""
    return next((inner for _, inner in elements(content)), b"")


def integers(content: bytes) -> list[int]:
    """The numbers among the elements."""
    return [int.from_bytes(inner, "big") for tag, inner in elements(content) if tag == INTEGER]


def _extent(content: bytes, position: int) -> tuple[int, int | None]:
    """Where the content of the element at a position begins and ends; ``None`` where its end is marked instead."""
    begin, length = position + 2, content[position + 1]
    if length == _OPEN:
        return begin, None
    if length & 0x80:
        size = length & 0x7F
        length = int.from_bytes(content[begin : begin + size], "big")
        begin += size
    return begin, begin + length


def _open_end(content: bytes, position: int) -> int:
    """Where an element ends, after its mark, whose length is not told (BER)."""
    depth = 1
    while depth and position + 1 < len(content):
        if content[position : position + 2] == b"\0\0":
            depth -= 1
            position += 2
            continue
        begin, end = _extent(content, position)
        depth += end is None
        position = begin if end is None else end
    return position
