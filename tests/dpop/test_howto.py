"""What the how-to writes can be run, and does what it says."""

import importlib
import re
import subprocess
import sys
import time
import types
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine

from gatepass import DPoP, InvalidProofError, Key, ProofRequiredError, StatusUnavailableError, UseNonceError
from gatepass.dpop import make_proof
from gatepass.testing import FakeIssuer

PAGE = (Path(__file__).parents[2] / "docs" / "howto" / "sender-constrained-tokens.md").read_text("utf-8")
FILES: dict[str, str] = dict(re.findall(r"```python\n# (\w+)\.py\n(.*?)```", PAGE, re.DOTALL))
URL = "https://api.example.com/orders"

Load = Callable[[str], Any]


@pytest.fixture
def load(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Load]:
    """Imports a file of the page."""
    for name, code in FILES.items():
        (tmp_path / f"{name}.py").write_text(code)
    monkeypatch.syspath_prepend(tmp_path)
    yield importlib.import_module
    for name in FILES:
        sys.modules.pop(name, None)


def bound(issuer: FakeIssuer, key: Key, **claims: Any) -> str:
    return issuer.token("ann", scopes=["orders:read"], claims={"cnf": {"jkt": key.thumbprint}, **claims})


def test_no_example_stands_outside_of_a_file() -> None:
    assert PAGE.count("```python") == len(FILES)


@pytest.mark.usefixtures("load")
def test_the_tests_of_the_page_pass(tmp_path: Path) -> None:
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-p",
        "no:schemathesis",
        "-q",
        "-p",
        "no:cacheprovider",
        "test_orders.py",
    ]
    ended = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=120, check=False)
    assert "2 passed" in ended.stdout, ended.stdout + ended.stderr


@pytest.mark.compliance("RFC 9449", "9", "a client repeats its request with the nonce it was given")
def test_the_client_of_the_page_follows_a_nonce(load: Load, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DPOP_NONCE_SECRET", "n" * 32)
    client, nonces, api = load("client"), load("nonces"), load("orders_api")
    issuer = FakeIssuer(audience="orders-api")
    http = api.create_app(issuer.verifier(), nonces.dpop).test_client()
    token = bound(issuer, client.key)
    assert client.get(http, URL, token).json == {"caller": "ann"}
    proof = make_proof(client.key, method="GET", url=URL, token=token)
    with pytest.raises(UseNonceError):
        nonces.dpop.check([proof], method="GET", url=URL, token=token)


def test_the_answers_are_those_of_the_table(load: Load) -> None:
    client, api = load("client"), load("orders_api")
    issuer = FakeIssuer(audience="orders-api")
    http = api.create_app(issuer.verifier(), DPoP()).test_client()
    token = bound(issuer, client.key)

    def answer(scheme: str, token: str, *proofs: str) -> tuple[int, str]:
        headers = [("Authorization", f"{scheme} {token}"), *(("DPoP", proof) for proof in proofs)]
        given = http.get("/orders", headers=headers)
        return given.status_code, " ".join(given.headers.get_all("WWW-Authenticate"))

    def proof(**changes: Any) -> str:
        return make_proof(client.key, **{"method": "GET", "url": URL, "token": token, **changes})

    good = proof()
    assert answer("DPoP", token, good) == (200, "")
    for wrong in (good, proof(method="POST"), proof(url=URL + "/1"), proof(token="x"), "x"):
        status, challenge = answer("DPoP", token, wrong)
        assert (status, 'error="invalid_dpop_proof"' in challenge) == (401, True)
    assert answer("DPoP", token, proof(), proof())[0] == 401
    stolen = make_proof(Key.generate("ES256"), method="GET", url=URL, token=token)
    for scheme, *proofs in (("DPoP", stolen), ("Bearer", proof()), ("Bearer",)):
        status, challenge = answer(scheme, token, *proofs)
        assert (status, 'error="invalid_token"' in challenge) == (401, True), scheme
    plain = issuer.token("ann", scopes=["orders:read"])
    assert answer("Bearer", plain) == (200, "")
    assert answer("DPoP", plain, proof(token=plain))[0] == 401


def test_a_request_that_is_admitted_by_hand(load: Load) -> None:
    by_hand, client = load("by_hand"), load("client")
    issuer = FakeIssuer(audience="orders-api")
    verifier, dpop, token = issuer.verifier(), DPoP(), bound(issuer, client.key)
    proof = make_proof(client.key, method="GET", url=URL, token=token)
    assert by_hand.admit(verifier, dpop, token, [proof], "GET", URL).subject == "ann"
    with pytest.raises(InvalidProofError):
        by_hand.admit(verifier, dpop, token, [proof], "GET", URL)
    thief = make_proof(Key.generate("ES256"), method="GET", url=URL, token=token)
    with pytest.raises(ProofRequiredError):
        by_hand.admit(verifier, dpop, token, [thief], "GET", URL)
    plain = issuer.token("ann")
    with pytest.raises(PermissionError):
        by_hand.admit(
            verifier, dpop, plain, [make_proof(client.key, method="GET", url=URL, token=plain)], "GET", URL
        )


class StandIn:
    """As much of a Redis client as the page uses: SET with NX and EX as redis.io documents it."""

    def __init__(self) -> None:
        self.ends: dict[str, float] = {}
        self.fails = False

    def set(self, name: str, value: bytes, *, nx: bool, ex: int) -> bool | None:
        if self.fails:
            raise ConnectionError("redis://:secret@127.0.0.1")
        assert (value, nx) == (b"", True)
        assert isinstance(ex, int)
        assert ex > 0
        if self.ends.get(name, 0) > time.time():
            return None
        self.ends[name] = time.time() + ex
        return True


@pytest.fixture
def stand_in(monkeypatch: pytest.MonkeyPatch) -> StandIn:
    module: Any = types.ModuleType("redis")
    client = StandIn()

    class Redis:
        @staticmethod
        def from_url(url: str, **timeouts: float) -> StandIn:
            assert url.startswith("redis://")
            assert set(timeouts) == {"socket_timeout", "socket_connect_timeout"}
            return client

    module.Redis = Redis
    monkeypatch.setitem(sys.modules, "redis", module)
    return client


def test_the_store_in_redis_remembers_once_and_for_long_enough(load: Load, stand_in: StandIn) -> None:
    store = load("redis_replay").RedisReplay("redis://127.0.0.1:6379/0")
    until = time.time() + 90
    assert [store.remember("a", until), store.remember("a", until), store.remember("b", until)] == [
        True,
        False,
        True,
    ]
    assert all(until <= end <= until + 2 for end in stand_in.ends.values())
    assert store.remember("c", time.time() - 5) is True  # kept for a second rather than refused by Redis


def test_without_redis_nobody_is_let_in(load: Load, stand_in: StandIn) -> None:
    client = load("client")
    dpop = DPoP(replay=load("redis_replay").RedisReplay("redis://127.0.0.1:6379/0"))
    proof = make_proof(client.key, method="GET", url=URL, token="t")
    stand_in.fails = True
    with pytest.raises(StatusUnavailableError):
        dpop.check([proof], method="GET", url=URL, token="t")
    stand_in.fails = False
    assert dpop.check([proof], method="GET", url=URL, token="t") == client.key.thumbprint
    with pytest.raises(InvalidProofError):
        dpop.check([proof], method="GET", url=URL, token="t")


def test_the_store_in_a_database_lets_one_of_many_threads_win(load: Load, database_url: str) -> None:
    module = load("sql_replay")
    engine = create_engine(database_url)
    try:
        module.metadata.create_all(engine)
        store = module.SqlReplay(engine)
        until = time.time() + 90
        with ThreadPoolExecutor(4) as pool:
            for number in range(10):
                won = [pool.submit(store.remember, f"key-{number}", until) for _ in range(4)]
                assert sum(attempt.result() for attempt in won) == 1
        assert store.remember("old", time.time() - 1)
        store.tidy()
        assert store.remember("old", until)
        assert not store.remember("key-0", until)
    finally:
        engine.dispose()
