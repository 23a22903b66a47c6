"""Fifty programs' requests with one code at once, over HTTP with real processes."""

import asyncio
import base64
import hashlib
import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from tests.storm.houses import House, on_postgresql, on_sqlite
from tests.support.server import EMAIL, PASSWORD, run, sign_up

RACERS = 50
CALLBACK = "https://app.example.com/cb"
VERIFIER = "a" * 43
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()


@pytest.fixture(params=["sqlite", "postgresql"])
def house(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[House]:
    """One server of four workers on SQLite, or two servers on PostgreSQL."""
    if request.param == "sqlite":
        entered = on_sqlite(tmp_path)
    else:
        entered = on_postgresql(tmp_path, request.getfixturevalue("postgres_url"))
    with entered as house:
        assert sign_up(house.servers[0].url).status_code == 201
        yield house


def registered(house: House) -> dict[str, str]:
    """A program of the team's own: nobody is asked for consent."""
    made = run(
        *("clients", "create", "--name", "Wiki", "--redirect-uri", CALLBACK, "--trusted", "--json"),
        environment=house.servers[0].environment,
    )
    assert made.returncode == 0, made.stderr
    return dict(json.loads(made.stdout))


def code_of(url: str, client_id: str) -> str:
    with httpx.Client(base_url=url) as browser:
        login = {"email": EMAIL, "password": PASSWORD, "mode": "cookie"}
        assert browser.post("/login", json=login).status_code == 201
        asked = {
            "client_id": client_id,
            "redirect_uri": CALLBACK,
            "response_type": "code",
            "scope": "openid",
            "code_challenge": CHALLENGE,
            "code_challenge_method": "S256",
        }
        location = browser.get("/oauth2/authorize", params=asked).headers["Location"]
    return parse_qs(urlsplit(location).query)["code"][0]


async def race(house: House, form: dict[str, str], auth: tuple[str, str]) -> list[httpx.Response]:
    limits = httpx.Limits(max_connections=RACERS)
    async with httpx.AsyncClient(limits=limits, timeout=60) as client:
        urls = [house.servers[number % len(house.servers)].url for number in range(RACERS)]
        return await asyncio.gather(
            *(client.post(f"{url}/oauth2/token", data=form, auth=auth) for url in urls)
        )


@pytest.mark.compliance("RFC 6749", "4.1.2", "of racing redemptions one wins, and the others end what it won")
def test_one_of_fifty_racing_redemptions_wins_and_is_then_ended(house: House) -> None:
    client = registered(house)
    url = house.servers[0].url
    form = {
        "grant_type": "authorization_code",
        "code": code_of(url, client["client_id"]),
        "redirect_uri": CALLBACK,
        "code_verifier": VERIFIER,
    }
    auth = (client["client_id"], client["client_secret"])
    answers = asyncio.run(race(house, form, auth))
    told = Counter(
        (answer.status_code, answer.json().get("error")) for answer in answers if answer.status_code != 503
    )
    assert told[200, None] == 1, told
    assert set(told) == {(200, None), (400, "invalid_grant")}
    won = next(answer.json() for answer in answers if answer.status_code == 200)
    headers = {"Authorization": f"Bearer {won['access_token']}"}
    assert httpx.get(f"{url}/oauth2/userinfo", headers=headers).status_code == 401
    refreshed = httpx.post(
        f"{url}/oauth2/token",
        data={"grant_type": "refresh_token", "refresh_token": won["refresh_token"]},
        auth=auth,
    )
    assert refreshed.json()["error"] == "invalid_grant"
