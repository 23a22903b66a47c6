"""Fifty requests with the same temporary credentials at once, over HTTP with real processes (OAuth 1.0a)."""

import asyncio
import json
import secrets
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from tests.storm.houses import House, on_postgresql, on_sqlite
from tests.support.old_program import base_string, encoded, signature
from tests.support.server import EMAIL, PASSWORD, run, sign_up

RACERS = 50
CALLBACK = "https://printer.example.com/ready"


@pytest.fixture(params=["sqlite", "postgresql"])
def house(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[House]:
    """One server of four workers on SQLite, or two servers on PostgreSQL."""
    if request.param == "sqlite":
        entered = on_sqlite(tmp_path, oauth1="true")
    else:
        entered = on_postgresql(tmp_path, request.getfixturevalue("postgres_url"), oauth1="true")
    with entered as house:
        assert sign_up(house.servers[0].url).status_code == 201
        yield house


def registered(house: House) -> tuple[str, str]:
    """A program of the team's own: nobody is asked for consent."""
    made = run(
        *("clients", "create", "--name", "Printer", "--grant", "oauth1", "--redirect-uri", CALLBACK),
        *("--trusted", "--json"),
        environment=house.servers[0].environment,
    )
    assert made.returncode == 0, made.stderr
    told = json.loads(made.stdout)
    return told["client_id"], told["client_secret"]


def signed(
    method: str, url: str, client: tuple[str, str], credentials: tuple[str, str] | None = None, **own: str
) -> dict[str, str]:
    """The header of a request to the issuer's address, wherever it is sent."""
    pairs = {
        "oauth_consumer_key": client[0],
        "oauth_signature_method": "HMAC-SHA256",
        "oauth_timestamp": str(int(time.time())),
        "oauth_nonce": secrets.token_hex(8),
        **({} if credentials is None else {"oauth_token": credentials[0]}),
        **own,
    }
    base = base_string(method, url, list(pairs.items()))
    pairs["oauth_signature"] = signature(
        "HMAC-SHA256", base, (client[1], "" if credentials is None else credentials[1])
    )
    said = ", ".join(f'{encoded(name)}="{encoded(value)}"' for name, value in pairs.items())
    return {"Authorization": f"OAuth {said}"}


def credentials_in(answer: httpx.Response) -> tuple[str, str]:
    assert answer.status_code == 200, answer.text
    told = parse_qs(answer.text)
    return told["oauth_token"][0], told["oauth_token_secret"][0]


def approved(url: str, token: str) -> str:
    """The verifier that somebody's browser brings back."""
    with httpx.Client(base_url=url) as browser:
        login = {"email": EMAIL, "password": PASSWORD, "mode": "cookie"}
        assert browser.post("/login", json=login).status_code == 201
        location = browser.get("/oauth1/authorize", params={"oauth_token": token}).headers["Location"]
    assert location.startswith(CALLBACK)
    return parse_qs(urlsplit(location).query)["oauth_verifier"][0]


async def race(house: House, headers: list[dict[str, str]]) -> list[httpx.Response]:
    limits = httpx.Limits(max_connections=RACERS)
    async with httpx.AsyncClient(limits=limits, timeout=60) as client:
        urls = [house.servers[number % len(house.servers)].url for number in range(len(headers))]
        return await asyncio.gather(
            *(client.post(f"{url}/oauth1/token", headers=one) for url, one in zip(urls, headers, strict=True))
        )


@pytest.mark.compliance("RFC 5849", "2.3", "of racing exchanges in several processes one wins")
def test_one_of_fifty_racing_exchanges_wins(house: House) -> None:
    client = registered(house)
    url = house.servers[0].url
    temporary = credentials_in(
        httpx.post(
            f"{url}/oauth1/initiate",
            headers=signed("POST", f"{url}/oauth1/initiate", client, oauth_callback=CALLBACK),
        )
    )
    verifier = approved(url, temporary[0])
    headers = [
        signed("POST", f"{url}/oauth1/token", client, temporary, oauth_verifier=verifier)
        for _ in range(RACERS)
    ]
    answers = asyncio.run(race(house, headers))
    told = Counter(answer.status_code for answer in answers if answer.status_code != 503)
    assert told[200] == 1, told
    assert set(told) == {200, 401}
    won = credentials_in(next(answer for answer in answers if answer.status_code == 200))
    own = signed("GET", f"{url}/oauth1/userinfo", client, won)
    assert httpx.get(f"{url}/oauth1/userinfo", headers=own).json()["sub"]
