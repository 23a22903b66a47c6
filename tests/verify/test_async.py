"""``averify``: the same answers, and an event loop that is never blocked."""

import asyncio
import threading
from collections.abc import Callable
from typing import Any

import pytest

from gatepass import (
    ExpiredTokenError,
    InsufficientScopeError,
    Key,
    KeysUnavailableError,
    MissingTokenError,
    Verifier,
)
from gatepass.discovery import IssuerKeys
from gatepass.fetch import FetchError
from tests.support.clock import FakeClock
from tests.verify import forge

Mint = Callable[..., str]


def test_the_answers_are_the_same(verifier: Verifier, mint: Mint) -> None:
    token = mint()
    assert asyncio.run(verifier.averify(token, scopes=["orders:read"])) == verifier.verify(token)
    for bad, error in ((None, MissingTokenError), (mint(exp=0), ExpiredTokenError)):
        with pytest.raises(error):
            asyncio.run(verifier.averify(bad))
    with pytest.raises(InsufficientScopeError):
        asyncio.run(verifier.averify(token, scopes=["x"]))


def test_the_loop_goes_on_while_keys_are_fetched(key: Key, clock: FakeClock) -> None:
    """The fetch waits for something that only the loop can do: were the loop blocked, this would never end."""
    gate = threading.Event()
    loop_thread = threading.current_thread()
    fetches: list[str] = []

    def slow(url: str) -> dict[str, Any]:
        assert threading.current_thread() is not loop_thread
        assert gate.wait(10), "the event loop was blocked"
        fetches.append(url)
        if url.endswith("/jwks"):
            return {"keys": [key.public_jwk()]}
        return {"issuer": forge.ISSUER, "jwks_uri": f"{forge.ISSUER}/jwks"}

    async def main() -> list[str]:
        source = IssuerKeys(forge.ISSUER, fetch=slow, monotonic=clock)
        verifier = Verifier(forge.ISSUER, audience=forge.AUDIENCE, keys=source, clock=clock)
        token = forge.token(key, forge.good_claims(clock.now))
        tasks = [asyncio.create_task(verifier.averify(token)) for _ in range(3)]
        await asyncio.sleep(0)
        gate.set()
        return [(await task).subject for task in tasks]

    assert asyncio.run(main()) == ["user-1"] * 3
    assert len(fetches) == 2, "one fetch of the metadata, one of the keys"


def test_an_issuer_that_is_down_is_told(key: Key, clock: FakeClock) -> None:
    def down(url: str) -> dict[str, Any]:
        raise FetchError(url)

    source = IssuerKeys(forge.ISSUER, fetch=down, monotonic=clock)
    verifier = Verifier(forge.ISSUER, audience=forge.AUDIENCE, keys=source, clock=clock)
    with pytest.raises(KeysUnavailableError):
        asyncio.run(verifier.averify(forge.token(key, forge.good_claims(clock.now))))
