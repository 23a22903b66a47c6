"""Signed lists, right ones and wrong ones, and an issuer without a network."""

import time
import zlib
from typing import Any

from gatepass import Key, base64url
from gatepass.sources import NamedKeys
from gatepass.status import StatusFeed, StatusPolicy, StatusReference
from gatepass.status.answer import ListAnswer, NoListError
from gatepass.status.crew import Crew
from gatepass.status.keeper import Keeper
from tests.support.clock import FakeClock
from tests.verify import forge

ISSUER = forge.ISSUER
URI = f"{ISSUER}/status-lists/1"
ALGORITHMS = frozenset({"ES256"})


def packed(statuses: dict[int, int], *, bits: int = 1, size: int = 1024) -> bytes:
    """The bytes of a list of ``size`` statuses that are 0 but for those that are named."""
    data = bytearray(size * bits // 8)
    for index, status in statuses.items():
        data[index * bits // 8] |= status << index * bits % 8
    return bytes(data)


def lst(data: bytes) -> str:
    """The member ``lst`` for these bytes."""
    return base64url.encode(zlib.compress(data, 9)).decode()


def claims(now: float, statuses: dict[int, int] | None = None, **changes: Any) -> dict[str, Any]:
    """The claims of a good list; a change to ``...`` leaves a claim out."""
    good = {
        "sub": URI,
        "iat": int(now),
        "exp": int(now) + 86_400,
        "ttl": 10,
        "status_list": {"bits": 1, "lst": lst(packed(statuses or {}))},
        **changes,
    }
    return {name: value for name, value in good.items() if value is not ...}


def signed(key: Key, payload: object, **header: Any) -> bytes:
    """A signed list with this payload, with changes to its header."""
    return forge.token(key, payload, forge.header_for(key, **{"typ": "statuslist+jwt", **header})).encode()


class Site:
    """An issuer that is asked without a network.

    Attributes:
        statuses: What its list tells, but for zeros.
        up: Whether it answers.
        asked: The addresses and tags of every question.
        answer: What it answers instead, if anything.
        changes: To the claims of its list.
    """

    def __init__(self, key: Key, clock: FakeClock) -> None:
        self.key = key
        self.clock = clock
        self.statuses: dict[int, int] = {}
        self.up = True
        self.asked: list[tuple[str, str | None]] = []
        self.answer: bytes | None = None
        self.changes: dict[str, Any] = {}
        self.tagged = False

    def tag(self) -> str | None:
        """The entity tag of its list."""
        return f'"{sorted(self.statuses.items())}"' if self.tagged else None

    def __call__(self, uri: str, etag: str | None) -> ListAnswer | None:
        self.asked.append((uri, etag))
        if not self.up:
            raise NoListError("the site is down")
        if etag is not None and etag == self.tag():
            return None
        body = self.answer
        if body is None:
            body = signed(self.key, claims(self.clock.now, self.statuses, **{"sub": uri, **self.changes}))
        return ListAnswer(body, self.tag())


def put_to_rest(*feeds: StatusFeed) -> None:
    """Have feeds with threads of their own fetch nothing any more, and tell the log nothing."""
    for feed in feeds:
        feed._stock._lists.clear()
        feed._stock._keeper.call()
    end = time.monotonic() + 10
    while any(feed._stock._keeper.running or feed._stock._crew._busy > 0 for feed in feeds):
        assert time.monotonic() < end
        time.sleep(0.002)


class AtOnce(Crew):
    """Does everything at once, and not side by side."""

    def __init__(self) -> None:
        super().__init__(1)

    def take_on(self, work: Any) -> None:
        work()


class WhenTheTestLikes(Crew):
    """Does nothing, but keeps what there is to do."""

    def __init__(self) -> None:
        super().__init__(1)
        self.given: list[Any] = []

    def take_on(self, work: Any) -> None:
        self.given.append(work)


class HandKeeper(Keeper):
    """Looks after lists when the test says so."""

    def call(self) -> bool:
        self.running = True
        return True

    def look(self) -> float | None:
        """Look after everything once."""
        pause = self._tend()
        self.running = pause is not None
        return pause


class World:
    """A feed, its issuer and both clocks, all in the hand of a test."""

    def __init__(self, key: Key, clock: FakeClock, **policy: Any) -> None:
        self.clock = clock
        self.ticks = FakeClock(1000.0)
        self.site = Site(key, clock)
        self.counted: list[str] = []
        self.keeper: HandKeeper | None = None
        self.feed = StatusFeed(
            StatusPolicy(**policy),
            issuer=ISSUER,
            keys=NamedKeys([key]),
            algorithms=ALGORITHMS,
            clock=clock,
            monotonic=self.ticks,
            observer=self,
            fetch=self.site,
            crew=AtOnce(),
            keeper=self._make_keeper,
        )

    def _make_keeper(self, tend: Any) -> HandKeeper:
        self.keeper = HandKeeper(tend)
        return self.keeper

    def count(self, event: str, seconds: float | None = None) -> None:
        """Take note of an event, as an observer."""
        assert seconds is not None
        self.counted.append(event)

    def kept(self) -> bool:
        """Whether anything is looked after."""
        return self.keeper is not None and self.keeper.running

    def pass_time(self, seconds: float, *, tended: bool = True) -> None:
        """Let time pass on both clocks, and the keeper do what it does meanwhile."""
        end = self.ticks.now + seconds
        while tended and self.keeper is not None and self.kept():
            pause = self.keeper.look()
            if pause is None or self.ticks.now + pause > end:
                break
            self._advance(max(pause, 0.001))
        self._advance(end - self.ticks.now)

    def _advance(self, seconds: float) -> None:
        self.ticks.advance(seconds)
        self.clock.advance(seconds)

    def ask(self, index: int = 0, uri: str = URI) -> None:
        """What a verifier does for every token."""
        reference = StatusReference(uri, index)
        if self.feed.due(reference):
            self.feed.refresh(reference)
        self.feed.check(reference)

    def waits(self, index: int = 0, uri: str = URI) -> bool:
        """Whether a caller would have to wait."""
        return self.feed.due(StatusReference(uri, index))
