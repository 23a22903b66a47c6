"""Read a JSON object strictly: no duplicate members, no ``NaN``, no lone surrogates, no deep nesting."""

from __future__ import annotations

import json
from typing import Any

import msgspec

_decode = msgspec.json.Decoder().decode
_encode = msgspec.json.Encoder().encode


def decode_object(data: bytes) -> dict[str, Any]:
    """Decode a JSON object.

    Duplicate members are refused at every depth (RFC 7515 section 4, RFC 7519 section 4, RFC 8725 section
    2.6: parsers that differ are a hole). ``msgspec`` keeps the last of two members, so an object that comes
    out again byte for byte had none; only another spelling (blanks, escapes) takes the slower way that sees
    every member.

    Args:
        data: UTF-8 text, without a byte order mark.

    Returns:
        The object; it shares nothing with any other.

    Raises:
        ValueError: Not exactly one JSON object, with a short reason that does not quote the data.
    """
    try:
        value = _decode(data)
        if not isinstance(value, dict):
            raise ValueError("not a JSON object")  # noqa: TRY004 - the data is wrong, not its Python type
        if _encode(value) != data:
            json.loads(data, object_pairs_hook=_unique_members)
    except RecursionError:
        raise ValueError("nested too deeply") from None
    except (msgspec.MsgspecError, UnicodeError):
        raise ValueError("not valid JSON") from None
    return value


def _unique_members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError("a member appears twice")
    return members
