"""Ending a session at the server ends it at an API in another process, which knows only the issuer's address."""

import secrets
import time
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import httpx
import pytest

from tests.adapters.adapters import running
from tests.support.databases import new_database
from tests.support.server import Server, log_in, me, serving, sign_up

TTL = 1
PATIENCE = 5


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def server(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Two workers, so that one opens a list and the other may publish it. The tests share it; each has its person."""
    settings: dict[str, Any] = {"status_ttl": str(TTL), "workers": "2"}
    with ExitStack() as stack:
        if request.param == "postgresql":
            database = new_database(request.getfixturevalue("postgres_server"))
            settings["database_url"] = stack.enter_context(database)
        yield stack.enter_context(serving(tmp_path_factory.mktemp("server"), **settings))


@pytest.fixture(scope="module")
def api(server: Server) -> Iterator[httpx.Client]:
    """The notes API of the examples."""
    with (
        running(["examples/notes_api/app.py"], ISSUER=server.url) as url,
        httpx.Client(base_url=url, timeout=30) as client,
    ):
        yield client


@pytest.fixture
def ann(server: Server) -> str:
    """Her e-mail address, in each test another."""
    email = f"ann.{secrets.token_hex(4)}@example.com"
    assert sign_up(server.url, email).status_code == 201
    return email


def notes(api: httpx.Client, token: str) -> int:
    return api.get("/notes", headers={"Authorization": f"Bearer {token}"}).status_code


def until(status: int, api: httpx.Client, token: str, *, patience: float = PATIENCE) -> None:
    deadline = time.monotonic() + patience
    while (found := notes(api, token)) != status:
        assert time.monotonic() < deadline, found


def test_a_disabled_account_is_out_everywhere(server: Server, api: httpx.Client, ann: str) -> None:
    tokens = [log_in(server.url, ann).json()["token"] for _ in range(6)]
    assert [notes(api, token) for token in tokens] == [200] * 6
    disabled = server.command("users", "disable", ann)
    assert disabled.returncode == 0, disabled.stderr
    assert me(server.url, tokens[0]).status_code == 401, "the server itself knows at once"
    for token in tokens:
        until(401, api, token)


def test_logging_out_ends_one_session_everywhere_and_no_other(
    server: Server, api: httpx.Client, ann: str
) -> None:
    mine, also_mine = (log_in(server.url, ann).json()["token"] for _ in range(2))
    assert (notes(api, mine), notes(api, also_mine)) == (200, 200)
    out = httpx.post(f"{server.url}/logout", headers={"Authorization": f"Bearer {mine}"}, timeout=30)
    assert out.status_code == 204
    until(401, api, mine)
    assert notes(api, also_mine) == 200


def test_a_token_of_the_operator_can_be_taken_back_too(server: Server, api: httpx.Client, ann: str) -> None:
    issued = server.command("token", "issue", ann, "--issuer", server.url)
    token = issued.stdout.strip()
    assert notes(api, token) == 200
    assert server.command("users", "disable", ann).returncode == 0
    until(401, api, token)


def test_an_api_follows_the_feed_again_after_all_keys_were_replaced_at_once(
    server: Server, api: httpx.Client, ann: str
) -> None:
    old = log_in(server.url, ann).json()["token"]
    assert notes(api, old) == 200
    assert server.command("keys", "rotate", "--now").returncode == 0
    deadline = time.monotonic() + 30
    while notes(api, new := log_in(server.url, ann).json()["token"]) != 200:
        assert time.monotonic() < deadline
        # Workers reread the ring every few seconds, and APIs look for unknown keys not much more often.
        time.sleep(0.2)
    assert server.command("users", "disable", ann).returncode == 0
    # A worker may sign lists with a key that is gone until it rereads the ring, and the API asks again after a while.
    until(401, api, new, patience=30)
