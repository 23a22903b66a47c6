"""Rounds of tabs that race one another, log-outs and thieves."""

import asyncio
import random

from tests.storm.houses import House
from tests.storm.tabs import Pair, Tabs, assert_refused, read
from tests.storm.tally import Tally
from tests.storm.wire import ask, message
from tests.support.server import EMAIL, PASSWORD

WINDOW = 60
"""Seconds, of the servers' setting: more than a wave takes on the slowest machine."""


async def race(house: House, rounds: int, seed: int) -> Tally:
    """Raise ``rounds`` storms of each kind, one after another, and count what came of them.

    Raises:
        AssertionError: the law of refresh was broken.
    """
    tally = Tally()
    for number in range(rounds):
        rng = random.Random(seed + number)
        await _thief_at_the_end(Tabs(house, tally, rng), late=bool(number % 2))
        await _log_outs_in_between(Tabs(house, tally, rng))
    return tally


async def _thief_at_the_end(tabs: Tabs, *, late: bool) -> None:
    """Every tab has a working session, until a thief shows up who has an old token."""
    first = await _log_in(tabs)
    second = (await tabs.wave(first))[0]
    working = await tabs.wave(second, last=True)
    assert tabs.house.generation(first.refresh) == 2, "as many rotations as waves"
    statuses = await asyncio.gather(*(tabs.me(number, pair.access) for number, pair in enumerate(working)))
    assert set(statuses) == {200}
    tabs.tally.working_tabs += len(statuses)
    if late:
        tabs.house.age(first.refresh, WINDOW + 1)
    stolen = second if late else first
    assert_refused(await tabs.refresh(tabs.rng.randrange(4), stolen.refresh))
    await _require_killed(tabs, working[0])
    tabs.tally.killed_by["past the window" if late else "two generations back"] += 1


async def _require_killed(tabs: Tabs, good: Pair) -> None:
    for number in range(len(tabs.house.servers)):
        assert await tabs.me(number, good.access) == 401
        assert_refused(await tabs.refresh(number, good.refresh))


async def _log_outs_in_between(tabs: Tabs) -> None:
    """Whatever was handed out, also by answers that came after the log-out, is worth nothing afterwards."""
    first = await _log_in(tabs)
    second = (await tabs.wave(first))[0]
    await tabs.wave(second, last=True, log_outs=True)
    assert tabs.logged_out_at is not None
    await tabs.require_dead([first, *tabs.told])


async def _log_in(tabs: Tabs) -> Pair:
    answer = await ask(tabs.house.port(0), message("POST", "/login", {"email": EMAIL, "password": PASSWORD}))
    assert answer.status == 201, answer
    return read(answer)
