"""One timer watches over all bodies that are waited for."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from gatepass_server.web.body_time import BodyTime

SECONDS = 10.0


class Hands:
    """A clock and its timers, turned by the test."""

    def __init__(self) -> None:
        self.now = 0.0
        self.timers: list[tuple[float, Callable[[], object]]] = []

    def time(self) -> float:
        return self.now

    def call_at(self, when: float, callback: Callable[[], object]) -> None:
        self.timers.append((when, callback))

    def turn(self, now: float) -> None:
        """Let what is due by then happen."""
        self.now = now
        due = [timer for timer in self.timers if timer[0] <= now]
        self.timers = [timer for timer in self.timers if timer[0] > now]
        for _, callback in due:
            callback()


@pytest.fixture
def hands() -> Hands:
    return Hands()


@pytest.fixture
def time(hands: Hands) -> BodyTime:
    loop: Any = hands
    return BodyTime(loop, SECONDS)


async def waiting(time: BodyTime, body: asyncio.Future[bytes]) -> asyncio.Task[bytes]:
    """Somebody who waits already."""

    async def wait() -> bytes:
        return await time.limit(body)

    task = asyncio.create_task(wait())
    await asyncio.sleep(0)
    return task


async def settle(*tasks: asyncio.Task[bytes]) -> list[bytes | BaseException | None]:
    """What came of those that are done, None of those that still wait."""
    await asyncio.wait(tasks, timeout=0)
    await asyncio.sleep(0)
    return [
        None
        if not task.done()
        else asyncio.CancelledError()
        if task.cancelled()
        else task.exception() or task.result()
        for task in tasks
    ]


def never() -> asyncio.Future[bytes]:
    return asyncio.get_running_loop().create_future()


def test_each_has_its_own_time_by_one_timer(hands: Hands, time: BodyTime) -> None:
    async def scene() -> None:
        first = await waiting(time, never())
        hands.turn(4.0)
        second = await waiting(time, never())
        assert [when for when, _ in hands.timers] == [SECONDS]
        hands.turn(SECONDS)
        late, still = await settle(first, second)
        assert isinstance(late, TimeoutError)
        assert still is None
        assert [when for when, _ in hands.timers] == [4.0 + SECONDS]
        hands.turn(4.0 + SECONDS)
        assert [type(one) for one in await settle(first, second)] == [TimeoutError, TimeoutError]
        assert not hands.timers

    asyncio.run(scene())


def test_what_came_in_time_is_not_disturbed_and_the_next_one_is_watched_again(
    hands: Hands, time: BodyTime
) -> None:
    async def scene() -> None:
        body = never()
        task = await waiting(time, body)
        body.set_result(b"all")
        assert await task == b"all"
        hands.turn(SECONDS)
        assert not hands.timers, "nobody is waited for"
        late = await waiting(time, never())
        hands.turn(2 * SECONDS)
        assert [type(one) for one in await settle(late)] == [TimeoutError]

    asyncio.run(scene())


def test_a_body_that_breaks_off_says_so(time: BodyTime) -> None:
    async def scene() -> None:
        body = never()
        task = await waiting(time, body)
        body.set_exception(ConnectionError("gone"))
        with pytest.raises(ConnectionError, match="gone"):
            await task

    asyncio.run(scene())


@pytest.mark.parametrize("is_late", [False, True])
def test_who_is_cancelled_from_outside_is_not_told_of_time(
    hands: Hands, time: BodyTime, *, is_late: bool
) -> None:
    async def scene() -> None:
        task = await waiting(time, never())
        task.cancel()
        if is_late:
            hands.turn(SECONDS)
        assert [type(one) for one in await settle(task)] == [asyncio.CancelledError]

    asyncio.run(scene())
