"""A host's own route under our guard, while the database is away."""

import asyncio
import logging
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

import pytest
from flask import Flask

from gatepass_server.domain.errors import Busy, GatepassError, OperatorError
from gatepass_server.keys.ring import REFRESH_SECONDS
from gatepass_server.store.sql import SqlStore
from tests.support.clock import FakeClock
from tests.support.hosts import ACCOUNT

BUSY = Busy("The database is busy.", retry_after=3, reason="the connection was lost: psycopg")
BROKEN = OperatorError("The database cannot be read.", reason="psycopg at work")


@pytest.fixture
def headers(mounted: Flask) -> dict[str, str]:
    """Those of a caller whose token is good."""
    client = mounted.test_client()
    client.post("/auth/signup", data=ACCOUNT)
    return {"x-access-token": client.post("/auth/login", data=ACCOUNT).get_json()["token"]}


@pytest.fixture(params=["the session is asked for", "the keys are asked for, too"])
def away(
    request: pytest.FixtureRequest, headers: dict[str, str], clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> Callable[[GatepassError], None]:
    """Makes every read fail with an error."""

    def make(error: GatepassError) -> None:
        def fail(_: SqlStore) -> NoReturn:
            raise error

        for way in ("read", "look"):
            monkeypatch.setattr(SqlStore, way, fail)
        if "keys" in request.param:
            clock.advance(REFRESH_SECONDS + 1)

    assert headers
    return make


@pytest.mark.compliance("RFC 9110", "15.6.4", "a program that we are mounted in says when to come again, too")
@pytest.mark.parametrize(("error", "seconds"), [(BUSY, "3"), (BROKEN, "5")])
def test_a_hosts_route_answers_503_and_says_when_to_come_again(
    mounted: Flask,
    headers: dict[str, str],
    away: Callable[[GatepassError], None],
    error: GatepassError,
    seconds: str,
    caplog: pytest.LogCaptureFixture,
) -> None:
    client = mounted.test_client()
    assert client.get("/orders", headers=headers).status_code == 200
    away(error)
    with caplog.at_level(logging.WARNING, "gatepass"):
        answer = client.get("/orders", headers=headers)
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, seconds)
    assert answer.get_json() == {"message": "Tokens cannot be checked at the moment"}
    assert "psycopg" in caplog.text


@pytest.mark.parametrize("error", [BUSY, BROKEN])
def test_our_own_routes_go_on_to_answer_with_problem_details(
    mounted: Flask, headers: dict[str, str], away: Callable[[GatepassError], None], error: GatepassError
) -> None:
    away(error)
    answer = mounted.test_client().get("/auth/me", headers=headers)
    assert answer.status_code == 503
    assert answer.headers["Content-Type"] == "application/problem+json"


def test_what_the_hosts_view_raises_is_the_hosts(mounted: Flask, headers: dict[str, str]) -> None:
    def fail() -> NoReturn:
        raise BUSY

    mounted.view_functions["orders"] = mounted.extensions["guard"].token_required(fail)
    mounted.config["PROPAGATE_EXCEPTIONS"] = False
    assert mounted.test_client().get("/orders", headers=headers).status_code == 500


@pytest.mark.parametrize("away", ["the keys are asked for, too"], indirect=True)
def test_a_view_that_is_a_coroutine_is_guarded_alike(
    mounted: Flask, headers: dict[str, str], away: Callable[[GatepassError], None]
) -> None:
    async def view() -> str:
        return "let in"

    guarded = mounted.extensions["guard"].token_required(view)
    with mounted.test_request_context(headers=headers):
        assert asyncio.run(guarded()) == "let in"
    away(BUSY)
    with mounted.test_request_context(headers=headers):  # another request: one is judged once
        assert asyncio.run(guarded()).status_code == 503


@pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning")  # the file goes away under its connections
@pytest.mark.parametrize("ready_database_url", ["sqlite"], indirect=True)
def test_a_file_that_went_away_is_such_a_case(
    mounted: Flask, headers: dict[str, str], tmp_path: Path
) -> None:
    mounted.extensions["gatepass"].close()
    (tmp_path / "ready.db").rename(tmp_path / "elsewhere.db")
    assert mounted.test_client().get("/orders", headers=headers).status_code == 503
    (tmp_path / "elsewhere.db").rename(tmp_path / "ready.db")
    assert mounted.test_client().get("/orders", headers=headers).status_code == 200
