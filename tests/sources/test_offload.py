"""What blocks runs beside an event loop, in a few threads."""

import asyncio
import contextvars
import threading

import pytest

from gatepass import offload
from gatepass.offload import THREADS, Offload

REQUEST: contextvars.ContextVar[str] = contextvars.ContextVar("request")


def test_what_it_returns_and_raises_reaches_whoever_awaits() -> None:
    async def main() -> None:
        beside = Offload()
        assert await beside.run(divmod, 7, 2) == (3, 1)
        with pytest.raises(ZeroDivisionError):
            await beside.run(divmod, 7, 0)

    asyncio.run(main())


def test_it_knows_the_context_of_the_request() -> None:
    async def main() -> str:
        REQUEST.set("one")
        return await Offload().run(REQUEST.get)

    assert asyncio.run(main()) == "one"


def test_a_few_run_at_once_and_the_others_queue() -> None:
    gate, lock, started = threading.Event(), threading.Lock(), threading.Semaphore(0)
    running, most = 0, 0

    def work() -> None:
        nonlocal running, most
        with lock:
            running += 1
            most = max(most, running)
        started.release()
        assert gate.wait(10)
        with lock:
            running -= 1

    async def main() -> None:
        beside = Offload()
        tasks = [asyncio.create_task(beside.run(work)) for _ in range(10 * THREADS)]
        for _ in range(THREADS):
            await asyncio.to_thread(started.acquire)
        await asyncio.sleep(0.05)
        gate.set()
        await asyncio.gather(*tasks)

    asyncio.run(main())
    assert most == THREADS == 4


def test_what_nobody_awaits_any_more_is_not_begun() -> None:
    gate = threading.Event()
    begun: list[str] = []

    async def main() -> None:
        beside = Offload()
        blocking = [asyncio.create_task(beside.run(gate.wait, 10)) for _ in range(THREADS)]
        queued = asyncio.create_task(beside.run(begun.append, "queued"))
        await asyncio.sleep(0.01)
        queued.cancel()
        await asyncio.sleep(0.01)
        gate.set()
        await asyncio.gather(*blocking)
        await beside.run(begun.append, "later")

    asyncio.run(main())
    assert begun == ["later"]


def test_a_loop_that_was_closed_meanwhile_harms_nobody() -> None:
    gate, beside, done = threading.Event(), Offload(), threading.Event()

    def work() -> None:
        assert gate.wait(10)

    async def leave() -> None:
        task = asyncio.create_task(beside.run(work))
        await asyncio.sleep(0.01)
        task.cancel()

    async def come_back() -> None:
        await beside.run(done.set)

    asyncio.run(leave())
    gate.set()
    asyncio.run(come_back())
    assert done.is_set()


def test_where_no_thread_can_be_started_it_says_so_and_goes_on_later(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    async def main() -> None:
        beside = Offload()
        with monkeypatch.context() as patched:
            patched.setattr(threading.Thread, "start", refuse)
            with pytest.raises(RuntimeError, match="can't start"):
                await beside.run(max, 1, 2)
        assert await beside.run(max, 1, 2) == 2

    asyncio.run(main())


def test_threads_end_when_there_is_nothing_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(offload, "LINGER", 0.05)
    beside = Offload()
    threads: list[threading.Thread] = []

    async def main() -> None:
        threads.append(await beside.run(threading.current_thread))

    asyncio.run(main())
    threads[0].join(5)
    assert not threads[0].is_alive()
    asyncio.run(main())
    assert threads[1] is not threads[0]
