"""Unpack what may be a bomb."""

from __future__ import annotations

import zlib
from typing import Final

ZLIB: Final = zlib.MAX_WBITS
"""The form of RFC 1950."""

GZIP: Final = zlib.MAX_WBITS | 16
"""The form of RFC 1952."""


def inflate(data: bytes, form: int, limit: int) -> bytes:
    """Unpack one whole stream; never more than one byte above the limit is made.

    Args:
        data: The stream, and nothing behind it.
        form: :data:`ZLIB` or :data:`GZIP`.
        limit: Bytes that it may have when unpacked.

    Raises:
        ValueError: It is broken, cut off, larger, or something follows.
    """
    engine = zlib.decompressobj(form)
    try:
        unpacked = engine.decompress(data, limit + 1)
    except zlib.error:
        raise ValueError("not compressed as it should be") from None
    if len(unpacked) > limit:
        raise ValueError(f"more than {limit} bytes when unpacked")
    if not engine.eof or engine.unused_data:
        raise ValueError("compressed data that is cut off, or has something behind it")
    return unpacked
