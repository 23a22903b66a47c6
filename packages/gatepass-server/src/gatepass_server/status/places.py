"""Giving out places in the lists: a block at a time from the database, one at a time from memory."""

import secrets
import threading
from collections import deque
from typing import Final

from gatepass.forks import mend_after_forks
from gatepass_server.domain.clock import Clock, whole_seconds
from gatepass_server.domain.errors import GatepassError
from gatepass_server.domain.sessions import StatusIndex
from gatepass_server.domain.status_lists import StatusBlock
from gatepass_server.keys.schedule import AFTERLIFE
from gatepass_server.observe.logs import get_logger
from gatepass_server.store.ports import Store
from gatepass_server.store.ports.patience import Repeatable, take_up

LIST_SIZE: Final = 2**20
"""Places of a list at most: 128 KiB in the memory of an API."""

BLOCK: Final = 256
"""Places that a server takes at once: one small transaction for as many log-ins."""

_DAY: Final = 86_400
_log = get_logger(__name__)


class Places:
    """The places of one process.

    A list takes sessions in for a while, then it is closed; and when the last session of it and their last token must
    have ended, it is gone as a whole. Within a block the places are shuffled: where a token stands does not tell when
    its owner logged in, but for the block.

    A block that a process leaves behind when it ends is lost; a process never uses another's, a fork included.

    Args:
        session_ttl: the usual life of a session, in seconds; a third of it, and at least a day, a list stays open.
        block: how many places are taken at once.
        size: places of a new list.
    """

    def __init__(
        self, store: Store, clock: Clock, *, session_ttl: int, block: int = BLOCK, size: int = LIST_SIZE
    ) -> None:
        self._store = store
        self._clock = clock
        self._open_for = max(_DAY, session_ttl // 3)
        self._block = block
        self._size = size
        self._random = secrets.SystemRandom()
        self.after_fork()
        mend_after_forks(self)

    def after_fork(self) -> None:
        """Hold nothing: in a child, what is here is its parent's, and locks may be held by nobody."""
        self._lock = threading.Lock()
        self._asking = threading.Lock()
        self._left: deque[tuple[int, StatusBlock]] = deque()

    def take(self, *, expires_at: int) -> StatusIndex:
        """A place that nobody had, for a session that ends at ``expires_at``.

        Mostly it comes from memory. Whoever finds few left fetches the next block, while the others go on; only
        where there is none at all they wait. It may write, so the caller is in no transaction.

        Raises:
            Busy, OperatorError: the database gives none.
        """
        now = whole_seconds(self._clock)
        reach = max(0, expires_at - now) + AFTERLIFE
        place = self._next(now, expires_at)
        if place is None:
            take_up(self._asking)
            try:
                place = self._next(now, expires_at) or self._fetch(now, reach, wanted=1)
                if place is None:
                    raise RuntimeError("a block has at least one place")
            finally:
                self._asking.release()
        elif self._is_low() and self._asking.acquire(blocking=False):
            try:
                if self._is_low():
                    self._fetch(now, reach, wanted=0)
            except GatepassError as error:  # this caller has its place, and the next one asks again
                _log.warning("no places in the revocation feed yet", reason=error.reason or error.message)
            finally:
                self._asking.release()
        return place

    def _is_low(self) -> bool:
        return len(self._left) < self._block // 4

    def _next(self, now: int, expires_at: int) -> StatusIndex | None:
        """A place from memory, of a list that is still open and lives for long enough."""
        with self._lock:
            while self._left:
                index, block = self._left.popleft()
                if now < block.closes_at and expires_at + AFTERLIFE <= block.expires_at:
                    return StatusIndex(block.list, index)
        return None

    def _fetch(self, now: int, reach: int, *, wanted: int) -> StatusIndex | None:
        """Take a block; the first of it for the caller, if wanted, and the rest into memory."""
        with Repeatable():  # whoever comes again finds them there
            block = self._take(now, reach)
        indexes = list(range(block.first, block.first + block.count))
        self._random.shuffle(indexes)
        with self._lock:
            self._left.extend((index, block) for index in indexes[wanted:])
        return StatusIndex(block.list, indexes[0]) if wanted else None

    def _take(self, now: int, reach: int) -> StatusBlock:
        # A power cut that forgets this has forgotten every later session too: the log is kept in order.
        with self._store.write(durable=False) as uow:
            block = uow.status_lists.take(self._block, now=now, reach=reach)
        if block is not None:
            return block
        with self._store.write(durable=False) as uow:
            uow.lock("status-lists")
            block = uow.status_lists.take(self._block, now=now, reach=reach)
            if block is None:
                closes_at = now + self._open_for
                uow.status_lists.open(
                    size=self._size, now=now, closes_at=closes_at, expires_at=closes_at + reach
                )
                block = uow.status_lists.take(self._block, now=now, reach=reach)
        if block is None:
            raise RuntimeError("a new list has a block")
        return block
