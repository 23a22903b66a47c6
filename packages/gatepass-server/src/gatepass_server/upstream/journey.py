"""Going to another house and coming back: each attempt is good once, and in the browser that began it alone."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypedDict

import msgspec

from gatepass_server.crypto.handles import digest, new_handle
from gatepass_server.crypto.sealing import Sealer
from gatepass_server.domain.clock import Clock, whole_seconds
from gatepass_server.domain.secret import Secret
from gatepass_server.domain.upstream_attempts import Attempt, Begun, Errand, Phase, Proven, Stranger
from gatepass_server.store.ports import Store, UnitOfWork
from gatepass_server.upstream.errors import AttemptGone, UpstreamError
from gatepass_server.upstream.providers import Providers

BROWSER_PREFIX = "gp_br_"
PARKED_PREFIX = "gp_st_"
LIFETIME = 900
"""Seconds that a person may take at the other house, and again for what is left to do here."""

_PRUNED = 3
_PURPOSE = "sign-in through another house"
_begun = msgspec.json.Decoder(Begun).decode
_proven = msgspec.json.Decoder(Proven).decode


@dataclass(frozen=True, slots=True)
class Arrival:
    """Somebody has come back, and it is known who."""

    errand: Errand
    stranger: Stranger


class _Good(TypedDict):
    browser_digest: bytes
    provider: str
    phase: Phase
    now: int


class Journey:
    """Sends people to other houses, and receives them.

    Args:
        store: keeps attempts.
        providers: the houses.
        sealer: seals what is kept of an attempt.
        clock: seconds since the epoch.
        base: the public address of this server, without a slash at its end.
    """

    def __init__(
        self, store: Store, providers: Providers, sealer: Sealer, clock: Clock, *, base: str
    ) -> None:
        self._store = store
        self._providers = providers
        self._sealer = sealer
        self._clock = clock
        self._base = base

    def callback(self, name: str) -> str:
        """Where people come back to from a house: each has an address of its own (RFC 9700 section 4.4.2.2)."""
        return f"{self._base}/sign-in/through/{name}/callback"

    def begin(self, name: str, errand: Errand, browser: Secret) -> str:
        """Send somebody away; the address to which.

        Args:
            name: of the house.
            errand: what they are about.
            browser: a secret of their browser, by which it is recognised.

        Raises:
            UnknownProvider: there is no such house.
            Unavailable: it cannot be reached.
        """
        client = self._providers.find(name)
        departure = client.depart(errand, callback=self.callback(name), now=whole_seconds(self._clock))
        kept = msgspec.json.encode(departure.begun)
        self._keep(_scoped(name, departure.name), name, Phase.BEGUN, kept, browser)
        return departure.url

    def come_back(self, name: str, answer: Mapping[str, str], browser: Secret | None) -> Arrival:
        """Who it is that came back. The attempt is spent, whatever comes of it.

        Args:
            name: of the house, as the address says.
            answer: the parameters of the request, each once.
            browser: the secret of the browser; None where it has none.

        Raises:
            UnknownProvider: there is no such house.
            AttemptGone: the answer is of no attempt that this browser has begun with this house, or of one that is
                spent or too old.
            UpstreamError: the house did not let them in, or cannot be believed.
        """
        client = self._providers.find(name)
        called = client.name_in(answer)
        if not called or browser is None:
            raise AttemptGone(reason="no state, or no cookie")
        with self._store.write() as uow:
            attempt = uow.upstream_attempts.spend(
                digest(_scoped(name, called)),
                browser_digest=digest(browser.reveal()),
                provider=name,
                phase=Phase.BEGUN,
                now=whole_seconds(self._clock),
            )
        if attempt is None:
            raise AttemptGone(reason="no such attempt of this browser with this provider, or it is spent")
        begun = _begun(self._open(attempt))
        try:
            stranger = client.arrive(begun, answer, callback=self.callback(name))
        except UpstreamError as error:
            error.errand = begun.errand  # whoever tells the person can lead them back
            raise
        return Arrival(begun.errand, stranger)

    def park(self, name: str, arrival: Arrival, browser: Secret) -> Secret:
        """Keep somebody who has something left to do here; the handle of the page where they do it."""
        handle = new_handle(PARKED_PREFIX)
        kept = msgspec.json.encode(Proven(errand=arrival.errand, stranger=arrival.stranger))
        self._keep(handle.reveal(), name, Phase.PROVEN, kept, browser)
        return handle

    def parked(self, name: str, handle: str, browser: Secret | None) -> Arrival:
        """Whom such a page is about.

        Raises:
            AttemptGone: nobody that waits in this browser.
        """
        if browser is None:
            raise AttemptGone(reason="no cookie")
        with self._store.read() as uow:
            attempt = uow.upstream_attempts.find(digest(handle), **self._at(name, browser))
        if attempt is None:
            raise AttemptGone(reason="nobody waits under this handle in this browser")
        proven = _proven(self._open(attempt))
        return Arrival(proven.errand, proven.stranger)

    def unpark(self, uow: UnitOfWork, name: str, handle: str, browser: Secret) -> None:
        """Spend the handle, within a transaction.

        Raises:
            AttemptGone: it was spent meanwhile.
        """
        if uow.upstream_attempts.spend(digest(handle), **self._at(name, browser)) is None:
            raise AttemptGone(reason="the handle was spent meanwhile")

    def _at(self, name: str, browser: Secret) -> _Good:
        return {
            "browser_digest": digest(browser.reveal()),
            "provider": name,
            "phase": Phase.PROVEN,
            "now": whole_seconds(self._clock),
        }

    def _keep(self, called: str, name: str, phase: Phase, kept: bytes, browser: Secret) -> None:
        now = whole_seconds(self._clock)
        attempt = Attempt(
            digest=digest(called),
            browser_digest=digest(browser.reveal()),
            provider=name,
            phase=phase,
            sealed=self._sealer.seal(kept, purpose=_PURPOSE),
            created_at=now,
            expires_at=now + LIFETIME,
        )
        with self._store.write(durable=False) as uow:  # a power cut may forget it: the person begins anew
            uow.upstream_attempts.add(attempt)
            uow.upstream_attempts.prune(now, limit=_PRUNED)

    def _open(self, attempt: Attempt) -> bytes:
        return self._sealer.open(attempt.sealed, purpose=_PURPOSE)


def _scoped(name: str, called: str) -> str:
    """What a house calls an attempt, apart from what all others call theirs."""
    return f"{name} {called}"
