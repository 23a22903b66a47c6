"""One well-known house through which people sign in, as its data file describes it."""

from typing import Any

import msgspec


class ProviderPreset(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What need not be looked up any more.

    Attributes:
        title: What it calls itself.
        documentation: Where it says what stands here.
        checked: The day on which that was looked up.
        settings: Options of a table ``[upstream.NAME]``.
        needs: Options that the operator must give besides.
        unverified: What could not be found in its documentation.
        notes: What whoever sets it up must know.
    """

    title: str
    documentation: tuple[str, ...]
    checked: str
    settings: dict[str, Any]
    needs: tuple[str, ...] = ("client_id", "client_secret")
    unverified: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
