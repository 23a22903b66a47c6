"""What PostgreSQL keeps waiting keeps nobody waiting who does not need it."""

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import LiteralString

import httpx
import psycopg
import pytest

from tests.e2e.test_racing_redemptions import CALLBACK, VERIFIER, code_of, registered
from tests.storm.houses import House, on_postgresql
from tests.support.event_loops import dawdling_at
from tests.support.server import sign_up

LONGEST = 1.5
"""Seconds that a document may take meanwhile, on a busy machine; what is held up takes two."""


@pytest.fixture
def house(postgres_url: str, tmp_path: Path) -> Iterator[House]:
    """Servers whose event loops have worked."""
    with on_postgresql(tmp_path, postgres_url) as house:
        assert sign_up(house.servers[0].url).status_code == 201
        yield house


@contextmanager
def looked_at(url: str) -> Iterator[list[float]]:
    """Ask for a document over and over, and note how long each took."""
    taken: list[float] = []
    is_over = threading.Event()

    def look() -> None:
        with httpx.Client(base_url=url) as client:
            while not is_over.is_set():
                begun = time.perf_counter()
                assert client.get("/.well-known/oauth-authorization-server").status_code == 200
                taken.append(time.perf_counter() - begun)

    with ThreadPoolExecutor(1) as thread:
        looking = thread.submit(look)
        try:
            yield taken
        finally:
            is_over.set()
            looking.result()


def redeemed(house: House, client: dict[str, str], codes: list[str]) -> list[httpx.Response]:
    """Redeem codes at once at one server."""

    def redeem(code: str) -> httpx.Response:
        form = {"grant_type": "authorization_code", "code": code, "redirect_uri": CALLBACK}
        return httpx.post(
            f"{house.servers[0].url}/oauth2/token",
            data={**form, "code_verifier": VERIFIER},
            auth=(client["client_id"], client["client_secret"]),
            timeout=30,
        )

    with ThreadPoolExecutor(len(codes)) as threads:
        return list(threads.map(redeem, codes))


def codes_of(house: House, client: dict[str, str], count: int) -> list[str]:
    return [code_of(house.servers[0].url, client["client_id"]) for _ in range(count)]


@contextmanager
def locked(url: str, lock: LiteralString, seconds: float) -> Iterator[None]:
    """Somebody locks a table for a while."""
    with psycopg.connect(url) as other:
        other.execute(lock)
        release = threading.Timer(seconds, other.rollback)
        release.start()
        yield
        release.join()


def test_a_lock_of_somebody_else_is_waited_for_by_threads(house: House, postgres_url: str) -> None:
    client = registered(house)
    codes = codes_of(house, client, 4)
    with (
        looked_at(house.servers[0].url) as taken,
        locked(postgres_url, "LOCK TABLE gatepass_codes", 2),
    ):
        answers = redeemed(house, client, codes)
    assert [answer.status_code for answer in answers] == [200] * 4
    assert max(taken) < LONGEST


def test_a_disk_that_takes_long_is_waited_for_by_nobody_else(house: House, postgres_url: str) -> None:
    """Two redemptions wait for one another: both write to the audit log."""
    client = registered(house)
    codes = codes_of(house, client, 2)
    redeemed(house, client, codes_of(house, client, 4))  # by now there are connections
    with dawdling_at(postgres_url, "gatepass_refresh_families", 2), looked_at(house.servers[0].url) as taken:
        answers = redeemed(house, client, codes)
    assert [answer.status_code for answer in answers] == [200] * 2
    assert max(taken) < LONGEST
