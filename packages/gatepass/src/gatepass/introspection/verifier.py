"""Check tokens by asking their issuer: :class:`IntrospectionVerifier`."""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING, Any, Final

from gatepass.checks import CLAIM_CHECKS, apply_all
from gatepass.clocks import now_of
from gatepass.confirmation import demand_confirmation
from gatepass.errors import (
    InvalidClaimsError,
    MalformedTokenError,
    RevokedTokenError,
    WrongTypeError,
    quote,
)
from gatepass.explain import Explanation, judge_claims
from gatepass.fetch_limits import TIMEOUT
from gatepass.introspection.issuer import AskedIssuer
from gatepass.introspection.memory import RecentAnswers
from gatepass.jose import MAX_TOKEN_LENGTH
from gatepass.offload import Offload
from gatepass.principal import Principal
from gatepass.rules import make_rules

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Iterable, Mapping, Sequence

CACHE_SIZE: Final = 1024
"""Answers remembered where any are."""

_TOKEN = re.compile(r"[A-Za-z0-9._~+/-]+=*")
"""RFC 6750 section 2.1."""

_ACCESS_TOKENS = frozenset({"bearer", "dpop"})


class IntrospectionVerifier:
    """Checks access tokens of one issuer by asking it about each (RFC 7662): a request for a request.

    For tokens that mean nothing by themselves, and where a token must stop working in the very moment in which its
    session ends. It stands wherever a ``Verifier`` does. What the issuer says is judged as the claims of a token are:
    ``aud``, ``exp`` and ``sub`` must be there, and ``iss``, where it is told, must be the issuer. Safe to share between
    threads and tasks; make it once.

    Args:
        issuer: The issuer's address; its metadata tell where to ask (RFC 8414).
        audience: What this program is called in ``aud``; any one of several is enough.
        client_id: What the issuer knows this program by ...
        client_secret: ... and the secret that proves it. It goes nowhere but to the endpoint.
        endpoint: Where to ask, for issuers whose metadata do not tell.
        cache_seconds: For how long an answer is believed, and so for how long a revoked token may still work; 0 asks
            about every request.
        cache_size: How many answers are remembered.
        leeway: Seconds by which ``exp`` and ``nbf`` may be missed.
        timeout: Seconds for the whole of a question.
        ca_file: The certificates (PEM) of the only authorities that are believed; without it, those of the system.
        clock: A function returning seconds since the epoch.
        monotonic: A function returning seconds that never go back.

    Raises:
        ValueError: An argument makes no sense, or an address is neither https nor on this machine.
    """

    def __init__(
        self,
        issuer: str,
        *,
        audience: str | Sequence[str],
        client_id: str,
        client_secret: str,
        endpoint: str | None = None,
        cache_seconds: float = 0,
        cache_size: int = CACHE_SIZE,
        leeway: float = 0,
        timeout: float = TIMEOUT,
        ca_file: str | os.PathLike[str] | None = None,
        clock: Callable[[], float] = time.time,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._rules = make_rules(issuer, audience, leeway=leeway)
        self._asked = AskedIssuer(
            issuer,
            endpoint=endpoint,
            client_id=client_id,
            client_secret=client_secret,
            timeout=timeout,
            ca_file=ca_file,
            monotonic=monotonic,
        )
        self._recent = RecentAnswers(cache_seconds, cache_size, monotonic)
        self._clock = clock
        self._monotonic = monotonic
        self._offload = Offload()

    @property
    def issuers(self) -> tuple[str, ...]:
        """The accepted issuer, as a tuple of one."""
        return (self._rules.issuer,)

    @property
    def clock(self) -> Callable[[], float]:
        """The function that returns seconds since the epoch."""
        return self._clock

    def verify(
        self, token: object, *, scopes: Iterable[str] = (), confirmed: Mapping[str, str] | None = None
    ) -> Principal:
        """Ask about a token, which blocks; arguments are those of ``Verifier.verify``.

        Raises:
            MalformedTokenError: It cannot be a token; nobody was asked.
            RevokedTokenError: The issuer says that it is not active, and never says why.
            StatusUnavailableError: The issuer did not answer.
            TokenError: What the issuer says of it does not do here, for instance another audience.
        """
        text = _checked(token)
        claims = self._recent.recall(text)
        if claims is None:
            claims = self._ask(text)
        return self._admit(claims, scopes, confirmed)

    async def averify(
        self, token: object, *, scopes: Iterable[str] = (), confirmed: Mapping[str, str] | None = None
    ) -> Principal:
        """Ask about a token as :meth:`verify` does, in a thread that never blocks the event loop."""
        text = _checked(token)
        claims = self._recent.recall(text)
        if claims is None:
            claims = await self._offload.run(self._ask, text)
        return self._admit(claims, scopes, confirmed)

    def explain(self, token: object) -> Explanation:
        """Tell of every check whether the token passes it; asks the issuer, and raises nothing."""
        report = Explanation()
        text = report.attempt(
            "form",
            "letters and digits of a bearer token",
            lambda: _checked(token),
            lambda found: f"{len(found)} characters",
        )
        if text is None:
            return report
        claims = report.attempt("introspection", "active", lambda: self._ask(text), lambda _: "active")
        if claims is not None:
            judge_claims(report, claims, self._rules, now_of(self._clock))
        return report

    def _ask(self, token: str) -> Mapping[str, Any]:
        """What the issuer says of the token, if it is an access token and active."""
        asked_at = self._monotonic()
        answer = self._asked.ask(token)
        if answer.get("active") is not True:
            raise RevokedTokenError("the issuer says that it is not active")
        kind = answer.get("token_type", "Bearer")
        if not isinstance(kind, str) or kind.lower() not in _ACCESS_TOKENS:
            raise WrongTypeError(f"token_type is {quote(kind)}: no access token")
        # One that is bound to a key must tell which (RFC 9449 section 6.2), or it would pass as a plain bearer token.
        if kind.lower() == "dpop" and "cnf" not in answer:
            raise InvalidClaimsError("token_type is DPoP, and no cnf names the key")
        claims = {"iss": self._rules.issuer, **answer}
        self._recent.remember(token, claims, asked_at=asked_at)
        return claims

    def _admit(
        self, claims: Mapping[str, Any], scopes: Iterable[str], confirmed: Mapping[str, str] | None
    ) -> Principal:
        apply_all(CLAIM_CHECKS, claims, self._rules, now_of(self._clock))
        if "cnf" in claims:
            demand_confirmation(claims["cnf"], confirmed)
        principal = Principal.from_claims(claims)
        if scopes:
            principal.require(scopes.split() if isinstance(scopes, str) else scopes)
        return principal


def _checked(token: object) -> str:
    """The token, if it can be one: nothing else is worth a question."""
    if not isinstance(token, str) or len(token) > MAX_TOKEN_LENGTH or not _TOKEN.fullmatch(token):
        raise MalformedTokenError("not the characters of a bearer token, or too many")
    return token
