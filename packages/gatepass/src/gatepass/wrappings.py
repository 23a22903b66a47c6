"""Take off what a text may be wrapped in: encodings of characters, base64, base32, hexadecimal digits."""

from __future__ import annotations

import base64
import binascii
import codecs
import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

DEPTH: Final = 3
"""Wrappings within each other."""

_LEAST: Final = 32  # bytes that are worth looking at
_RUN = re.compile(rb"[A-Za-z0-9+/_-]{40,}")
_RUNS: Final = 16
_BOMS: Final = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def unwrapped(data: bytes, depth: int = DEPTH) -> Iterator[bytes]:
    """The bytes themselves, and what they are an encoding of, down to three wrappings."""
    yield data
    if depth:
        for inner in dict.fromkeys(_inside(data)):
            if len(inner) >= _LEAST and inner != data:
                yield from unwrapped(inner, depth - 1)


def _inside(data: bytes) -> Iterator[bytes]:
    yield data.removeprefix(codecs.BOM_UTF8)
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            yield data.decode(encoding, "replace").encode("utf-8", "replace")
    if b"\0" in data:  # UTF-16 or UTF-32 without a mark, or the end of a C string
        yield data.replace(b"\0", b"")
    compact = b"".join(data.split())
    digits = compact.replace(b":", b"").removeprefix(b"0x")
    if re.fullmatch(rb"[0-9A-Fa-f]+", digits):
        yield binascii.unhexlify(digits[: len(digits) // 2 * 2])
        return
    yield _base32(compact)
    # The whole of it, which may be broken into lines, and each run of digits between quotes, blanks and words.
    for text in (compact, *_RUN.findall(data)[:_RUNS]):
        yield base64_of(text)


def _base32(text: bytes) -> bytes:
    digits = text.rstrip(b"=")
    try:
        return base64.b32decode(digits + b"=" * (-len(digits) % 8), casefold=True)
    except ValueError:
        return b""


def base64_of(text: bytes) -> bytes:
    """What base64 or base64url stands for, padded or not; nothing where it is neither."""
    digits = text.translate(bytes.maketrans(b"-_", b"+/")).rstrip(b"=")
    try:
        return base64.b64decode(digits + b"=" * (-len(digits) % 4), validate=True)
    except ValueError:
        return b""
