"""What can be asked of a token, as a type."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, TypedDict

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gatepass.keys import Key


class TokenOptions(TypedDict, total=False):
    """The keyword arguments of ``FakeIssuer.token``, for functions that pass them on."""

    scopes: Sequence[str]
    expires_in: float
    audience: str | Sequence[str] | None
    issuer: str | None
    client_id: str | None
    typ: str
    claims: Mapping[str, Any]
    without: Sequence[str]
    header: Mapping[str, Any]
    key: Key | Literal["other"] | None
    alg: Literal["none", "HS256"] | None
    expired: bool
    not_yet_valid: bool
    tampered: bool
