"""All lists of the revocation feed, as they are published."""

import threading
from collections.abc import Callable, Mapping

from gatepass import Signer
from gatepass.forks import mend_after_forks
from gatepass_server.domain.clock import Clock, whole_seconds
from gatepass_server.domain.errors import NotFound
from gatepass_server.domain.status_lists import StatusList
from gatepass_server.status.published_list import PublishedList
from gatepass_server.status.reading import Reading
from gatepass_server.store.ports import Store


class Publisher:
    """Publishes the lists that have not expired.

    What it publishes is at most a tenth of the ``ttl`` old, and never more than a second.

    Args:
        signer: gives the signer of the key that is active now.
        issuer: ``iss``.
        base: the address under which the lists lie, ending with a slash.
        ttl: seconds for which an API may keep a list.
    """

    def __init__(
        self, store: Store, clock: Clock, signer: Callable[[], Signer], *, issuer: str, base: str, ttl: int
    ) -> None:
        self._store = store
        self._clock = clock
        self._signer = signer
        self._issuer = issuer
        self._base = base
        self._ttl = ttl
        self._age = min(1.0, ttl / 10)
        self.after_fork()
        mend_after_forks(self)

    def after_fork(self) -> None:
        """Begin anew: locks may be held by nobody."""
        self._lock = threading.Lock()
        self._lists: Mapping[int, PublishedList] = {}
        self._read_at: float | None = None

    def addresses(self) -> list[str]:
        """The addresses of all lists (draft-ietf-oauth-status-list-21 section 9.3).

        Raises:
            Busy, OperatorError: the database does not answer.
        """
        return [f"{self._base}{number}" for number in self._current()]

    def find(self, number: int) -> PublishedList:
        """The list with this number. To learn that there is none costs nothing, or one look into a table of few rows.

        Raises:
            NotFound: there is none, or it has expired.
            Busy, OperatorError: the database does not answer.
        """
        lists = self._current()
        found = lists.get(number)
        if found is None and number > max(lists, default=0):
            found = self._reread().get(number)  # another process may have just opened it
        if found is None:
            raise NotFound(f"There is no status list {number}.", reason="no status list has this number")
        return found

    def _current(self) -> Mapping[int, PublishedList]:
        read_at = self._read_at
        if read_at is not None and 0 <= self._clock() - read_at < self._age:
            return self._lists
        return self._reread()

    def _reread(self) -> Mapping[int, PublishedList]:
        now = self._clock()
        with self._store.look() as uow:
            live = uow.status_lists.live(whole_seconds(self._clock))
        with self._lock:
            known = self._lists
            self._lists = {each.number: known.get(each.number) or self._publish(each) for each in live}
            self._read_at = now
            return self._lists

    def _publish(self, listed: StatusList) -> PublishedList:
        return PublishedList(
            Reading(self._store, listed),
            self._clock,
            self._signer,
            uri=f"{self._base}{listed.number}",
            issuer=self._issuer,
            ttl=self._ttl,
            age=self._age,
        )
