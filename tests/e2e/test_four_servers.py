"""Four servers on one PostgreSQL agree on keys, users, limits and what was revoked."""

import base64
import secrets
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from time import monotonic, sleep

import httpx
import pytest

from gatepass_server.keys.ring import REFRESH_SECONDS
from tests.support.databases import new_database
from tests.support.server import Server, free_port, log_in, me, sign_up

LIMIT = 8


@pytest.fixture(scope="module")
def four(postgres_server: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Server]]:
    """They start at the same moment, on a database without a single table."""
    ports = [free_port() for _ in range(4)]
    settings = {
        "issuer": f"http://127.0.0.1:{ports[0]}",
        "master_key": base64.urlsafe_b64encode(secrets.token_bytes(32)).decode(),
        "login_failures_per_account": str(LIMIT),
    }
    with new_database(postgres_server) as url, ExitStack() as ends:
        servers = []
        for port in ports:
            folder = tmp_path_factory.mktemp("server")
            servers.append(Server(folder, port=port, database_url=url, **settings))
            ends.callback(servers[-1].kill)
        yield [server.wait_until_ready() for server in servers]


def jwks(server: Server) -> list[str]:
    return [key["kid"] for key in httpx.get(f"{server.url}/.well-known/jwks.json").json()["keys"]]


def refresh(url: str, token: str) -> httpx.Response:
    return httpx.post(f"{url}/refresh", json={"refresh_token": token}, timeout=30)


def test_servers_that_start_at_once_make_one_key_between_them(four: list[Server]) -> None:
    published = [jwks(server) for server in four]
    assert len(published[0]) == 1
    assert published == [published[0]] * 4


def test_an_account_made_on_one_logs_in_on_another_and_its_token_holds_on_a_third(four: list[Server]) -> None:
    first, second, third, fourth = (server.url for server in four)
    assert sign_up(first).status_code == 201
    assert sign_up(fourth).status_code == 202
    tokens = log_in(second).json()
    assert me(third, tokens["token"]).status_code == 200
    spent = tokens["refresh_token"]
    successor = refresh(fourth, spent).json()["refresh_token"]
    assert refresh(first, spent).json()["refresh_token"] == successor
    living = refresh(second, successor).json()
    assert me(third, living["token"]).status_code == 200
    assert refresh(first, spent).status_code == 400
    assert me(third, living["token"]).status_code == 401


def test_failures_spread_over_all_four_reach_the_limit_together(four: list[Server]) -> None:
    sign_up(four[0].url, "eve@example.com")
    statuses = [
        log_in(four[number % 4].url, "eve@example.com", "a wrong password").status_code
        for number in range(LIMIT + 4)
    ]
    assert statuses == [403] * LIMIT + [429] * 4
    refused = [log_in(server.url, "eve@example.com") for server in four]
    assert Counter(answer.status_code for answer in refused) == {429: 4}
    assert all(int(answer.headers["Retry-After"]) > 0 for answer in refused)


def test_a_disabled_account_is_out_everywhere_at_once(four: list[Server]) -> None:
    sign_up(four[0].url, "mallory@example.com")
    token = log_in(four[1].url, "mallory@example.com").json()["token"]
    assert {me(server.url, token).status_code for server in four} == {200}
    assert four[2].command("users", "disable", "mallory@example.com").returncode == 0
    assert {me(server.url, token).status_code for server in four} == {401}


def test_an_emergency_rotation_reaches_all_within_seconds(four: list[Server]) -> None:
    sign_up(four[0].url, "kay@example.com")
    token = log_in(four[0].url, "kay@example.com").json()["token"]
    old = jwks(four[0])
    rotated = four[3].command("keys", "rotate", "--now")
    assert rotated.returncode == 0, rotated.stderr
    deadline = monotonic() + REFRESH_SECONDS + 2
    while {me(server.url, token).status_code for server in four} != {401}:
        assert monotonic() < deadline, "a server still accepts a token of the stolen key"
        sleep(0.1)
    published = [jwks(server) for server in four]
    assert published == [published[0]] * 4
    assert not set(published[0]) & set(old)
    fresh = log_in(four[1].url, "kay@example.com").json()["token"]
    assert {me(server.url, fresh).status_code for server in four} == {200}
