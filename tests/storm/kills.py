"""``kill -9`` while many clients refresh.

Each goes on with what it was told, and asks again where it was told nothing.
"""

import asyncio
import os
import random
import signal
from collections import Counter, defaultdict
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from tests.storm.houses import House
from tests.storm.tabs import Pair, assert_refused, read
from tests.storm.wire import Answer, ask, message
from tests.support.server import EMAIL, PASSWORD, Server

CLIENTS = 16
_BETWEEN = (0.2, 0.6)
"""Seconds of storm before a kill."""
_PAUSE = 0.02
"""Seconds that a client waits before it knocks again at a server that is away."""


@dataclass(slots=True)
class Chain:
    """One client: every pair that it was told, and for each token what it was answered."""

    told: list[Pair]
    successors: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    cut_off: int = 0


@dataclass(slots=True)
class KillTally:
    """What was counted."""

    kills: Counter[str] = field(default_factory=Counter)
    refreshes: int = 0
    cut_off: int = 0
    successors: Counter[int] = field(default_factory=Counter)
    chains: int = 0
    replays_refused: int = 0

    def lines(self) -> list[str]:
        """Sentences for people."""
        kills = ", ".join(f"{what}: {times}" for what, times in sorted(self.kills.items()))
        successors = ", ".join(f"{number}: {times:,}" for number, times in sorted(self.successors.items()))
        return [
            f"kills: {self.kills.total()} ({kills})",
            f"refreshes acknowledged: {self.refreshes:,}; cut off by a kill and asked again: {self.cut_off:,}",
            f"distinct successors of a token: {successors} (successors: tokens)",
            f"chains whole to their last token: {self.chains}; replays refused: {self.replays_refused}",
        ]


async def kill_in_storms(house: House, kills: int, seed: int) -> KillTally:
    """Kill and restart ``kills`` times under load; then every chain must be whole.

    Raises:
        AssertionError: a token was accepted twice, or an acknowledged one was lost.
    """
    rng, tally, stop = random.Random(seed), KillTally(), asyncio.Event()
    chains = [Chain([await _log_in(house, number)]) for number in range(CLIENTS)]
    running = [asyncio.create_task(_go_on(house, number, chain, stop)) for number, chain in enumerate(chains)]
    try:
        for number in range(kills):
            await asyncio.sleep(rng.uniform(*_BETWEEN))
            await asyncio.to_thread(_kill, house, number, rng, tally)
    finally:
        stop.set()
        await asyncio.gather(*running)
    for number, chain in enumerate(chains):
        await _require_whole(house, number, chain, tally)
    return tally


async def _go_on(house: House, number: int, chain: Chain, stop: asyncio.Event) -> None:
    """Refresh, each time with the last token that was acknowledged, until told to stop and nothing is unanswered."""
    knocks, unanswered = number, False
    while unanswered or not stop.is_set():
        last = chain.told[-1]
        try:
            answer = await _refresh(house, knocks, last.refresh)
        except OSError as error:
            unanswered = True
            chain.cut_off += not isinstance(error, ConnectionRefusedError)
            knocks += 1  # the next server, where there are several
            await asyncio.sleep(_PAUSE)
            continue
        unanswered = False
        assert answer.status == 200, f"an acknowledged token was refused: {answer}"
        chain.told.append(read(answer))
        chain.successors[last.refresh].add(chain.told[-1].refresh)


def _kill(house: House, number: int, rng: random.Random, tally: KillTally) -> None:
    """Kill one server, whole or one of its workers, and start it again."""
    place = rng.randrange(len(house.servers))
    server = house.servers[place]
    if number % 2 and (workers := _children(server.pid)):
        os.kill(rng.choice(workers), signal.SIGKILL)
        server.wait_for_the_end()  # by itself, for it does not go on without one of its workers
        tally.kills["one worker of a server, which ended then"] += 1
    else:
        tally.kills["a whole server"] += 1
    server.kill()
    house.servers[place] = Server(server.data.parent, port=server.port, **server.settings)
    house.servers[place].wait_until_ready()


async def _require_whole(house: House, number: int, chain: Chain, tally: KillTally) -> None:
    """The last acknowledged pair is good, its rotations are as many as were acknowledged, and the spent are spent."""
    last = chain.told[-1]
    assert await _me(house, number, last.access) == 200
    # Whatever was rotated when a server was killed was not rotated once more for who asked again.
    assert house.generation(last.refresh) == len(chain.told) - 1
    answer = await _refresh(house, number, last.refresh)
    assert answer.status == 200, f"the last acknowledged token was lost: {answer}"
    chain.successors[last.refresh].add(read(answer).refresh)
    tally.chains += 1
    tally.refreshes += len(chain.told) - 1
    tally.cut_off += chain.cut_off
    tally.successors.update(Counter(len(found) for found in chain.successors.values()))
    assert set(tally.successors) == {1}, "a token was accepted twice"
    spent = chain.told[-2].refresh
    assert_refused(await _refresh(house, number, spent))
    tally.replays_refused += 1
    assert await _me(house, number, read(answer).access) == 401


async def _refresh(house: House, number: int, token: str) -> Answer:
    return await ask(house.port(number), message("POST", "/refresh", {"refresh_token": token}))


async def _me(house: House, number: int, access: str) -> int:
    return (await ask(house.port(number), message("GET", "/me", token=access))).status


async def _log_in(house: House, number: int) -> Pair:
    request = message("POST", "/login", {"email": EMAIL, "password": PASSWORD})
    return read(await ask(house.port(number), request))


def _children(pid: int) -> list[int]:
    """The workers of a server (Linux)."""
    found = []
    for task in Path(f"/proc/{pid}/task").iterdir():
        with suppress(OSError):
            found += [int(child) for child in (task / "children").read_text().split()]
    return found
