"""Fifty tabs of one browser, which share a session and refresh its token at the same moment."""

import asyncio
import random
from dataclasses import dataclass, field
from enum import Enum, auto

from tests.storm.houses import House
from tests.storm.tally import Tally
from tests.storm.wire import (
    Answer,
    ask,
    ask_and_close_at_once,
    ask_and_close_at_the_first_byte,
    message,
)

TABS = 50
_LOG_OUTS = 3
_SPREAD = 0.06
"""Seconds over which log-outs fall, and within which a tab closes its socket: about as long as a wave takes."""
_AT_ONCE = 16
"""Requests of one who only looks, where nothing depends on a crowd."""


class Fate(Enum):
    """What a tab does in a wave."""

    REFRESH = auto()
    IGNORE = auto()
    CLOSE_AT_THE_FIRST_BYTE = auto()
    CLOSE_AT_ONCE = auto()
    LOG_OUT = auto()


@dataclass(frozen=True, slots=True)
class Pair:
    """What a refresh, or the log-in, has answered."""

    access: str
    refresh: str


@dataclass(slots=True)
class Tabs:
    """The tabs, and all that the servers ever told them.

    Attributes:
        logged_out_at: when the first log-out was acknowledged, by the clock of the event loop.
        told: every answer, read by a tab or thrown away after it was read.
    """

    house: House
    tally: Tally
    rng: random.Random
    logged_out_at: float | None = None
    told: list[Pair] = field(default_factory=list)

    async def wave(self, pair: Pair, *, last: bool = False, log_outs: bool = False) -> list[Pair]:
        """Let every tab refresh the token of ``pair``; the answers of those that got one.

        Args:
            pair: what the tabs have in common.
            last: no other wave follows. Only then may a tab leave a request behind of which nobody knows when it
                will be looked at: after the next wave it would be two generations late, as only a thief is.
            log_outs: some tabs log out meanwhile.
        """
        before = len(self.told)
        fates = self._fates(last=last, log_outs=log_outs)
        answers = await asyncio.gather(*(self._tab(number, fate, pair) for number, fate in enumerate(fates)))
        successors = {told.refresh for told in self.told[before:]}
        assert len(successors) == 1 or (log_outs and not successors), f"{len(successors)} successors"
        self.tally.successors[len(successors)] += 1
        return [answer for answer in answers if answer is not None]

    async def refresh(self, number: int, token: str) -> Answer:
        """``POST /refresh`` at one of the servers."""
        return await ask(self.house.port(number), message("POST", "/refresh", {"refresh_token": token}))

    async def me(self, number: int, access: str) -> int:
        """The status of ``GET /me`` at one of the servers."""
        return (await ask(self.house.port(number), message("GET", "/me", token=access))).status

    async def require_dead(self, pairs: list[Pair]) -> None:
        """Show that no token of these is worth anything at any server."""
        crowd = asyncio.Semaphore(_AT_ONCE)

        async def look(number: int, *, access: str = "", refresh: str = "") -> None:
            async with crowd:
                if access:
                    assert await self.me(number, access) == 401, "an access token outlived its session"
                else:
                    assert_refused(await self.refresh(number, refresh))
                self.tally.dead_tokens += 1

        access = sorted({pair.access for pair in pairs})
        refresh = sorted({pair.refresh for pair in pairs})
        await asyncio.gather(
            *(look(number, access=token) for number, token in enumerate(access)),
            *(look(number, refresh=token) for number, token in enumerate(refresh)),
        )

    def _fates(self, *, last: bool, log_outs: bool) -> list[Fate]:
        """A third of the tabs throw their first answer away, in one way or another."""
        thrown = [Fate.IGNORE, Fate.CLOSE_AT_THE_FIRST_BYTE] + [Fate.CLOSE_AT_ONCE] * last
        fates = [thrown[number % len(thrown)] for number in range(TABS // 3)]
        fates += [Fate.LOG_OUT] * (_LOG_OUTS if log_outs else 0)
        fates += [Fate.REFRESH] * (TABS - len(fates))
        self.rng.shuffle(fates)
        return fates

    async def _tab(self, number: int, fate: Fate, pair: Pair) -> Pair | None:
        if fate is Fate.LOG_OUT:
            await self._log_out(number, pair)
            return None
        if fate is not Fate.REFRESH:
            await self._throw_away(number, fate, pair.refresh)
            number += 1  # another server, where there are several
            self.tally.retries += 1
        return await self._pair(number, pair.refresh)

    async def _throw_away(self, number: int, fate: Fate, token: str) -> None:
        self.tally.thrown_away[fate.name.lower().replace("_", " ")] += 1
        if fate is Fate.IGNORE:
            await self._pair(number, token)
            return
        port, request = self.house.port(number), message("POST", "/refresh", {"refresh_token": token})
        if fate is Fate.CLOSE_AT_THE_FIRST_BYTE:
            await ask_and_close_at_the_first_byte(port, request)
        else:
            await ask_and_close_at_once(port, request, seconds=self.rng.uniform(0, _SPREAD))

    async def _pair(self, number: int, token: str) -> Pair | None:
        """A pair; None where a log-out was acknowledged before the answer came, or is about to be."""
        clock = asyncio.get_running_loop().time
        begun = clock()
        answer = await self.refresh(number, token)
        if answer.status != 200:
            assert_refused(answer)
            self.tally.refused += 1
            return None
        assert self.logged_out_at is None or begun <= self.logged_out_at, "refreshed after a log-out"
        self.tally.refreshes += 1
        self.told.append(read(answer))
        return self.told[-1]

    async def _log_out(self, number: int, pair: Pair) -> None:
        await asyncio.sleep(self.rng.uniform(0, _SPREAD))  # not for time to pass: to fall among the others
        if number % 2:
            way, request = "by refresh token", message("POST", "/logout", {"refresh_token": pair.refresh})
        else:
            way, request = "by access token", message("POST", "/logout", token=pair.access)
        answer = await ask(self.house.port(number), request)
        if answer.status == 204:
            self.logged_out_at = self.logged_out_at or asyncio.get_running_loop().time()
            self.tally.log_outs[way] += 1
        else:
            assert answer.status == 401, "a token of a session that another tab has ended"
            assert self.logged_out_at is not None or not number % 2
            self.tally.log_outs["too late"] += 1


def read(answer: Answer) -> Pair:
    """The pair of an answer to a log-in or a refresh."""
    body = answer.json()
    return Pair(body["token"], body["refresh_token"])


def assert_refused(answer: Answer) -> None:
    """A refresh token that is good no more gets a sentence, never a fault of the server."""
    assert answer.status == 400, answer
    assert answer.json()["code"] == "invalid_grant"
