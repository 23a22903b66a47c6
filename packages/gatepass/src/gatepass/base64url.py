"""base64url without padding, in its one canonical spelling (RFC 7515 section 2)."""

from __future__ import annotations

import binascii
from typing import Final

from pybase64 import b64decode, urlsafe_b64encode

_PLUS: Final = ord("+")
_SLASH: Final = ord("/")
_PADDING: Final = (b"", b"", b"==", b"=")
# The last character of a group that is cut short has spare bits, and only those where they are zero are canonical.
_LAST: Final = (
    frozenset(range(256)) - frozenset(b"="),
    frozenset[int](),
    frozenset(b"AQgw"),
    frozenset(b"AEIMQUYcgkosw048"),
)


def encode(data: bytes) -> bytes:
    """Encode without padding."""
    return urlsafe_b64encode(data).rstrip(b"=")


def decode(text: bytes) -> bytes:
    """Decode, refusing every spelling but the canonical one.

    Two spellings of one value would let a token be changed without breaking its signature: padding, foreign
    characters, blanks and non-zero spare bits are all refused.

    Raises:
        ValueError: The text is not canonical base64url.
    """
    over = len(text) & 3
    # The decoder would take the two characters of base64 as well that base64url has others for.
    if (text and text[-1] not in _LAST[over]) or _PLUS in text or _SLASH in text:
        raise ValueError("not canonical base64url")
    try:
        return b64decode(text + _PADDING[over], b"-_", validate=True)
    except binascii.Error:
        raise ValueError("not base64url") from None
