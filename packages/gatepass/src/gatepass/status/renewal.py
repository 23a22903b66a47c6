"""Fetch a list and judge it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gatepass.clocks import now_of
from gatepass.errors import ExpiredTokenError, TokenError
from gatepass.status.answer import NoListError
from gatepass.status.copies import Copy, copy_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from gatepass.status.answer import FetchList
    from gatepass.status.list_token import ListReader
    from gatepass.status.policy import StatusPolicy


class Renewal:
    """Brings newer copies of lists. It blocks.

    Args:
        policy: The rules.
        reader: Judges signed lists.
        fetch: Fetches them.
        clock: Seconds since the epoch.
        monotonic: A clock in seconds that never goes back.
    """

    def __init__(
        self,
        policy: StatusPolicy,
        reader: ListReader,
        fetch: FetchList,
        *,
        clock: Callable[[], float],
        monotonic: Callable[[], float],
    ) -> None:
        self._policy = policy
        self._reader = reader
        self._fetch = fetch
        self._clock = clock
        self._monotonic = monotonic

    def renew(self, uri: str, known: Copy | None, began: float) -> tuple[Copy, bool]:
        """Fetch a list, or learn that the known one is still the newest.

        Args:
            uri: Where it lies.
            known: What is known of it.
            began: When the fetch began, by the monotonic clock.

        Returns:
            The list, and whether it is a newer one than the known.

        Raises:
            NoListError: None came, or an older one than the known: a cache that serves yesterday's list would
                give revoked tokens their life back.
            TokenError: The list is not in order.
        """
        tag = known.etag if known is not None and self._still_stands(known) else None
        answer = self._fetch(uri, tag)
        now = now_of(self._clock)
        if answer is None:
            if known is None or tag is None:
                raise NoListError("unchanged, says the answer, and nobody had asked for that")
            signed, etag = known.signed, known.etag
            if signed.expires is not None and not now < signed.expires:
                raise ExpiredTokenError("the list expired while it was asked whether there is a newer one")
        else:
            signed, etag = self._reader.read(answer.body, uri, now), answer.etag
            if known is not None and signed.issued < known.signed.issued:
                age = known.signed.issued - signed.issued
                raise NoListError(f"older by {age:g} s than the list that is known")
        copy = copy_of(signed, etag, self._policy, fetched=began, tick=self._monotonic(), now=now)
        return copy, answer is not None

    def _still_stands(self, known: Copy) -> bool:
        """Whether a known list may live on if it is unchanged: not expired, and its key not withdrawn."""
        signed = known.signed
        if signed.expires is not None and not now_of(self._clock) < signed.expires:
            return False
        try:
            return signed.key in self._reader.keys_for(signed.kid, signed.alg)
        except TokenError:
            return False
