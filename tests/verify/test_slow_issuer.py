"""An issuer that is slow, and strangers who make its keys be fetched: good tokens never wait for either."""

import asyncio
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from gatepass import Key, KeysUnavailableError, TokenError, Verifier, flight
from gatepass.discovery import IssuerKeys
from gatepass.fetch import TIMEOUT, FetchError
from gatepass.key_sources.remote import MAX_AGE, MAX_STALE, MIN_INTERVAL
from tests.support.clock import FakeClock
from tests.verify import forge


class SlowWeb:
    """An issuer that answers only when it is let."""

    def __init__(self, key: Key) -> None:
        self.keys = [key.public_jwk()]
        self.open = threading.Event()
        self.open.set()
        self.asked = threading.Semaphore(0)
        self.fetches = 0

    def __call__(self, _url: str) -> dict[str, Any]:
        self.fetches += 1
        self.asked.release()
        assert self.open.wait(10)
        return {"issuer": forge.ISSUER, "jwks_uri": f"{forge.ISSUER}/jwks", "keys": self.keys}


@pytest.fixture
def web(key: Key) -> Iterator[SlowWeb]:
    web = SlowWeb(key)
    yield web
    web.open.set()


@pytest.fixture
def verifier(web: SlowWeb, clock: FakeClock) -> Verifier:
    source = IssuerKeys(forge.ISSUER, fetch=web, monotonic=clock)
    return Verifier(forge.ISSUER, audience=forge.AUDIENCE, keys=source, clock=clock)


Mint = Callable[..., str]


@pytest.fixture
def mint(key: Key, clock: FakeClock) -> Mint:
    def make(kid: str | None = None) -> str:
        claims = forge.good_claims(clock.now, exp=clock.now + 100_000)
        return forge.token(key, claims, forge.header_for(key, kid=kid or key.kid))

    return make


def answers(verifier: Verifier, token: str) -> str:
    try:
        return verifier.verify(token).subject
    except TokenError as error:
        return error.code


def in_threads(count: int, work: Callable[[], object]) -> list[threading.Thread]:
    threads = [threading.Thread(target=work, daemon=True) for _ in range(count)]
    for thread in threads:
        thread.start()
    return threads


def close_after_first_fetch(web: SlowWeb, verifier: Verifier, mint: Mint, clock: FakeClock) -> None:
    verifier.verify(mint())
    for _ in range(web.fetches):
        assert web.asked.acquire(timeout=5)
    clock.advance(MAX_AGE)
    web.open.clear()


def test_known_keys_serve_while_others_wait_for_a_fetch(
    verifier: Verifier, web: SlowWeb, mint: Mint, clock: FakeClock
) -> None:
    close_after_first_fetch(web, verifier, mint, clock)
    good = mint()
    threads = in_threads(3, lambda: answers(verifier, mint("unknown")))
    assert web.asked.acquire(timeout=5)
    began = time.monotonic()
    assert answers(verifier, good) == "user-1"
    assert asyncio.run(verifier.averify(good)).subject == "user-1"
    assert time.monotonic() - began < flight.PATIENCE / 2
    web.open.set()
    for thread in threads:
        thread.join(5)
        assert not thread.is_alive()


def test_only_a_few_wait_for_an_unknown_key_and_not_for_long(
    verifier: Verifier, web: SlowWeb, mint: Mint, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(flight, "PATIENCE", 0.2)
    monkeypatch.setattr(flight, "MAX_WAITING", 2)
    close_after_first_fetch(web, verifier, mint, clock)
    told: list[str] = []
    unknown = mint("unknown")
    in_threads(1, lambda: answers(verifier, unknown))
    assert web.asked.acquire(timeout=5)
    threads = in_threads(30, lambda: told.append(answers(verifier, unknown)))
    for thread in threads:
        thread.join(5)
    assert told == ["unknown_key"] * 30, "while the fetch is still running"
    assert web.fetches == 3


def test_a_flood_of_unknown_keys_leaves_the_threads_of_the_program_alone(
    verifier: Verifier, web: SlowWeb, mint: Mint, clock: FakeClock
) -> None:
    close_after_first_fetch(web, verifier, mint, clock)
    good = mint()

    async def main() -> float:
        flood = [asyncio.create_task(verifier.averify(mint(str(number)))) for number in range(40)]
        await asyncio.sleep(0.05)
        began = time.monotonic()
        assert (await verifier.averify(good)).subject == "user-1"
        await asyncio.to_thread(lambda: None)
        waited = time.monotonic() - began
        web.open.set()
        outcomes = await asyncio.gather(*flood, return_exceptions=True)
        assert {getattr(outcome, "code", "") for outcome in outcomes} == {"unknown_key"}
        return waited

    assert asyncio.run(main()) < flight.PATIENCE / 2


def test_who_has_no_keys_at_all_waits_for_them_but_not_for_ever(
    web: SlowWeb, clock: FakeClock, mint: Mint
) -> None:
    source = IssuerKeys(forge.ISSUER, fetch=web, monotonic=clock, timeout=0.05)
    verifier = Verifier(forge.ISSUER, audience=forge.AUDIENCE, keys=source, clock=clock)
    web.open.clear()
    in_threads(1, lambda: answers(verifier, mint()))
    assert web.asked.acquire(timeout=5)
    assert answers(verifier, mint()) == "keys_unavailable"


def test_a_fetch_whose_thread_is_lost_does_not_block_the_next(
    verifier: Verifier, web: SlowWeb, mint: Mint, clock: FakeClock
) -> None:
    close_after_first_fetch(web, verifier, mint, clock)
    in_threads(1, lambda: answers(verifier, mint("unknown")))
    assert web.asked.acquire(timeout=5)
    clock.advance(flight.LOST_AFTER)
    in_threads(1, lambda: answers(verifier, mint()))
    assert web.asked.acquire(timeout=5), "the next one fetches although the first has not come back"


def test_an_issuer_that_used_up_its_time_is_not_asked_further(key: Key, clock: FakeClock) -> None:
    asked: list[str] = []

    def slow(url: str) -> dict[str, Any]:
        asked.append(url)
        clock.advance(TIMEOUT)
        raise FetchError("timed out")

    source = IssuerKeys(forge.ISSUER, fetch=slow, monotonic=clock)
    verifier = Verifier(forge.ISSUER, audience=forge.AUDIENCE, keys=source, clock=clock)
    assert answers(verifier, forge.token(key, forge.good_claims(clock.now))) == "keys_unavailable"
    assert len(asked) == 1


@pytest.mark.parametrize("keys", [[], [{"kty": "?"}]])
def test_an_issuer_that_publishes_no_keys_is_believed_in_the_end(
    verifier: Verifier, web: SlowWeb, mint: Mint, clock: FakeClock, keys: list[Any]
) -> None:
    verifier.verify(mint())
    published, web.keys = web.keys, keys
    clock.advance(MAX_STALE - 1)
    assert answers(verifier, mint()) == "user-1", "a server in trouble may publish an empty set"
    clock.advance(1)
    with pytest.raises(KeysUnavailableError, match="not available") as caught:
        verifier.verify(mint())
    assert "older than 86400 s" in caught.value.reason
    web.keys = published
    clock.advance(MIN_INTERVAL)
    assert answers(verifier, mint()) == "user-1"


def test_how_long_old_keys_serve_is_an_argument(key: Key, clock: FakeClock, mint: Mint) -> None:
    web = SlowWeb(key)
    source = IssuerKeys(forge.ISSUER, fetch=web, monotonic=clock, max_stale=MAX_AGE + 10)
    verifier = Verifier(forge.ISSUER, audience=forge.AUDIENCE, keys=source, clock=clock)
    verifier.verify(mint())
    web.keys = []
    clock.advance(MAX_AGE + 9)
    assert answers(verifier, mint()) == "user-1"
    clock.advance(1)
    assert answers(verifier, mint()) == "keys_unavailable"
