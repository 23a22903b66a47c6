"""Where sessions stand in the revocation feed (draft-ietf-oauth-status-list-21), as facts."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class StatusList:
    """A list that is published: its number, and how many places it has."""

    number: int
    size: int


@dataclass(frozen=True, slots=True)
class StatusBlock:
    """Places of one list that follow each other, and that belong to whoever took them.

    Times are whole seconds since the epoch.

    Attributes:
        list: The number of the list.
        first: The first place.
        count: How many there are.
        closes_at: From when on no session may begin in them.
        expires_at: When the list is gone: until then a token may live whose place is in it.
    """

    list: int
    first: int
    count: int
    closes_at: int
    expires_at: int
