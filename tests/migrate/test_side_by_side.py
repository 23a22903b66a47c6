"""The programs before and after, asked the same over real HTTP: each answers what its guide says."""

import re

import httpx
import pytest

from gatepass.testing import FakeIssuer
from tests.migrate.asked import REQUESTS, bearer
from tests.migrate.conftest import PASSWORD
from tests.migrate.guides import MINTS, NEVER_FETCHED, ROWS, Row, text_of
from tests.migrate.minting import Mint
from tests.migrate.programs import Running

ASKED = [row for row in ROWS if row.request != NEVER_FETCHED]
each_row = pytest.mark.parametrize(
    ("guide", "row"),
    [pytest.param(row.guide, row, id=f"{row.guide}: {row.request}") for row in ASKED],
)
for_each = pytest.mark.parametrize


def _ask(web: httpx.Client, program: Running, row: Row, mint: Mint) -> httpx.Response:
    path, headers = REQUESTS[row.request](mint)
    return web.get(program.url + path, headers=headers)


@each_row
def test_the_program_before_answers_what_the_guide_says(
    row: Row, before: Running, mint: Mint, web: httpx.Client
) -> None:
    answer = _ask(web, before, row, mint)
    assert answer.status_code == row.before, answer.text


@each_row
def test_the_program_after_answers_what_the_guide_says(
    row: Row, after: Running, mint: Mint, web: httpx.Client
) -> None:
    answer = _ask(web, after, row, mint)
    assert answer.status_code == row.after, answer.text
    if row.after == 200:
        assert set(answer.json()) == {"caller"}
    elif row.request != "`/admin` as somebody else":  # which a check of the program's own refuses
        assert answer.headers["WWW-Authenticate"].startswith("Bearer")
    assert "Traceback" not in after.log()


@for_each("guide", MINTS)
def test_both_programs_see_the_same_caller(
    before: Running, after: Running, mint: Mint, web: httpx.Client
) -> None:
    row = next(row for row in ASKED if row.request == "a good token")
    assert _ask(web, before, row, mint).json() == _ask(web, after, row, mint).json()


@for_each("guide", ["flask-jwt-extended"])
def test_each_of_the_two_takes_the_tokens_that_the_other_signs(
    before: Running, after: Running, web: httpx.Client
) -> None:
    for signs in (before, after):
        form = {"name": "ann", "password": PASSWORD}
        token = web.post(f"{signs.url}/login", data=form).json()["access_token"]
        assert web.post(f"{signs.url}/login", data={**form, "password": "no"}).status_code == 401
        for checks in (before, after):
            path, headers = bearer(token, "/staff")
            answer = web.get(checks.url + path, headers=headers)
            assert (answer.status_code, answer.json()) == (200, {"caller": "ann"})


@for_each("guide", ["fastapi-users"])
def test_whoever_logs_in_at_fastapi_users_is_known_to_the_api(
    before: Running, after: Running, web: httpx.Client
) -> None:
    form = {"username": "root@example.com", "password": PASSWORD}
    token = web.post(f"{before.url}/auth/jwt/login", data=form).json()["access_token"]
    for program in (before, after):
        path, headers = bearer(token, "/admin")
        answer = web.get(program.url + path, headers=headers)
        assert (answer.status_code, answer.json()) == (200, {"caller": "root@example.com"})


@for_each("guide", ["authlib"])
def test_a_new_key_of_the_issuer_is_not_seen_by_the_program_before(
    before: Running, issuer: FakeIssuer, mint: Mint, web: httpx.Client
) -> None:
    path, headers = bearer(mint())
    assert web.get(before.url + path, headers=headers).status_code == 200
    try:
        issuer.rotate()
        path, headers = bearer(mint())
        assert web.get(before.url + path, headers=headers).status_code == 401
    finally:
        issuer.reset()


@for_each("guide", ["python-jose"])
@for_each(
    "row",
    re.findall(r"^\| (.+?) \| (\d+) \| `(.+?)` \| `(.+)` \|$", text_of("README"), re.MULTILINE),
    ids=str,
)
def test_the_answers_look_as_the_index_says(
    row: tuple[str, str, str, str], after: Running, mint: Mint, web: httpx.Client
) -> None:
    what, status, challenge, body = row
    named = {
        "no token": "no token",
        "a bad token, whatever is wrong": "expired",
        "a scope is missing": "`/orders` without the scope",
        "several tokens": "two `Authorization` headers",
    }
    path, headers = REQUESTS[named[what]](mint)
    answer = web.get(after.url + path, headers=headers)
    assert answer.status_code == int(status)
    assert answer.headers["WWW-Authenticate"] == challenge.replace('"..."', '"orders:read"')
    assert answer.text == body.replace('": "', '":"')
