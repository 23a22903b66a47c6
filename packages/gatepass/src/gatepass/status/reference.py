"""Where a token says that its status is told: the claim ``status`` (draft-ietf-oauth-status-list-21 section 6)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from gatepass.errors import InvalidClaimsError, StatusUnavailableError, list_of, quote

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class StatusReference:
    """A place in a status list.

    Attributes:
        uri: The list, by the address it is fetched from.
        index: The token's place in it, from 0.
    """

    uri: str
    index: int


def reference_of(claims: Mapping[str, Any]) -> StatusReference | None:
    """Read the claim ``status`` of a token; ``None`` where there is none.

    Raises:
        InvalidClaimsError: It is not as section 6.2 says.
        StatusUnavailableError: It names none but other mechanisms. Section 8.3 lets nothing be said about such a
            token then, and the fault is not the token's: a new one would be no better, so its bearer is not
            sent to sign in again.
    """
    if "status" not in claims:
        return None
    status = claims["status"]
    if not isinstance(status, dict) or not status:
        raise InvalidClaimsError("status is not an object that names a status mechanism")
    if "status_list" not in status:
        raise StatusUnavailableError(f"status names {quote(list_of(status))}, and only status_list is known")
    listed = status["status_list"]
    if not isinstance(listed, dict):
        raise InvalidClaimsError("status_list is not an object")
    index, uri = listed.get("idx"), listed.get("uri")
    if type(index) is not int or index < 0:  # JSON's true is an int to Python
        raise InvalidClaimsError(f"idx is {quote(index)}, which is no index")
    if not isinstance(uri, str) or not uri:
        raise InvalidClaimsError("uri is not a string with at least one character")
    return StatusReference(uri, index)
