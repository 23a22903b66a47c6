"""The options that every way of making a verifier takes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, TypedDict

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from gatepass.observer import Observer
    from gatepass.status import StatusPolicy


class VerifierOptions(TypedDict, total=False):
    """Keyword arguments of ``Verifier``, described there."""

    leeway: float
    clock: Callable[[], float]
    cache_size: int
    types: Sequence[str] | None
    audience_claim: str
    scope_claims: Sequence[str]
    required_claims: Mapping[str, Any] | None
    status: StatusPolicy | Literal["auto"] | None
    observer: Observer | None
