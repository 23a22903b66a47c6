"""A session that was ended at a real server is refused by every adapter, with no call for each request."""

import time
from collections.abc import Callable, Iterator
from itertools import count

import httpx
import pytest
from mcp import MCPError

from gatepass_server.store.sql import SqlStore
from tests.adapters.adapters import ADAPTERS, running
from tests.adapters.conftest import serving
from tests.adapters.mcp_calls import call
from tests.support.server import Server, log_in, sign_up
from tests.support.server import serving as gatepass

TTL = 1
PATIENCE = 5
"""Seconds after which this fails: what a busy machine adds to the ``ttl``; the benchmark ``log_out`` tells the time."""

_numbers = count()


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server whose feed may be kept for a second."""
    folder = tmp_path_factory.mktemp("house")
    with gatepass(folder, status_ttl=str(TTL), login_scope="account tools") as server:
        yield server


@pytest.fixture
def people(house: Server) -> list[tuple[str, dict[str, str]]]:
    """Two who are logged in: their e-mail addresses, and the headers that they send."""
    names = [f"person-{next(_numbers)}@example.com" for _ in range(2)]
    assert [sign_up(house.url, name).status_code for name in names] == [201, 201]
    tokens = [log_in(house.url, name).json()["token"] for name in names]
    return [(name, {"Authorization": f"Bearer {token}"}) for name, token in zip(names, tokens, strict=True)]


def end_sessions(house: Server, email: str) -> None:
    store = SqlStore(f"sqlite:///{house.data / 'gatepass.db'}")
    with store.write() as uow:
        user = uow.users.by_email(email)
        assert user is not None
        assert uow.sessions.end_all_of(user.id, int(time.time()))
    store.close()


def feed_requests(house: Server) -> int:
    return house.log.read_text().count("/status-lists/<int:number>")


def until_refused(status: Callable[[], int]) -> float:
    """Ask until the answer is no longer 200; how many seconds that took."""
    began = time.monotonic()
    while status() == 200:
        assert time.monotonic() - began < PATIENCE
    return time.monotonic() - began


@pytest.mark.parametrize("name", ADAPTERS)
def test_who_was_logged_out_is_refused(
    name: str, house: Server, people: list[tuple[str, dict[str, str]]]
) -> None:
    (email, ended), (_, others) = people
    with serving(name, ISSUER=house.url, AUDIENCE=house.url) as api:
        assert [api.get("/protected", headers=headers).status_code for headers in (ended, others)] == [
            200,
            200,
        ]
        before, began = feed_requests(house), time.monotonic()
        end_sessions(house, email)
        until_refused(lambda: api.get("/protected", headers=ended).status_code)
        fetched, seconds = feed_requests(house) - before, time.monotonic() - began
        assert api.get("/protected", headers=others).status_code == 200
        refused = api.get("/protected", headers=ended)
        assert (refused.status_code, refused.json()) == (401, {"message": "Token is invalid"})
        assert 'error="invalid_token"' in refused.headers["WWW-Authenticate"]
        assert api.get("/open", headers=ended).status_code == 401
    assert fetched <= 2 + seconds / (TTL / 2), "it asks by the clock, not by the request"


def test_who_was_logged_out_is_refused_by_an_mcp_server(
    house: Server, people: list[tuple[str, dict[str, str]]]
) -> None:
    (email, ended), (_, others) = people
    with running(["-m", "tests.adapters.apps.mcp"], ISSUER=house.url, AUDIENCE=house.url) as api:

        def status(headers: dict[str, str]) -> int:
            try:
                return 200 if call(api, "protected", headers)[0] is False else 500
            except MCPError:
                return 401

        assert (status(ended), status(others)) == (200, 200)
        end_sessions(house, email)
        until_refused(lambda: status(ended))
        assert (status(ended), status(others)) == (401, 200)


def test_while_the_server_is_away_what_was_known_last_counts(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    folder = tmp_path_factory.mktemp("away")
    with gatepass(folder, status_ttl=str(TTL)) as house:
        sign_up(house.url)
        tokens = [log_in(house.url).json()["token"] for _ in range(2)]
        headers = [{"Authorization": f"Bearer {token}"} for token in tokens]
        with serving("flask", ISSUER=house.url, AUDIENCE=house.url) as api:
            ask = _asker(api)
            assert ask(headers[0]) == 200
            house.kill()
            time.sleep(TTL + 0.5)  # the server is away for longer than its list may be kept
            assert [ask(each) for each in headers] == [200, 200]


def _asker(api: httpx.Client) -> Callable[[dict[str, str]], int]:
    return lambda headers: api.get("/protected", headers=headers).status_code
