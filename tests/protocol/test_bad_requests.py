"""Authorization requests that cannot be served: who is told, the program or the person, and what."""

import json
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
from msgspec import structs

from tests.support.clock import FakeClock
from tests.support.house import ISSUER, House
from tests.support.relying_party import CALLBACK, USUAL, RelyingParty, answered

ESSENTIAL_ACR = {"id_token": {"acr": {"essential": True, "values": ["phr"]}}}


@pytest.mark.compliance("RFC 6749", "4.1.2.1", "the program is told at its redirect URI, with its state")
@pytest.mark.compliance("RFC 9207", "2", "errors name the issuer, too")
@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"response_type": None}, "invalid_request"),
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"response_type": "code id_token"}, "unsupported_response_type"),
        ({"response_type": "none"}, "unsupported_response_type"),
        ({"response_mode": "web_message"}, "invalid_request"),
        ({"scope": "nothing of that"}, "invalid_scope"),
        ({"prompt": "none login"}, "invalid_request"),
        ({"max_age": "-1"}, "invalid_request"),
        ({"max_age": "soon"}, "invalid_request"),
        ({"claims": "{"}, "invalid_request"),
        ({"claims": "[]"}, "invalid_request"),
        ({"claims": '{"id_token": 1}'}, "invalid_request"),
        ({"claims": json.dumps(ESSENTIAL_ACR)}, "unmet_authentication_requirements"),
        ({"id_token_hint": "junk"}, "invalid_request"),
        ({"registration": "{}"}, "registration_not_supported"),
        ({"request": "eyJhbGciOiJub25lIn0.e30."}, "invalid_request_object"),
        ({"code_challenge": None}, "invalid_request"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"code_challenge_method": None}, "invalid_request"),
        ({"code_challenge": "short"}, "invalid_request"),
        ({"resource": "https://api.example.com"}, "invalid_target"),
    ],
)
def test_the_program_is_told(app: RelyingParty, changed: dict[str, str | None], code: str) -> None:
    answer = answered(app.authorize(**changed))
    assert (answer["error"], answer["state"], answer["iss"]) == (code, "a state", ISSUER)
    assert answer.keys() == {"error", "error_description", "state", "iss"}


@pytest.mark.compliance(
    "RFC 6749", "4.1.2.1", "nobody is redirected where the address or the client is not known"
)
@pytest.mark.parametrize(
    "changed",
    [
        {"client_id": None},
        {"client_id": "nobody"},
        {"client_id": "\0"},
        {"redirect_uri": f"{CALLBACK}/"},
        {"redirect_uri": "https://evil.example.com/"},
        {"redirect_uri": "javascript:alert(1)"},
        {"redirect_uri": None},
    ],
)
def test_the_person_is_told(app: RelyingParty, changed: dict[str, str | None]) -> None:
    answer = app.authorize(**changed)
    assert 400 <= answer.status_code < 500
    assert "Location" not in answer.headers
    assert answer.headers["Content-Type"].startswith("text/html")


@pytest.mark.compliance("RFC 6749", "3.1", "no parameter is sent twice")
@pytest.mark.parametrize("name", ["client_id", "redirect_uri", "scope", "state", "response_type", "nonce"])
def test_a_parameter_that_is_sent_twice_is_refused(house: House, app: RelyingParty, name: str) -> None:
    parameters = app.parameters()
    query = urlencode([*parameters.items(), (name, parameters[name])])
    answer = house.client.get(f"/oauth2/authorize?{query}")
    if "Location" in answer.headers:
        told = dict(parse_qsl(urlsplit(answer.headers["Location"]).query))
        assert answer.headers["Location"].startswith(CALLBACK)
        assert told["error"] == "invalid_request"
    else:
        assert answer.status_code == 400


@pytest.mark.compliance("OIDC Core", "3.1.2.1", "max_age=0 asks anew, however lately somebody signed in")
def test_max_age_0_asks_anew(app: RelyingParty, clock: FakeClock) -> None:
    app.code()
    assert app.authorize(max_age="0").headers["Location"].startswith(f"{ISSUER}/sign-in?flow=")
    assert answered(app.authorize(max_age="0", prompt="none"))["error"] == "login_required"
    clock.advance(5)
    assert "code" in answered(app.authorize(max_age="5"))


@pytest.mark.compliance(
    "OIDC Core", "2", "default_max_age of the client holds where the request says nothing"
)
def test_the_default_of_the_client_holds(house: House, clock: FakeClock) -> None:
    app = RelyingParty.of(house, structs.replace(USUAL, default_max_age=60))
    app.code()
    clock.advance(61)
    assert answered(app.authorize(prompt="none"))["error"] == "login_required"
    assert "code" in answered(app.authorize(prompt="none", max_age="3600"))


@pytest.mark.compliance("OIDC Core", "3.1.2.1", "prompt=none with a hint of somebody else")
def test_a_hint_of_somebody_else_needs_a_page(house: House, app: RelyingParty) -> None:
    hint = app.tokens()["id_token"]
    house.client.delete_cookie("__Host-gatepass")
    assert answered(app.authorize(prompt="none", id_token_hint=hint))["error"] == "login_required"


@pytest.mark.compliance("OIDC Core", "5.5.1", "acr_values are wishes")
def test_an_acr_that_nobody_reaches_is_no_error_unless_it_is_essential(app: RelyingParty) -> None:
    assert app.tokens(acr_values="phr urn:something")["id_token"]
