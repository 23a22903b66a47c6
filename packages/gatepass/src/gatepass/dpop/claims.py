"""The claims of a proof: the request it was made for, and when (RFC 9449 sections 4.2 and 4.3)."""

from __future__ import annotations

import hashlib
import math
from typing import TYPE_CHECKING, Any

from gatepass import base64url
from gatepass.dpop.target import has_dots, same_target
from gatepass.errors import InvalidProofError, quote

if TYPE_CHECKING:
    from collections.abc import Mapping


def token_hash(token: str) -> str:
    """The ``ath`` of an access token: its SHA-256 in base64url.

    Raises:
        ValueError: It is not ASCII, which no token is.
    """
    return base64url.encode(hashlib.sha256(token.encode("ascii")).digest()).decode("ascii")


def judge_request(claims: Mapping[str, Any], *, method: str, url: str, token: str | None) -> None:
    """Judge whether a proof was made for this very request: ``htm``, ``htu`` and, with a token, ``ath``.

    Raises:
        InvalidProofError: It was not.
    """
    htm = claims.get("htm")
    if not isinstance(htm, str) or htm != method:  # methods have a case (RFC 9110 section 9.1)
        raise InvalidProofError(f"htm is {quote(htm)}, and the method is {quote(method)}")
    # A program routes the path as it was sent: /admin/../public may be answered by what serves /admin.
    if has_dots(url):
        raise InvalidProofError(f"the address {quote(url)} has dot segments")
    htu = claims.get("htu")
    if not isinstance(htu, str) or not _matches(htu, url):
        raise InvalidProofError(f"htu is {quote(htu)}, and the address is {quote(url)}")
    if token is None:
        return
    try:
        expected = token_hash(token)
    except ValueError:
        raise InvalidProofError("the access token is not ASCII") from None
    if claims.get("ath") != expected:
        raise InvalidProofError("ath is missing, or the hash of another token")


def _matches(htu: str, url: str) -> bool:
    try:
        return same_target(htu, url)
    except ValueError:
        return False


def identifier(claims: Mapping[str, Any]) -> str:
    """Return the ``jti``.

    Raises:
        InvalidProofError: There is none, so that it could be used twice without anybody noticing.
    """
    jti = claims.get("jti")
    if not isinstance(jti, str) or not jti:
        raise InvalidProofError("jti is not a string with at least one character")
    return jti


def judge_times(claims: Mapping[str, Any], now: float, leeway: float, max_age: float | None) -> float:
    """Judge ``iat``, and ``exp`` and ``nbf`` where a proof has them (RFC 7519 section 4.1).

    Args:
        claims: The claims of the proof.
        now: Seconds since the epoch.
        leeway: Seconds by which the client's clock may differ.
        max_age: Seconds since ``iat`` at most; ``None`` does not compare it.

    Returns:
        ``iat``.

    Raises:
        InvalidProofError: It is too old, of the future, or one of the times is no number.
    """
    if "iat" not in claims:
        raise InvalidProofError("iat is missing")
    times = {name: _time(claims[name], name) for name in ("iat", "exp", "nbf") if name in claims}
    iat = times["iat"]
    if max_age is not None and not now - max_age <= iat <= now + leeway:
        raise InvalidProofError(f"iat is {quote(iat)}, and now is {now:.0f}")
    if times.get("exp", math.inf) <= now - leeway or times.get("nbf", 0) > now + leeway:
        raise InvalidProofError("exp has come, or nbf has not")
    return iat


def _time(value: object, name: str) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise InvalidProofError(f"{name} is not a number")
    if isinstance(value, float) and not math.isfinite(value):
        raise InvalidProofError(f"{name} is not finite")
    return value
