"""What a server of databases has still to answer is waited for by its socket."""

import asyncio
import socket
from collections.abc import Iterator
from contextlib import suppress

import pytest

from gatepass_server.domain.errors import Busy
from gatepass_server.store.ports.patience import Arriving, WouldWait
from gatepass_server.web.direct import arrivals
from gatepass_server.web.direct.arrivals import Arrivals


class Commit(Arriving):
    """One that has come when a whole line has."""

    def __init__(self) -> None:
        self.here, self.there = socket.socketpair()
        self.here.setblocking(False)
        self.came = b""
        self.is_late = False
        self.ended: list[str] = []
        self.failure: BaseException | None = None

    def fileno(self) -> int:
        return self.here.fileno()

    def is_here(self) -> bool:
        with suppress(BlockingIOError):
            self.came += self.here.recv(1024)
        return self.came.endswith(b"\n")

    def give_up(self) -> None:
        self.is_late = True

    def wait(self) -> None:
        self.ended.append("late" if self.is_late else "here")
        if self.failure is not None:
            raise self.failure

    def close(self) -> None:
        self.here.close()
        self.there.close()


@pytest.fixture
def commit() -> Iterator[Commit]:
    """One that is on its way."""
    commit = Commit()
    yield commit
    commit.close()


async def turn() -> None:
    """Have the event loop look at its sockets once."""
    for _ in range(3):
        await asyncio.sleep(0)


def test_it_is_waited_for_until_all_of_it_has_come(commit: Commit) -> None:
    async def wait() -> None:
        waiting = Arrivals(asyncio.get_running_loop()).wait(commit)
        commit.there.send(b"COM")
        await turn()
        assert commit.came == b"COM"
        assert not waiting.done()
        commit.there.send(b"MIT\n")
        await waiting

    asyncio.run(wait())
    assert commit.ended == ["here"]


def test_what_is_here_already_is_not_waited_for(commit: Commit) -> None:
    commit.there.send(b"COMMIT\n")

    async def wait() -> None:
        assert Arrivals(asyncio.get_running_loop()).wait(commit).done()

    asyncio.run(wait())
    assert commit.ended == ["here"]


@pytest.mark.parametrize("failure", [Busy("Busy.", retry_after=1, reason="lost"), WouldWait()])
def test_what_went_wrong_is_raised_where_it_is_waited_for(commit: Commit, failure: BaseException) -> None:
    commit.failure = failure
    commit.there.send(b"ROLLBACK\n")

    async def wait() -> None:
        with pytest.raises(type(failure)):
            await Arrivals(asyncio.get_running_loop()).wait(commit)

    asyncio.run(wait())


@pytest.mark.parametrize("failure", [None, WouldWait()])
def test_it_is_ended_also_where_nobody_waits_any_more(commit: Commit, failure: BaseException | None) -> None:
    """Its connection is for those who come next."""
    commit.failure = failure

    async def wait() -> None:
        gone = Arrivals(asyncio.get_running_loop()).wait(commit)
        gone.cancel()
        commit.there.send(b"COMMIT\n")
        await turn()

    asyncio.run(wait())
    assert commit.ended == ["here"]


def test_the_next_one_may_have_the_same_socket(commit: Commit) -> None:
    async def wait() -> None:
        both = Arrivals(asyncio.get_running_loop())
        for _ in range(2):
            commit.there.send(b"COMMIT\n")
            await both.wait(commit)

    asyncio.run(wait())
    assert commit.ended == ["here", "here"]


def test_what_is_late_is_given_up(commit: Commit, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(arrivals, "LATE", 0)
    commit.failure = Busy("Busy.", retry_after=1, reason="late")

    async def wait() -> None:
        with pytest.raises(Busy):
            await Arrivals(asyncio.get_running_loop()).wait(commit)

    asyncio.run(wait())
    assert commit.ended == ["late"]


def test_what_comes_at_the_moment_when_it_is_late_is_ended_once(
    commit: Commit, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else its connection would be lent to two."""
    monkeypatch.setattr(arrivals, "LATE", 0)

    async def wait() -> None:
        waiting = Arrivals(asyncio.get_running_loop()).wait(commit)
        commit.there.send(b"COMMIT\n")
        await waiting
        await turn()

    asyncio.run(wait())
    assert len(commit.ended) == 1


def test_it_is_given_up_also_where_nobody_waits_any_more(
    commit: Commit, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(arrivals, "LATE", 0)

    async def wait() -> None:
        Arrivals(asyncio.get_running_loop()).wait(commit).cancel()
        await turn()

    asyncio.run(wait())
    assert commit.ended == ["late"]
