"""Finding in another house's words what we need: who somebody is, their address, their groups."""

from collections.abc import Mapping
from typing import Any

_LONGEST = 500
_MOST_GROUPS = 500


def text_at(found: Mapping[str, Any], places: str) -> str:
    """The text, or whole number, at the first of some places that has one; otherwise nothing.

    Args:
        found: what the house says.
        places: such as ``data.id``; several are separated by blanks.
    """
    for place in places.split():
        value = _at(found, place)
        if isinstance(value, str) and value and len(value) <= _LONGEST and "\0" not in value:
            return value
        if type(value) is int:
            return str(value)
    return ""


def says_yes(found: Mapping[str, Any], place: str) -> bool:
    """Whether it says that something is so. Apple says it with the text ``true``."""
    value = _at(found, place) if place else None
    return value is True or value == "true"


def groups_at(found: Mapping[str, Any], place: str) -> tuple[str, ...]:
    """The texts at a place: a list of them, or one."""
    value = _at(found, place) if place else None
    listed = [value] if isinstance(value, str) else value
    if not isinstance(listed, list):
        return ()
    return tuple(one for one in listed[:_MOST_GROUPS] if isinstance(one, str) and len(one) <= _LONGEST)


def _at(found: Mapping[str, Any], place: str) -> Any:
    """A name may itself have dots, as ``https://example.com/roles`` does: the whole of it is tried first."""
    if place in found:
        return found[place]
    value: Any = found
    for step in place.split("."):
        if not isinstance(value, Mapping):
            return None
        value = value.get(step)
    return value
