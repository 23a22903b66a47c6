"""Zeros packed a thousandfold, without packing them: what unpacks too much must not cost the tests that time."""

import zlib
from functools import cache

MEBI = 1 << 20
_GZIP = 31
_HEADS = {15: b"\x78\xda", _GZIP: b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\xff"}


@cache
def _one_mebibyte() -> bytes:
    engine = zlib.compressobj(9, zlib.DEFLATED, -15)
    return engine.compress(bytes(MEBI)) + engine.flush(zlib.Z_FULL_FLUSH)  # it refers to nothing before it


def packed_zeros(mebibytes: int, form: int) -> bytes:
    """As many, by RFC 1950 (``form`` is 15) or RFC 1952 (31), as ``zlib.compressobj`` numbers them."""
    size = mebibytes * MEBI
    end = zlib.compressobj(9, zlib.DEFLATED, -15).flush()
    if form == _GZIP:
        check = 0
        for _ in range(mebibytes):
            check = zlib.crc32(_zeros(), check)
        tail = check.to_bytes(4, "little") + (size % 2**32).to_bytes(4, "little")
    else:
        tail = (size % 65_521 << 16 | 1).to_bytes(4, "big")  # Adler-32 of zeros
    return _HEADS[form] + _one_mebibyte() * mebibytes + end + tail


@cache
def _zeros() -> bytes:
    return bytes(MEBI)
