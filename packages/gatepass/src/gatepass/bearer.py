"""Bearer tokens over HTTP (RFC 6750), for any web framework.

Where the token is found in a request, and what a refusal looks like.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from gatepass.errors import (
    InsufficientScopeError,
    KeysUnavailableError,
    MissingTokenError,
    StatusUnavailableError,
    TokenError,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_log = logging.getLogger("gatepass")


class AmbiguousRequestError(Exception):
    """The request carries more than one token, so which one counts cannot be told (RFC 6750 section 3.1)."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """The answer to a request that is not let in.

    Attributes:
        status: The HTTP status.
        message: What the JSON body says in its member ``message``.
        headers: The headers that belong to it.
    """

    status: int
    message: str
    headers: Mapping[str, str]


def find_token(authorization: Iterable[str], extra: Iterable[str] = ()) -> str:
    """Find the one token of a request.

    Args:
        authorization: The values of all ``Authorization`` headers. Only the ``Bearer`` scheme counts, in any
            case (RFC 9110 section 11.1).
        extra: The values of further headers that hold a bare token. The same token in two places counts once.

    Raises:
        MissingTokenError: There is none.
        AmbiguousRequestError: There are several ``Authorization`` headers, or different tokens.
    """
    given = list(authorization)
    # A front that joins equal headers puts a comma between them, and no bearer token holds one.
    if len(given) > 1 or any("," in value and _is_bearer(value) for value in given):
        raise AmbiguousRequestError("several Authorization headers")
    tokens = {value[6:].strip(" ") for value in given if _is_bearer(value)}
    tokens.update(value.strip(" ") for value in extra)
    tokens.discard("")
    if not tokens:
        raise MissingTokenError
    if len(tokens) > 1:
        raise AmbiguousRequestError("different tokens in one request")
    return tokens.pop()


def _is_bearer(value: str) -> bool:
    return value[:7].lower() == "bearer " or value.lower() == "bearer"


def refuse(error: TokenError | AmbiguousRequestError, *, realm: str | None = None) -> Refusal:
    """Turn a failure into an answer, and log its reason, which the answer does not tell."""
    if isinstance(error, AmbiguousRequestError):
        _log.info("request refused: %s", error)
        return Refusal(
            400, "The request carries more than one token", _challenge(realm, error="invalid_request")
        )
    if isinstance(error, MissingTokenError):
        # A request without any credentials gets no error code (RFC 6750 section 3.1).
        _log.debug("request refused: no token")
        return Refusal(401, "Token is missing", _challenge(realm))
    if isinstance(error, (KeysUnavailableError, StatusUnavailableError)):
        _log.warning("token cannot be checked: %s: %s", error.code, error.reason)
        return Refusal(503, "Tokens cannot be checked at the moment", {"Retry-After": str(error.retry_after)})
    _log.info("token refused: %s: %s", error.code, error.reason)
    if isinstance(error, InsufficientScopeError):
        # What a check of the program asked for may come from the request, and must not add parameters of its own.
        scope = " ".join(name for name in error.required if _QUOTABLE.issuperset(name))
        return Refusal(
            403, "Token lacks a required scope", _challenge(realm, error="insufficient_scope", scope=scope)
        )
    return Refusal(401, "Token is invalid", _challenge(realm, error="invalid_token"))


_QUOTABLE: Final = frozenset(chr(code) for code in range(0x20, 0x7F)) - {'"', "\\"}


def checked_realm(realm: str | None) -> str | None:
    """Return a realm that can stand between quotation marks.

    Raises:
        ValueError: It holds quotation marks, backslashes, control characters or characters outside ASCII.
    """
    if realm is not None and not _QUOTABLE.issuperset(realm):
        raise ValueError("A realm is printable ASCII without quotation marks and backslashes.")
    return realm


def _challenge(realm: str | None, **parameters: str) -> dict[str, str]:
    named = {"realm": realm, **parameters} if realm else parameters
    listed = ", ".join(f'{name}="{value}"' for name, value in named.items() if value)
    return {"WWW-Authenticate": f"Bearer {listed}".rstrip()}
