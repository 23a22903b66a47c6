"""One verifier for both kinds of access token: a signed one is checked, an opaque one is looked up."""

from collections.abc import Callable, Iterable, Mapping
from typing import TypeGuard

from gatepass import Explanation, Principal, Verifier
from gatepass.confirmation import demand_confirmation
from gatepass.offload import Offload
from gatepass_server.accounts.opaque_tokens import PREFIX, OpaqueTokens


class HouseVerifier:
    """An ``AccessTokenVerifier`` that takes every access token of the house."""

    def __init__(self, signed: Verifier, opaque: OpaqueTokens) -> None:
        self._signed = signed
        self._opaque = opaque
        self._offload = Offload()

    @property
    def issuers(self) -> tuple[str, ...]:
        """See ``Verifier.issuers``."""
        return self._signed.issuers

    @property
    def clock(self) -> Callable[[], float]:
        """See ``Verifier.clock``."""
        return self._signed.clock

    def verify(
        self, token: object, *, scopes: Iterable[str] = (), confirmed: Mapping[str, str] | None = None
    ) -> Principal:
        """See ``Verifier.verify``."""
        if not _is_opaque(token):
            return self._signed.verify(token, scopes=scopes, confirmed=confirmed)
        return _granting(self._opaque.principal(token), scopes, confirmed)

    async def averify(
        self, token: object, *, scopes: Iterable[str] = (), confirmed: Mapping[str, str] | None = None
    ) -> Principal:
        """See ``Verifier.averify``."""
        if not _is_opaque(token):
            return await self._signed.averify(token, scopes=scopes, confirmed=confirmed)
        return _granting(await self._offload.run(self._opaque.principal, token), scopes, confirmed)

    def explain(self, token: object) -> Explanation:
        """See ``Verifier.explain``. Of an opaque token there is only what the server remembers of it."""
        if not _is_opaque(token):
            return self._signed.explain(token)
        report = Explanation()
        report.attempt(
            "opaque token",
            "one of a live session",
            lambda: self._opaque.principal(token),
            lambda principal: f"a token of {principal.subject}, in session {principal.session_id}",
        )
        return report


def _is_opaque(token: object) -> TypeGuard[str]:
    return isinstance(token, str) and token.startswith(PREFIX)


def _granting(principal: Principal, scopes: Iterable[str], confirmed: Mapping[str, str] | None) -> Principal:
    if cnf := principal.claims.get("cnf"):
        demand_confirmation(cnf, confirmed)
    if scopes:
        principal.require(scopes.split() if isinstance(scopes, str) else scopes)
    return principal
