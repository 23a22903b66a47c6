"""Ed25519 public keys of small order, for which signatures can be made without any private key."""

from __future__ import annotations

from typing import Final

_P: Final = 2**255 - 19

# The y of the eight points whose order divides 8 (RFC 8032 section 5.1 has the curve), and the spellings of 0 and
# 1 that are not reduced. The sign of x makes no difference.
_EIGHTH: Final = int.from_bytes(
    bytes.fromhex("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05"), "little"
)
_SMALL: Final = frozenset({0, 1, _P - 1, _P, _P + 1, _EIGHTH, _P - _EIGHTH})


def has_small_order(public: bytes) -> bool:
    """Tell whether the 32 bytes of a public key stand for a point of order 1, 2, 4 or 8."""
    return int.from_bytes(public, "little") & (2**255 - 1) in _SMALL
