"""Thousands of tokens with made-up key names, while the issuer is well and while it is not."""

import asyncio
import itertools
import threading
import time
from collections.abc import Iterator

import pytest

from gatepass import Key, TokenError
from tests.outage.program import INTERVAL, TIMEOUT, Mint, start
from tests.outage.site import JWKS, METADATA, Site
from tests.verify import forge

THREADS = 16
SECONDS = 1.0
"""How long a flood lasts."""


def made_up(key: Key, issuer: str) -> Iterator[str]:
    """Tokens that look right, each naming another key; next() may be called from several threads."""
    body = forge.token(key, forge.good_claims(time.time(), iss=issuer)).partition(".")[2]
    for number in itertools.count():
        yield f"{forge.segment(forge.header_for(key, kid=f'made up {number}')).decode()}.{body}"


class Flood:
    """Checks made-up tokens in many threads."""

    def __init__(self, tokens: Iterator[str]) -> None:
        self._tokens = tokens
        self._lock = threading.Lock()
        self.codes: list[str] = []

    def next_token(self) -> str:
        with self._lock:
            return next(self._tokens)


@pytest.mark.parametrize("trouble", ["well", "500", "hangs"])
def test_a_flood_of_made_up_names_from_many_threads_causes_one_fetch_in_each_interval(
    site: Site, mint: Mint, strange_key: Key, trouble: str
) -> None:
    program, token = start(site), mint()
    program.verifier.verify(token)
    site.fall_into(trouble)
    flood = Flood(made_up(strange_key, site.url))
    over = threading.Event()

    def check_made_up() -> None:
        while not over.is_set():
            try:
                program.verifier.verify(flood.next_token())
            except TokenError as error:
                flood.codes.append(error.code)

    threads = [threading.Thread(target=check_made_up) for _ in range(THREADS)]
    began, slowest, checks = time.monotonic(), 0.0, 0
    for thread in threads:
        thread.start()
    while time.monotonic() - began < SECONDS:
        before = time.perf_counter()
        assert program.verifier.verify(token).subject == "user-1"
        slowest = max(slowest, time.perf_counter() - before)
        checks += 1
    over.set()
    for thread in threads:
        thread.join()
    took = time.monotonic() - began
    asked = site.asked()
    assert set(flood.codes) == {"unknown_key"}
    assert len(flood.codes) > THREADS
    assert 1 <= max(asked.count(JWKS), asked.count(METADATA)) <= took / INTERVAL + 1
    assert slowest < TIMEOUT, "a good token waited for the fetch of a made-up one"
    assert checks > 10


@pytest.mark.parametrize("trouble", ["well", "500", "hangs"])
def test_a_flood_of_made_up_names_from_many_tasks_blocks_no_loop_and_causes_one_fetch_in_each_interval(
    site: Site, mint: Mint, strange_key: Key, trouble: str
) -> None:
    program, token = start(site), mint()
    tokens = made_up(strange_key, site.url)
    codes: list[str] = []
    waits: list[float] = []
    gaps: list[float] = []

    async def check_made_up(end: float) -> None:
        while time.monotonic() < end:
            try:
                await program.verifier.averify(next(tokens))
            except TokenError as error:
                codes.append(error.code)
            await asyncio.sleep(0)

    async def check_good(end: float) -> None:
        while time.monotonic() < end:
            before = time.perf_counter()
            assert (await program.verifier.averify(token)).subject == "user-1"
            waits.append(time.perf_counter() - before)
            await asyncio.sleep(0)

    async def beat(end: float) -> None:
        while time.monotonic() < end:
            before = time.perf_counter()
            await asyncio.sleep(0.002)
            gaps.append(time.perf_counter() - before)

    async def main() -> None:
        await program.verifier.averify(token)
        await asyncio.to_thread(site.fall_into, trouble)
        end = time.monotonic() + SECONDS
        await asyncio.gather(*(check_made_up(end) for _ in range(100)), check_good(end), beat(end))

    began = time.monotonic()
    asyncio.run(main())
    took = time.monotonic() - began
    asked = site.asked()
    assert set(codes) == {"unknown_key"}
    assert 1 <= max(asked.count(JWKS), asked.count(METADATA)) <= took / INTERVAL + 1
    assert max(gaps) < TIMEOUT / 2, "the loop was blocked"
    assert max(waits) < TIMEOUT


@pytest.mark.parametrize("trouble", ["hangs", "drips"])
def test_a_loop_goes_on_while_the_very_first_keys_do_not_come(site: Site, mint: Mint, trouble: str) -> None:
    program, token = start(site), mint()
    site.fall_into(trouble)
    gaps: list[float] = []

    async def beat() -> None:
        while True:
            before = time.perf_counter()
            await asyncio.sleep(0.002)
            gaps.append(time.perf_counter() - before)

    async def main() -> set[str]:
        beating = asyncio.create_task(beat())
        checks = (program.verifier.averify(token) for _ in range(200))
        outcomes = await asyncio.gather(*checks, return_exceptions=True)
        beating.cancel()
        return {getattr(outcome, "code", "") for outcome in outcomes}

    assert asyncio.run(main()) == {"keys_unavailable"}
    assert max(gaps) < TIMEOUT / 2, "the loop was blocked"
    assert len(gaps) > 50, "it was asked long enough"
