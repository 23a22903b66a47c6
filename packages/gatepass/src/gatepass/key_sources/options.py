"""What every source that fetches can be told, and what of it makes no sense."""

from __future__ import annotations

import math
from functools import partial
from typing import TYPE_CHECKING, Any, TypedDict

if TYPE_CHECKING:
    import os
    from collections.abc import Callable

    from gatepass.observer import Observer


class RemoteOptions(TypedDict, total=False):
    """Keyword arguments of every source that fetches, described at :class:`gatepass.key_sources.remote.RemoteKeys`."""

    max_age: float
    max_stale: float
    min_interval: float
    timeout: float
    ca_file: str | os.PathLike[str] | None
    snapshot: str | os.PathLike[str] | None
    observer: Observer | None
    fetch: Callable[[str], dict[str, Any]] | None
    monotonic: Callable[[], float]
    clock: Callable[[], float]


def check_seconds(**options: object) -> None:
    """Refuse what is no number of seconds, by the name of the option.

    Raises:
        ValueError: One is no number, not more than 0, or infinite.
    """
    for option, value in options.items():
        number = isinstance(value, (int, float)) and not isinstance(value, bool)
        if not number or not 0 < value < math.inf:  # type: ignore[operator] # mypy does not see through number
            raise ValueError(f"{option} is a number of seconds, more than 0.")


def fetching(
    given: Callable[[str], dict[str, Any]] | None, timeout: float, ca_file: str | os.PathLike[str] | None
) -> Callable[[str], dict[str, Any]]:
    """Return the given function, or without one the built-in that fetches a JSON object.

    Raises:
        ValueError: A ``ca_file`` that cannot be read, or beside a function that would not look at it.
    """
    if given is not None:
        if ca_file is not None:
            raise ValueError("ca_file is for the built-in fetching: give it or fetch, not both.")
        return given
    from gatepass.fetch import get_json  # noqa: PLC0415 - only who fetches keys loads urllib and ssl

    if ca_file is not None:
        try:
            with open(ca_file, "rb"):  # noqa: PTH123 - given by whoever made this, as a path of any kind
                pass
        except OSError as error:
            raise ValueError(f"The ca_file cannot be read: {error.strerror}.") from None
    return partial(get_json, timeout=timeout, ca_file=ca_file)
