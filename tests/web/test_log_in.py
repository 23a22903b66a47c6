"""``POST /login``, row by row as the contract has it."""

import json
from base64 import urlsafe_b64decode
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from tests.support.clock import FakeClock
from tests.support.house import EMAIL, ISSUER, PASSWORD, House


def part(token: str, number: int) -> dict[str, Any]:
    """The header (0) or the claims (1) of a JWT."""
    text = token.split(".")[number]
    return dict(json.loads(urlsafe_b64decode(text + "=" * (-len(text) % 4))))


@pytest.mark.parametrize("form", ["json", "data", "multipart"])
def test_the_right_password_buys_a_pair_of_tokens(house: House, form: str) -> None:
    house.sign_up()
    sent = {"email": EMAIL, "password": PASSWORD}
    body = {"data": sent, "content_type": "multipart/form-data"} if form == "multipart" else {form: sent}
    answer = house.client.post("/login", **body)
    assert answer.status_code == 201
    assert answer.headers["Content-Type"] == "application/json"
    assert answer.headers["Cache-Control"] == "no-store"
    tokens = answer.get_json()
    assert set(tokens) == {"token", "token_type", "expires_in", "refresh_token", "scope"}
    assert (tokens["token_type"], tokens["expires_in"]) == ("Bearer", 1800)
    assert house.get("/me", tokens["token"]).get_json()["email"] == EMAIL


@pytest.mark.compliance("RFC 9068", "2", "an access token says what it is, for whom, and until when")
def test_the_token_has_the_header_and_the_claims_of_the_contract(house: House, clock: FakeClock) -> None:
    token = house.token()
    user = house.gatepass.administration.find(EMAIL)
    header, claims = part(token, 0), part(token, 1)
    assert set(header) == {"alg", "kid", "typ"}
    assert (header["alg"], header["typ"]) == ("ES256", "at+jwt")
    assert claims.pop("jti")
    assert claims.pop("sid")
    status = claims.pop("status")["status_list"]
    assert (set(status), status["uri"]) == ({"idx", "uri"}, f"{ISSUER}/status-lists/1")
    assert claims == {
        "iss": ISSUER,
        "sub": user.id,
        "public_id": user.id,
        "aud": ISSUER,
        "exp": clock.now + 1800,
        "iat": clock.now,
        "auth_time": clock.now,
        "client_id": "gatepass",
        "scope": "account",
    }


def test_the_audience_is_a_setting(open_house: Callable[..., House]) -> None:
    token = open_house(audience="https://api.example.com").token()
    assert part(token, 1)["aud"] == "https://api.example.com"


@pytest.mark.compliance("RFC 9110", "15.5.2", "a 401 says how to authenticate")
@pytest.mark.parametrize(
    "sent", [{}, {"email": EMAIL}, {"password": PASSWORD}, {"email": "", "password": ""}]
)
def test_a_missing_email_or_password_is_401(house: House, sent: dict[str, str]) -> None:
    house.sign_up()
    for answer in (house.client.post("/login", data=sent), house.client.post("/login", json=sent)):
        assert answer.status_code == 401
        assert answer.headers["WWW-Authenticate"] == 'Basic realm="Login required"'
        assert answer.headers["Content-Type"] == "application/problem+json"
        assert answer.get_json()["code"] == "missing_credentials"


def test_a_wrong_password_and_an_unknown_email_are_the_same_403(house: House) -> None:
    house.sign_up()
    same = {"X-Request-Id": "the-same"}
    wrong = house.try_log_in(password="quite another password", headers=same)
    unknown = house.try_log_in("eve@example.com", headers=same)
    assert wrong.status_code == 403
    assert wrong.headers["WWW-Authenticate"] == 'Basic realm="Wrong credentials"'
    assert wrong.get_json()["code"] == "wrong_credentials"
    assert (wrong.status, wrong.data, list(wrong.headers)) == (
        unknown.status,
        unknown.data,
        list(unknown.headers),
    )


def test_a_disabled_account_is_answered_as_a_wrong_password(house: House) -> None:
    house.sign_up()
    wrong = house.try_log_in(password="quite another password", headers={"X-Request-Id": "same"})
    house.gatepass.administration.disable(EMAIL)
    disabled = house.try_log_in(headers={"X-Request-Id": "same"})
    assert (disabled.status, disabled.data, list(disabled.headers)) == (
        wrong.status,
        wrong.data,
        list(wrong.headers),
    )


def test_the_articles_answers_tell_an_unknown_email_apart(open_house: Callable[..., House]) -> None:
    house = open_house(article_answers=True)
    house.sign_up()
    unknown = house.try_log_in("eve@example.com")
    assert unknown.status_code == 401
    assert unknown.headers["WWW-Authenticate"] == 'Basic realm="Login required"'
    wrong = house.try_log_in(password="quite another password")
    assert wrong.status_code == 403
    assert wrong.headers["WWW-Authenticate"] == 'Basic realm="Wrong credentials"'


@pytest.mark.parametrize("email", ["\0", "a" * 5000, "nobody"])
def test_an_email_that_no_account_can_have_is_wrong_as_any_other(house: House, email: str) -> None:
    assert house.try_log_in(email).status_code == 403


def test_a_password_in_the_address_is_not_looked_at(house: House) -> None:
    house.sign_up()
    answer = house.client.post(f"/login?email={EMAIL}&password={PASSWORD}")
    assert answer.status_code == 401


@pytest.mark.parametrize(
    "key", ["twin\u034f@example.com", "twin\u200d@example.com", "x@example.com@example.org"]
)
def test_an_account_made_under_earlier_rules_of_addresses_can_still_log_in(house: House, key: str) -> None:
    house.sign_up()
    known = house.gatepass.administration.find(EMAIL)
    with house.gatepass.store.write() as uow:
        uow.users.add(replace(known, id="earlier", email=key, email_key=key))
    assert house.gatepass.administration.find(key).id == "earlier"
    assert house.try_log_in(key).status_code == 201


def test_an_address_in_punycode_logs_in_as_it_signed_up(house: House) -> None:
    for email in ("ann@xn--bcher-kva.example", "bob@example\u3002org"):
        assert house.sign_up(email).status_code == 201
        assert house.try_log_in(email).status_code == 201
    assert house.try_log_in("ann@b\u00fccher.example").status_code == 201
