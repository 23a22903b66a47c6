"""Tokens that are bound to a key (proof of possession, RFC 7800)."""

from __future__ import annotations

import hmac
from typing import TYPE_CHECKING, Any

from gatepass.errors import ProofRequiredError, quote

if TYPE_CHECKING:
    from collections.abc import Mapping


def demand_confirmation(cnf: Mapping[str, Any], confirmed: Mapping[str, str] | None) -> None:
    """Demand that the caller was seen to possess every key the token is bound to.

    A method that is not understood is never confirmed, so such a token is refused: passing it as a plain bearer
    token would make the binding worthless.

    Args:
        cnf: The claim, by confirmation method, for instance ``{"jkt": thumbprint}`` (RFC 9449 section 6.1).
        confirmed: What was seen, by the same names.

    Raises:
        ProofRequiredError: At least one key was not shown, or another was.
    """
    for method, expected in cnf.items():
        seen = None if confirmed is None else confirmed.get(method)
        if seen is None:
            raise ProofRequiredError(f"bound by {quote(method)}, and nothing was shown for it")
        if not isinstance(expected, str) or not hmac.compare_digest(seen.encode(), expected.encode()):
            raise ProofRequiredError(f"bound by {quote(method)} to another key than the one shown")
