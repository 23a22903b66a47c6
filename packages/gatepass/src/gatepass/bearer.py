"""Tokens over HTTP (RFC 6750, RFC 9449), for any web framework.

Where the token is found in a request, and what a refusal looks like.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

from gatepass.errors import (
    InsufficientAuthenticationError,
    InsufficientScopeError,
    InvalidProofError,
    KeysUnavailableError,
    MissingTokenError,
    StatusUnavailableError,
    TokenError,
    UseNonceError,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_log = logging.getLogger("gatepass")

Scheme = Literal["Bearer", "DPoP"]
"""An authentication scheme that presents an access token (RFC 6750 section 2.1, RFC 9449 section 7.1)."""


class AmbiguousRequestError(Exception):
    """The request carries more than one token, so which one counts cannot be told (RFC 6750 section 3.1)."""


class Found(NamedTuple):
    """The one token of a request, and how it was presented."""

    scheme: Scheme
    token: str


@dataclass(frozen=True, slots=True)
class Refusal:
    """The answer to a request that is not let in.

    Attributes:
        status: The HTTP status.
        message: What the JSON body says in its member ``message``.
        headers: The headers that belong to it, as pairs: ``WWW-Authenticate`` may be among them twice.
    """

    status: int
    message: str
    headers: Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Challenges:
    """What every challenge of an API says.

    Attributes:
        realm: Named in challenges.
        resource_metadata: The address of the API's metadata document (RFC 9728 section 5.1).
        dpop_algorithms: The algorithms of accepted DPoP proofs (RFC 9449 section 7.1); empty where none are.
        bearer: Whether plain bearer tokens are accepted.
    """

    realm: str | None = None
    resource_metadata: str | None = None
    dpop_algorithms: Sequence[str] = ()
    bearer: bool = True

    def headers(self, used: Scheme, **parameters: str) -> list[tuple[str, str]]:
        """The challenges of one answer; the parameters belong to the scheme that was used."""
        common = {"realm": self.realm or "", "resource_metadata": self.resource_metadata or ""}
        answers = []
        if self.bearer or not self.dpop_algorithms:
            answers.append(_challenge("Bearer", {**common, **(parameters if used == "Bearer" else {})}))
        if self.dpop_algorithms:
            # Where bearer tokens are not accepted, this is the only place that can tell what was wrong.
            told = parameters if used == "DPoP" or not self.bearer else {}
            algorithms = " ".join(self.dpop_algorithms)
            answers.append(_challenge("DPoP", {**common, **told, "algs": algorithms}))
        return [("WWW-Authenticate", answer) for answer in answers]


def find_token(authorization: Iterable[str], extra: Iterable[str] = (), *, dpop: bool = False) -> Found:
    """Find the one token of a request.

    Args:
        authorization: The values of all ``Authorization`` headers. Only the ``Bearer`` scheme counts, in any
            case (RFC 9110 section 11.1), and ``DPoP`` where that is accepted.
        extra: The values of further headers that hold a bare token. The same token in two places counts once.
        dpop: Whether the scheme ``DPoP`` is accepted.

    Raises:
        MissingTokenError: There is none.
        AmbiguousRequestError: There are several ``Authorization`` headers, or different tokens.
    """
    given = list(authorization)
    schemes: tuple[Scheme, ...] = ("Bearer", "DPoP") if dpop else ("Bearer",)
    found = {Found(scheme, token) for value in given for scheme in schemes for token in _of(value, scheme)}
    # A front that joins equal headers puts a comma between them, and no token holds one.
    if len(given) > 1 or any("," in one.token for one in found):
        raise AmbiguousRequestError("several Authorization headers")
    named = {one.token for one in found}
    found.update(Found("Bearer", bare) for value in extra if (bare := value.strip(" ")) not in named)
    found = {one for one in found if one.token}
    if not found:
        raise MissingTokenError
    if len(found) > 1:
        raise AmbiguousRequestError("different tokens in one request")
    return found.pop()


def _of(value: str, scheme: Scheme) -> tuple[str, ...]:
    """The token after a scheme's name, if the value is of that scheme."""
    name, blank, rest = value.partition(" ")
    return (rest.strip(" ") if blank else "",) if name.lower() == scheme.lower() else ()


def refuse(
    error: TokenError | AmbiguousRequestError,
    challenges: Challenges = Challenges(),
    *,
    used: Scheme = "Bearer",
) -> Refusal:
    """Turn a failure into an answer, and log its reason, which the answer does not tell.

    Args:
        error: What went wrong.
        challenges: What every challenge says.
        used: The scheme the request used.
    """
    if isinstance(error, AmbiguousRequestError):
        _log.info("request refused: %s", error)
        headers = challenges.headers(used, error="invalid_request")
        return Refusal(400, "The request carries more than one token", headers)
    if isinstance(error, MissingTokenError):
        # A request without any credentials gets no error code (RFC 6750 section 3.1).
        _log.debug("request refused: no token")
        return Refusal(401, "Token is missing", challenges.headers("Bearer"))
    if isinstance(error, (KeysUnavailableError, StatusUnavailableError)):
        _log.warning("token cannot be checked: %s: %s", error.code, error.reason)
        retry = [("Retry-After", str(error.retry_after))]
        return Refusal(503, "Tokens cannot be checked at the moment", retry)
    _log.info("token refused: %s: %s", error.code, error.reason)
    return _explained(error, challenges, used)


def _explained(error: TokenError, challenges: Challenges, used: Scheme) -> Refusal:
    """The answers that say what would help."""
    if isinstance(error, InsufficientScopeError):
        headers = challenges.headers(used, error="insufficient_scope", scope=_words(error.required))
        return Refusal(403, "Token lacks a required scope", headers)
    if isinstance(error, InsufficientAuthenticationError):
        headers = challenges.headers(
            used,
            error=error.code,
            acr_values=_words(error.acr_values),
            max_age="" if error.max_age is None else str(error.max_age),
        )
        return Refusal(401, "A more recent or stronger sign-in is needed", headers)
    if isinstance(error, UseNonceError):
        headers = [*challenges.headers("DPoP", error=error.code), ("DPoP-Nonce", error.nonce)]
        return Refusal(401, "The DPoP proof needs the nonce given here", headers)
    if isinstance(error, InvalidProofError):
        return Refusal(401, "DPoP proof is invalid", challenges.headers("DPoP", error=error.code))
    return Refusal(401, "Token is invalid", challenges.headers(used, error="invalid_token"))


_QUOTABLE: Final = frozenset(chr(code) for code in range(0x20, 0x7F)) - {'"', "\\"}


def _words(names: Iterable[str]) -> str:
    # What a check of the program asked for may come from the request, and must not add parameters of its own.
    return " ".join(name for name in names if _QUOTABLE.issuperset(name))


def checked_realm(realm: str | None) -> str | None:
    """Return a realm that can stand between quotation marks.

    Raises:
        ValueError: It holds quotation marks, backslashes, control characters or characters outside ASCII.
    """
    if realm is not None and not _QUOTABLE.issuperset(realm):
        raise ValueError("A realm is printable ASCII without quotation marks and backslashes.")
    return realm


def _challenge(scheme: Scheme, parameters: dict[str, str]) -> str:
    listed = ", ".join(f'{name}="{value}"' for name, value in parameters.items() if value)
    return f"{scheme} {listed}".rstrip()
