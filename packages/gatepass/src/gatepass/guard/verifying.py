"""Whatever checks tokens: one issuer's verifier, or that of several."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from gatepass.explain import Explanation
    from gatepass.principal import Principal


class AccessTokenVerifier(Protocol):
    """What ``Verifier`` and ``MultiIssuerVerifier`` have in common."""

    @property
    def issuers(self) -> tuple[str, ...]:
        """The accepted issuers."""
        ...

    @property
    def clock(self) -> Callable[[], float]:
        """A function that returns seconds since the epoch."""
        ...

    def verify(
        self, token: object, *, scopes: Iterable[str] = (), confirmed: Mapping[str, str] | None = None
    ) -> Principal:
        """Check a token; may block. Raises nothing but a TokenError, whatever the token is."""
        ...

    async def averify(
        self, token: object, *, scopes: Iterable[str] = (), confirmed: Mapping[str, str] | None = None
    ) -> Principal:
        """The same for an event loop, which it never blocks."""
        ...

    def explain(self, token: object) -> Explanation:
        """Tell of every check whether the token passes it."""
        ...
