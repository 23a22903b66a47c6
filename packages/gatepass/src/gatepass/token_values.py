"""Judge what is to be written into a token, so that no token is made that a verifier would not take."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Any

import msgspec


def text(value: object, name: str) -> str:
    """Return a string with at least one character.

    Raises:
        ValueError: It is none.
    """
    if not isinstance(value, str) or not value:
        raise ValueError(f"{name} must be a string with at least one character.")
    return value


def audience_of(audience: object) -> str | list[str]:
    """Return the ``aud`` for one name or several.

    Raises:
        ValueError: There is none, or one of them is no string.
    """
    if isinstance(audience, (str, bytes)) or not isinstance(audience, Iterable):
        return text(audience, "A token's audience")
    names = list(audience)
    if not names:
        raise ValueError("A token needs an audience.")
    checked = [text(name, "A token's audience") for name in names]
    return checked[0] if len(checked) == 1 else checked


def seconds(value: object) -> int:
    """Return a lifetime in whole seconds.

    Raises:
        ValueError: It is no number, negative or not finite.
    """
    if isinstance(value, (int, float)) and not isinstance(value, bool) and 0 <= value < 1e15:
        return int(value)
    raise ValueError("expires_in is a number of seconds from now, 0 or more.")


def additional(claims: object, taken: frozenset[str]) -> dict[str, Any]:
    """Return further claims as a plain dictionary.

    Pairs, or names that only look like another string, could put a second ``sub`` into the token.

    Raises:
        ValueError: They are no mapping from plain strings, or one has a name that is ``taken``.
    """
    if not isinstance(claims, Mapping):
        raise ValueError("claims must be a mapping from names to JSON values.")  # noqa: TRY004 - a wrong value like the others
    added = dict(claims)
    if not all(type(name) is str for name in added):
        raise ValueError("The names of claims must be plain strings.")
    if not taken.isdisjoint(added):
        names = ", ".join(sorted(taken.intersection(added)))
        raise ValueError(f"claims may not set {names}: that is an argument of its own.")
    return added


def encode(payload: Mapping[str, Any]) -> bytes:
    """Write claims as JSON.

    Raises:
        ValueError: JSON cannot say it.
    """
    try:
        data = _encode(payload)
        # Numbers that are none become null, so only where null stands there can have been one.
        if b"null" in data and not _finite(msgspec.to_builtins(payload, str_keys=True)):
            raise ValueError("The claims hold a number that is not finite, which JSON cannot write.")
    except (UnicodeError, TypeError, RecursionError, OverflowError) as error:
        raise ValueError(f"The claims cannot be written as JSON: {error}") from None
    return data


_encode = msgspec.json.Encoder().encode


def _finite(value: object) -> bool:
    if isinstance(value, dict):
        return all(map(_finite, value.values()))
    if isinstance(value, (list, tuple, set, frozenset)):
        return all(map(_finite, value))
    return not isinstance(value, float) or math.isfinite(value)
