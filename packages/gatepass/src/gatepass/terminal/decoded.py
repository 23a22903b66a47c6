"""A token as it reads, without any check of whether to believe it."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

from gatepass import base64url
from gatepass.errors import MalformedTokenError
from gatepass.strict_json import decode_object

if TYPE_CHECKING:
    from collections.abc import Mapping

_LONGEST = 16_384
_DATES = frozenset({"exp", "nbf", "iat", "auth_time"})


@dataclass(frozen=True, slots=True)
class Decoded:
    """Header and claims. The signature is left out on purpose.

    Attributes:
        header: The header's parameters.
        claims: The claims.
    """

    header: Mapping[str, Any]
    claims: Mapping[str, Any]

    @classmethod
    def read(cls, token: str) -> Self:
        """Decode a token (RFC 7515 section 7.1).

        Raises:
            MalformedTokenError: It is none.
        """
        if len(token) > _LONGEST:
            raise MalformedTokenError(f"longer than {_LONGEST} characters")
        segments = token.split(".")
        if len(segments) != 3:
            raise MalformedTokenError(f"{len(segments)} segments, not 3")
        return cls(_members(segments[0], "header"), _members(segments[1], "payload"))


def _members(segment: str, name: str) -> dict[str, Any]:
    try:
        return decode_object(base64url.decode(segment.encode("ascii")))
    except ValueError as error:
        reason = "not base64url" if isinstance(error, UnicodeError) else str(error)
        raise MalformedTokenError(f"the {name} is {reason}") from None


def value_in_words(name: str, value: object) -> str:
    """A value as JSON; times also as a date."""
    text = json.dumps(value, ensure_ascii=False)
    return f"{text}{_date(value)}" if name in _DATES else text


def _date(value: object) -> str:
    if not isinstance(value, (int, float)) or isinstance(value, bool):
        return ""
    try:
        return f" ({dt.datetime.fromtimestamp(value, dt.UTC):%Y-%m-%d %H:%M:%S} UTC)"
    except (ValueError, OverflowError, OSError):  # no date that a calendar has
        return ""
