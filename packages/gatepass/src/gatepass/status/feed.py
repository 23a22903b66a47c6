"""The revocation feed: lists in memory, renewed in the background."""

from __future__ import annotations

import math
import time
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from gatepass.errors import InvalidClaimsError, RevokedTokenError, StatusUnavailableError, plain
from gatepass.observer import SILENT, Observer, guarded
from gatepass.status.crew import Crew
from gatepass.status.keeper import Keeper
from gatepass.status.list_token import ListReader
from gatepass.status.places import Places
from gatepass.status.reference import StatusReference, reference_of
from gatepass.status.renewal import Renewal
from gatepass.status.stock import Stock

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from gatepass.sources import KeySource
    from gatepass.status.answer import FetchList
    from gatepass.status.held import Held
    from gatepass.status.policy import StatusPolicy

IN_FLIGHT: Final = 8
"""Lists that are fetched at once."""

_NAMES: Final = {1: "invalid", 2: "suspended"}


class StatusFeed:
    """Tells whether tokens of one issuer were revoked. Safe to share between threads; all of it is remembered.

    A list is fetched when a token first names it, which that token waits for. As long as there are questions, it is
    then renewed in the background at half of its ``ttl``; so a check is a look into memory, and a revocation is
    seen within the ``ttl``. Who asks after a long pause waits once more. While fetching fails nobody waits: the
    last list is believed for as long as the policy says.

    Args:
        policy: The rules.
        issuer: The exact ``iss``; where it is an address, lists may lie at its origin.
        keys: What lists are signed with.
        algorithms: The accepted ``alg`` values.
        clock: Seconds since the epoch.
        monotonic: A clock in seconds that never goes back.
        observer: Is told of fetches: ``status.fetched``, ``status.unchanged``, ``status.failed``.
        fetch: Fetches a list; over HTTP without it.
        crew: Does the fetching.
        keeper: Makes the thread that renews lists.
    """

    def __init__(
        self,
        policy: StatusPolicy,
        *,
        issuer: str,
        keys: KeySource,
        algorithms: frozenset[str],
        clock: Callable[[], float] = time.time,
        monotonic: Callable[[], float] = time.monotonic,
        observer: Observer = SILENT,
        fetch: FetchList | None = None,
        crew: Crew | None = None,
        keeper: Callable[[Callable[[], float | None]], Keeper] = Keeper,
    ) -> None:
        self._policy = policy
        self._places = Places(issuer, policy.origins)
        self._accepted = frozenset(policy.accepted)
        self._monotonic = monotonic
        self._clock = clock
        reader = ListReader(issuer, keys, algorithms, policy.max_list_bytes)
        fetch = fetch or _over_http(policy)
        self._stock = Stock(
            policy,
            self._places,
            Renewal(policy, reader, fetch, clock=clock, monotonic=monotonic),
            crew=crew or Crew(IN_FLIGHT),
            keeper=keeper,
            monotonic=monotonic,
            observer=guarded(observer),
        )
        self._find = self._stock.find

    def reference_of(self, claims: Mapping[str, Any]) -> StatusReference | None:
        """Where a token's status is told; ``None`` where it has none.

        Raises:
            InvalidClaimsError: The claim is malformed, or missing and required.
            StatusUnavailableError: It names no mechanism that is known.
        """
        reference = reference_of(claims)
        if reference is None and self._policy.required:
            raise InvalidClaimsError("status is missing")
        return reference

    def due(self, reference: StatusReference) -> bool:
        """Tell, without blocking, whether the caller must wait in :meth:`refresh` before :meth:`check`.

        What is to be fetched without anybody waiting is begun here.
        """
        held = self._find(reference.uri)
        now = self._monotonic()
        if held is None:
            return not self._places.refusal(reference.uri)
        held.asked = now
        copy = held.copy
        if copy is not None and now < held.calm_until and reference.index < copy.statuses.size:
            return False
        return self._stock.must_wait(held, reference.index, now)

    def refresh(self, reference: StatusReference) -> None:
        """Fetch the list if that is still due, or wait for the fetch under way: never longer than one may take."""
        self._stock.wait_for(reference.uri, reference.index)

    def check(self, reference: StatusReference) -> None:
        """Look the token's status up, in memory.

        Raises:
            RevokedTokenError: It is another than the policy accepts.
            StatusUnavailableError: There is no list, or only one that is too old or too short.
        """
        held = self._find(reference.uri)
        copy = None if held is None else held.copy
        if held is None or copy is None or not held.believed(self._monotonic(), self._policy.timeout):
            raise self._unavailable(reference, held)
        expires = copy.signed.expires
        if expires is not None and not self._clock() < expires:
            held.outlive()  # its clock stood still, or the other was put right
            raise self._unavailable(reference, held)
        try:
            status = copy.statuses.status(reference.index)
        except IndexError:
            raise self._unavailable(reference, held) from None
        if status not in self._accepted:
            name = _NAMES.get(status, "not accepted")
            raise RevokedTokenError(
                f"status {status} ({name}) at {reference.index} in {plain(reference.uri)}"
            )

    def _unavailable(self, reference: StatusReference, held: Held | None) -> StatusUnavailableError:
        now = self._monotonic()
        copy = None if held is None else held.copy
        if held is None:
            reason = self._places.refusal(reference.uri) or "no list was fetched, or too many are in use"
        elif copy is None:
            reason = held.failure or "no list was fetched yet"
        elif held.believed(now, self._policy.timeout):
            reason = f"index {reference.index} is beyond its {copy.statuses.size} statuses"
        elif now < copy.believed_until:
            reason = f"fetched {now - copy.fetched:.0f} s ago, and too many wait for a newer one"
        else:
            reason = f"fetched {now - copy.fetched:.0f} s ago, too long to be believed; {held.failure}"
        wait = 1 if held is None else max(1, min(math.ceil(held.retry_at - now), 60)) if held.failure else 1
        return StatusUnavailableError(f"{plain(reference.uri)}: {plain(reason)}", retry_after=wait)


def _over_http(policy: StatusPolicy) -> FetchList:
    from gatepass.status.fetching import fetch_list  # noqa: PLC0415 - only who fetches lists loads urllib

    return partial(fetch_list, timeout=policy.timeout, max_bytes=policy.max_bytes, ca_file=policy.ca_file)
