"""How long an answer may be kept (RFC 9111)."""

import re
from collections.abc import Mapping
from typing import Final

_MAX_AGE: Final = re.compile(r"(?:^|[,\s])max-age=\"?(\d{1,10})", re.IGNORECASE)
_NOT_AT_ALL: Final = re.compile(r"(?:^|[,\s])no-(?:store|cache)(?:$|[,\s=])", re.IGNORECASE)
_AGE: Final = re.compile(r"\d{1,10}")


def lifetime(headers: Mapping[str, str], *, usual: int, least: int, most: int) -> int:
    """Seconds, from ``Cache-Control`` and ``Age`` (sections 4.2.1 and 5.1), within bounds of our own.

    Args:
        headers: by their names in lower case.
        usual: where the answer does not say.
        least: also of one that is not to be kept at all: a flood of requests must not become one of fetches.
        most: whatever it says.
    """
    control = headers.get("cache-control", "")
    if _NOT_AT_ALL.search(control):
        return least
    said = _MAX_AGE.search(control)
    if said is None:
        return usual
    age = headers.get("age", "").strip()
    spent = int(age) if _AGE.fullmatch(age) else 0
    return min(max(int(said[1]) - spent, least), most)
