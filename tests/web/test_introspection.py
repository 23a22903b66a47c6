"""``POST /oauth2/introspect`` (RFC 7662): whether a token is good, told to programs that prove who they are."""

from base64 import b64encode
from typing import Any
from urllib.parse import quote_plus

import pytest
from werkzeug.test import TestResponse

from tests.support.clock import FakeClock
from tests.support.house import EMAIL, ISSUER, PASSWORD, House

INACTIVE = {"active": False}


class Api:
    """A program that asks about the tokens it is shown."""

    def __init__(self, house: House) -> None:
        client, secret = house.gatepass.clients.create("Orders API")
        assert secret is not None
        self.id, self.secret = client.id, secret.reveal()
        self._house = house

    def basic(self, client_id: str | None = None, secret: str | None = None) -> dict[str, str]:
        pair = f"{quote_plus(client_id or self.id)}:{quote_plus(secret or self.secret)}"
        return {"Authorization": "Basic " + b64encode(pair.encode()).decode()}

    def post(self, headers: dict[str, str] | None = None, /, **form: str) -> TestResponse:
        given = self.basic() if headers is None else headers
        return self._house.client.post("/oauth2/introspect", data=form, headers=given)

    def ask(self, token: str, **form: str) -> dict[str, Any]:
        answer = self.post(token=token, **form)
        assert answer.status_code == 200, answer.text
        return dict(answer.get_json())


@pytest.fixture
def api(house: House) -> Api:
    house.sign_up()
    return Api(house)


def log_in(house: House, mode: str) -> dict[str, Any]:
    return dict(
        house.client.post("/login", json={"email": EMAIL, "password": PASSWORD, "mode": mode}).get_json()
    )


@pytest.mark.compliance("RFC 7662", "2.2", "an active token is described in the members of the standard")
@pytest.mark.parametrize("mode", ["token", "opaque"])
def test_an_access_token_is_described(house: House, api: Api, clock: FakeClock, mode: str) -> None:
    user = house.gatepass.administration.find(EMAIL)
    told = api.ask(log_in(house, mode)["token"])
    assert told.pop("sid")
    assert bool(told.pop("jti", "")) is (mode == "token")
    assert told == {
        "active": True,
        "token_type": "Bearer",
        "scope": "account",
        "client_id": "gatepass",
        "sub": user.id,
        "iss": ISSUER,
        "aud": ISSUER,
        "iat": clock.now,
        "exp": clock.now + 1800,
        "auth_time": clock.now,
    }


def test_a_refresh_token_says_that_it_is_one(house: House, api: Api, clock: FakeClock) -> None:
    tokens = log_in(house, "token")
    told = api.ask(tokens["refresh_token"])
    assert (told["active"], told["token_type"], told["aud"]) == (True, "refresh_token", ISSUER)
    assert told["exp"] == clock.now + 14 * 86_400
    clock.advance(60)
    successor = house.refresh(tokens["refresh_token"]).get_json()["refresh_token"]
    assert api.ask(tokens["refresh_token"]) == INACTIVE
    assert api.ask(successor)["iat"] == clock.now


@pytest.mark.compliance("RFC 7662", "2.1", "a hint is taken, and a wrong one does no harm")
@pytest.mark.parametrize("hint", ["access_token", "refresh_token", "nonsense", ""])
def test_a_hint_changes_nothing(house: House, api: Api, hint: str) -> None:
    assert api.ask(log_in(house, "opaque")["token"], token_type_hint=hint)["active"] is True


@pytest.mark.compliance("RFC 7662", "2.2", "of a token that is not active nothing else is told")
@pytest.mark.parametrize("mode", ["token", "opaque"])
@pytest.mark.parametrize("end", ["time", "account", "session"])
def test_whatever_ended_nothing_is_told_of(
    house: House, api: Api, clock: FakeClock, mode: str, end: str
) -> None:
    tokens = log_in(house, mode)
    told = api.ask(tokens["token"])
    if end == "time":
        clock.advance(15 * 86_400)
    elif end == "account":
        house.gatepass.administration.disable(EMAIL)
    else:
        with house.gatepass.store.write() as uow:
            uow.sessions.end(told["sid"], int(clock.now))
    assert api.ask(tokens["token"]) == INACTIVE
    assert api.ask(tokens["refresh_token"]) == INACTIVE


@pytest.mark.parametrize(
    "token",
    [
        "x",
        "a.b.c",
        "gp_at_",
        "gp_at_" + "A" * 43,
        "gp_rt_",
        "gp_rt_a.b",
        "gp_sc_x",
        "\0",
        "\u00e9",
        "a" * 40_000,
    ],
)
def test_what_is_no_token_is_not_active(api: Api, token: str) -> None:
    assert api.ask(token) == INACTIVE


def test_a_cookie_is_no_token(house: House, api: Api) -> None:
    answer = house.client.post("/login", json={"email": EMAIL, "password": PASSWORD, "mode": "cookie"})
    cookie = answer.headers["Set-Cookie"].partition("=")[2].partition(";")[0]
    assert api.ask(cookie) == INACTIVE


def test_the_answer_is_kept_by_nobody(api: Api) -> None:
    answer = api.post(token="x")
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Content-Type"] == "application/json"


@pytest.mark.compliance("RFC 6749", "2.3.1", "a client proves who it is by HTTP Basic or in the body")
def test_a_client_may_prove_itself_in_the_header_or_in_the_body(api: Api) -> None:
    in_body = {"client_id": api.id, "client_secret": api.secret}
    assert api.post({}, token="x", **in_body).status_code == 200
    assert api.post(api.basic(), token="x").status_code == 200
    assert api.post(api.basic(), token="x", client_id=api.id).status_code == 200


@pytest.mark.compliance("RFC 6749", "2.3", "not more than one way to authenticate in each request")
def test_a_client_that_proves_itself_twice_is_told_so(api: Api) -> None:
    for twice in ({"client_secret": api.secret}, {"client_id": "another"}):
        answer = api.post(api.basic(), token="x", **twice)
        assert (answer.status_code, answer.get_json()["error"]) == (400, "invalid_request")


@pytest.mark.compliance("RFC 6749", "5.2", "who fails to authenticate gets invalid_client and a challenge")
def test_without_a_good_secret_nothing_is_told(house: House, api: Api) -> None:
    token = log_in(house, "opaque")["token"]
    bad: list[tuple[dict[str, str], dict[str, str]]] = [
        ({}, {}),
        ({}, {"client_id": api.id}),
        ({}, {"client_id": api.id, "client_secret": "gp_cs_" + "A" * 43}),
        ({}, {"client_id": "nobody", "client_secret": api.secret}),
        ({}, {"client_id": "\0", "client_secret": "\u00e9"}),
        (api.basic(secret="wrong"), {}),
        (api.basic(client_id="wrong"), {}),
        ({"Authorization": "Basic"}, {}),
        ({"Authorization": "Basic !!!"}, {}),
        ({"Authorization": "Basic " + b64encode(b"\xff:\xff").decode()}, {}),
        ({"Authorization": f"Bearer {token}"}, {}),
    ]
    for headers, form in bad:
        answer = api.post(headers, token=token, **form)
        assert answer.status_code == 401, (headers, form)
        assert answer.get_json()["error"] == "invalid_client"
        assert answer.headers["WWW-Authenticate"].startswith("Basic ")
        assert "active" not in answer.text


def test_a_deleted_client_is_unknown_at_once(house: House, api: Api) -> None:
    house.gatepass.clients.delete(api.id)
    assert api.post(token="x").status_code == 401


def test_what_is_no_form_with_one_token_is_told_in_the_form_of_oauth(house: House, api: Api) -> None:
    def sent(data: str | bytes, kind: str = "application/x-www-form-urlencoded") -> TestResponse:
        return house.client.post("/oauth2/introspect", data=data, content_type=kind, headers=api.basic())

    for answer, status in (
        (sent(""), 400),
        (sent("token="), 400),
        (sent("token=a&token=b"), 400),
        (sent(b"token=\xff"), 400),
        (sent('{"token": "a"}', "application/json"), 415),
        (sent("token=" + "a" * 70_000), 413),
    ):
        assert answer.status_code == status
        assert answer.get_json()["error"] == "invalid_request"


@pytest.mark.compliance(
    "RFC 8414", "2", "the metadata say where to introspect, and how clients prove themselves"
)
def test_the_metadata_name_the_endpoint(house: House) -> None:
    found = house.client.get("/.well-known/oauth-authorization-server").get_json()
    assert found["introspection_endpoint"] == f"{ISSUER}/oauth2/introspect"
    assert found["introspection_endpoint_auth_methods_supported"] == [
        "client_secret_basic",
        "client_secret_post",
    ]


def test_a_secret_is_kept_as_a_mac_under_a_key_of_the_house(house: House, api: Api) -> None:
    with house.gatepass.store.read() as uow:
        client = uow.clients.by_id(api.id)
    assert client is not None
    assert client.secret_digest is not None
    assert len(client.secret_digest) == 32
    assert api.secret not in repr(client)
    assert str(client.secret_digest) not in repr(client)
