"""Accept tokens of several issuers: :class:`MultiIssuerVerifier`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gatepass import jose
from gatepass.errors import InvalidClaimsError, TokenError, WrongIssuerError, list_of, quote
from gatepass.explain import Explanation, Finding

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from gatepass.principal import Principal
    from gatepass.verifier import Verifier


class MultiIssuerVerifier:
    """Accepts the tokens of an allow-list of issuers, each by its own verifier.

    What a token claims as its issuer only chooses who judges it. That verifier demands the same ``iss`` once more,
    of the signed claims, and knows only its own issuer's keys, audience and rules, so a token can never be judged
    with the keys of one issuer and the rules of another, whatever ``kid`` it names (RFC 8725 section 3.8).

    Args:
        verifiers: One for each issuer.

    Raises:
        ValueError: None, or two for the same issuer.
    """

    def __init__(self, verifiers: Iterable[Verifier]) -> None:
        self._by_issuer: dict[str, Verifier] = {}
        for verifier in verifiers:
            for issuer in verifier.issuers:
                if issuer in self._by_issuer:
                    raise ValueError(f"There are two verifiers for the issuer {quote(issuer)}.")
                self._by_issuer[issuer] = verifier
        if not self._by_issuer:
            raise ValueError("Give at least one verifier.")

    @property
    def issuers(self) -> tuple[str, ...]:
        """The accepted issuers, in the order given."""
        return tuple(self._by_issuer)

    @property
    def clock(self) -> Callable[[], float]:
        """The clock of the first verifier, in seconds since the epoch."""
        return next(iter(self._by_issuer.values())).clock

    def verify(
        self, token: object, *, scopes: Iterable[str] = (), confirmed: Mapping[str, str] | None = None
    ) -> Principal:
        """Check a token by the verifier of its issuer; arguments and errors are those of ``Verifier.verify``.

        Raises:
            WrongIssuerError: ``iss`` is not one of the accepted issuers.
            TokenError: Whatever else is wrong with it.
        """
        return self._choose(token).verify(token, scopes=scopes, confirmed=confirmed)

    async def averify(
        self, token: object, *, scopes: Iterable[str] = (), confirmed: Mapping[str, str] | None = None
    ) -> Principal:
        """Check a token as :meth:`verify` does, without ever blocking the event loop."""
        return await self._choose(token).averify(token, scopes=scopes, confirmed=confirmed)

    def explain(self, token: object) -> Explanation:
        """Tell of every check whether the token passes it, as the verifier of its issuer sees it."""
        try:
            chosen = self._choose(token)
        except TokenError as error:
            accepted = f"one of {list_of(map(quote, self._by_issuer))}"
            return Explanation([Finding("iss", False, accepted, error.reason or str(error), error.code)])
        return chosen.explain(token)

    def _choose(self, token: object) -> Verifier:
        claims: dict[str, Any] = jose.unproven_claims(token)
        if "iss" not in claims:
            raise InvalidClaimsError("iss is missing")
        issuer = claims["iss"]
        if not isinstance(issuer, str):
            raise InvalidClaimsError("iss is not a string")
        chosen = self._by_issuer.get(issuer)
        if chosen is None:
            raise WrongIssuerError(
                f"iss is {quote(issuer)}, not one of {list_of(map(quote, self._by_issuer))}"
            )
        return chosen
