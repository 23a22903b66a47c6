"""The rules by which revocations are followed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from gatepass.address import checked_url

if TYPE_CHECKING:
    import os
    from collections.abc import Iterable

VALID: Final = 0
"""The status of a token that is in order (draft-ietf-oauth-status-list-21 section 7.1)."""


@dataclass(frozen=True, kw_only=True)
class StatusPolicy:
    """How revocations are followed. Everything has a default; all times are seconds.

    Attributes:
        max_stale: How long the last known list is believed after its ``ttl`` ran out, while no newer one can be had;
            after that, tokens on it are refused as ``status_unavailable``. 0 never believes an old list. A list
            is never believed after its ``exp``, whatever is said here.
        required: Whether a token without a ``status`` claim is refused.
        accepted: The statuses of a token that is in order: 0, and those with which the issuer means so.
        origins: Where lists may lie besides the issuer's own origin: addresses like ``https://cdn.example.com``.
        min_ttl: A list is kept for at least this long, however short its ``ttl``.
        max_ttl: A list is kept for at most this long, however long its ``ttl``; also where it has none.
        timeout: For the whole of one fetch.
        ca_file: The certificates (PEM) of the only authorities that are believed; without it, those of the system.
        max_bytes: Size of an answer.
        max_list_bytes: Size of a list when unpacked; one bit per token makes 8 million tokens in 1 MiB.
        max_lists: How many lists are kept; the one that nobody asked for the longest time gives way.
        max_kept_bytes: Size of all of them when unpacked; the same gives way.

    Raises:
        ValueError: One of them makes no sense, with one sentence that says why.
    """

    max_stale: float = 300.0
    required: bool = False
    accepted: Iterable[int] = (VALID,)
    origins: Iterable[str] = ()
    min_ttl: float = 1.0
    max_ttl: float = 300.0
    timeout: float = 5.0
    ca_file: str | os.PathLike[str] | None = None
    max_bytes: int = 4 * 1024 * 1024
    max_list_bytes: int = 8 * 1024 * 1024
    max_lists: int = 1024
    max_kept_bytes: int = 64 * 1024 * 1024

    def __post_init__(self) -> None:
        if not _is_number(self.max_stale) or not self.max_stale >= 0:
            raise ValueError("max_stale is a number of seconds, 0 or more.")
        if not _is_number(self.min_ttl) or not _is_number(self.max_ttl):
            raise ValueError("min_ttl and max_ttl are numbers of seconds.")
        if not 0.1 <= self.min_ttl <= self.max_ttl <= 86_400:
            raise ValueError("min_ttl and max_ttl lie between 0.1 seconds and a day, min_ttl first.")
        if not _is_number(self.timeout) or not 0 < self.timeout <= 30:
            raise ValueError("timeout is a number of seconds between 0 and 30.")
        for name in ("max_bytes", "max_list_bytes", "max_lists", "max_kept_bytes"):
            value: object = getattr(self, name)
            if type(value) is not int or value < 1:
                raise ValueError(f"{name} is a whole number, 1 or more.")
        object.__setattr__(self, "accepted", _statuses(self.accepted))
        object.__setattr__(self, "origins", _addresses(self.origins))


def _statuses(values: object) -> frozenset[int]:
    given = () if isinstance(values, (str, bytes)) or not hasattr(values, "__iter__") else tuple(values)
    if not given or not all(type(value) is int and 0 <= value <= 255 for value in given):
        raise ValueError("accepted is a list of statuses, each a number from 0 to 255.")
    return frozenset(given)


def _addresses(values: object) -> tuple[str, ...]:
    given = None if isinstance(values, (str, bytes)) or not hasattr(values, "__iter__") else tuple(values)
    if given is None:
        raise ValueError("origins is a list of addresses, not one address.")
    for value in given:
        parts = checked_url(value)
        if parts.path not in {"", "/"} or parts.query or parts.fragment:
            raise ValueError("An origin is an address without a path, like https://cdn.example.com.")
    return given


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)
