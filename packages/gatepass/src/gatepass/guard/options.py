"""The options of a gate, for guards whose constructors add to them."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from gatepass.dpop import DPoP
    from gatepass.guard.resource import ProtectedResource
    from gatepass.principal import Principal


class GateOptions(TypedDict, total=False):
    """Keyword arguments of ``Gate``, described there."""

    realm: str | None
    extra_headers: Sequence[str]
    check: Callable[[Principal], object] | None
    resource: str | ProtectedResource | None
    dpop: DPoP | None
    require_dpop: bool
