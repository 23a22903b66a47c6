"""Those who wait for the disk in the event loop wait together."""

import asyncio
from threading import Event, current_thread

import pytest

from gatepass_server.web.direct.together import Together


class Disk:
    """One whose rounds end when they are told to."""

    def __init__(self) -> None:
        self.rounds: list[str] = []
        self.fails = False
        self.is_at_it = Event()
        self.go_on = Event()

    def wait(self) -> None:
        self.rounds.append(current_thread().name)
        self.is_at_it.set()
        assert self.go_on.wait(10)
        if self.fails:
            raise OSError("failed")


def test_one_who_comes_alone_is_waited_for_at_once_and_in_a_thread() -> None:
    disk = Disk()
    disk.go_on.set()

    async def ask() -> None:
        together = Together(asyncio.get_running_loop())
        for _ in range(3):
            await together.wait(disk.wait)

    asyncio.run(ask())
    assert len(disk.rounds) == 3
    assert {name.partition("_")[0] for name in disk.rounds} == {"disk"}


def test_those_who_come_during_a_round_share_the_next_one_for_theirs_began_too_early() -> None:
    disk = Disk()

    async def ask() -> None:
        together = Together(asyncio.get_running_loop())
        first = together.wait(disk.wait)
        assert await asyncio.to_thread(disk.is_at_it.wait, 10)
        later = [together.wait(disk.wait) for _ in range(5)]
        disk.go_on.set()
        await first
        assert not any(one.done() for one in later)
        await asyncio.gather(*later)

    asyncio.run(ask())
    assert len(disk.rounds) == 2


def test_where_rounds_were_shared_the_next_ones_give_others_a_moment() -> None:
    disk = Disk()

    async def ask() -> list[int]:
        together = Together(asyncio.get_running_loop())
        both = together.wait(disk.wait), together.wait(disk.wait)
        disk.go_on.set()
        await asyncio.gather(*both)
        before = len(disk.rounds)
        one = together.wait(disk.wait)
        await asyncio.sleep(0)
        another = together.wait(disk.wait)
        await asyncio.gather(one, another)
        return [before, len(disk.rounds)]

    before, after = asyncio.run(ask())
    assert after - before == 1


def test_a_failure_is_told_to_everybody_of_its_round_and_to_nobody_else() -> None:
    disk = Disk()
    disk.fails = True

    async def ask() -> None:
        together = Together(asyncio.get_running_loop())
        first = together.wait(disk.wait)
        assert await asyncio.to_thread(disk.is_at_it.wait, 10)
        another = Disk()
        another.go_on.set()
        later = together.wait(disk.wait), together.wait(another.wait)
        disk.go_on.set()
        with pytest.raises(OSError, match="failed"):
            await first
        with pytest.raises(OSError, match="failed"):
            await later[0]
        await later[1]
        disk.fails = False
        await together.wait(disk.wait)

    asyncio.run(ask())


def test_who_has_gone_meanwhile_is_told_nothing() -> None:
    disk = Disk()

    async def ask() -> None:
        together = Together(asyncio.get_running_loop())
        gone = together.wait(disk.wait)
        assert await asyncio.to_thread(disk.is_at_it.wait, 10)
        gone.cancel()
        disk.go_on.set()
        await together.wait(disk.wait)

    asyncio.run(ask())
    assert len(disk.rounds) == 2
