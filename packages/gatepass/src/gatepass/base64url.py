"""base64url without padding, in its one canonical spelling (RFC 7515 section 2)."""

from __future__ import annotations

import binascii
from base64 import urlsafe_b64decode, urlsafe_b64encode


def encode(data: bytes) -> bytes:
    """Encode without padding."""
    return urlsafe_b64encode(data).rstrip(b"=")


def decode(text: bytes) -> bytes:
    """Decode, refusing every spelling but the canonical one.

    Two spellings of one value would let a token be changed without breaking its signature. Encoding the
    result again shows padding, foreign characters and non-zero spare bits at once.

    Raises:
        ValueError: The text is not canonical base64url.
    """
    try:
        data = urlsafe_b64decode(text + b"=" * (-len(text) % 4))
    except binascii.Error:
        raise ValueError("not base64url") from None
    if encode(data) != text:
        raise ValueError("not canonical base64url")
    return data
