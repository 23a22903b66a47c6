"""Dynamic OP: programs that register themselves (OpenID Connect Registration 1.0)."""

import json
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from werkzeug.test import TestResponse

from gatepass import Key
from gatepass_server.domain.secret import Secret
from gatepass_server.outbound.client import Outbound
from tests.conformance.suite import CALLBACK, PLAIN, Answer, Program, Tokens, error_page
from tests.support.clock import FakeClock
from tests.support.house import House
from tests.support.relying_party import give_rsa_key
from tests.support.visitor import Visitor

SITE = "https://suite.example.com/test/a/gatepass"


@pytest.fixture
def site(monkeypatch: pytest.MonkeyPatch) -> dict[str, object]:
    """What the suite's own site answers, by address."""
    documents: dict[str, object] = {}

    def get(_: object, url: str, **__: object) -> SimpleNamespace:
        return SimpleNamespace(body=json.dumps(documents[url]).encode(), headers={}, status=200)

    monkeypatch.setattr(Outbound, "get", get)
    return documents


@pytest.fixture
def house(open_house: Callable[..., House]) -> House:
    """A house where anybody may register programs."""
    house = open_house(registration="open")
    give_rsa_key(house, PLAIN)
    house.sign_up()
    return house


def answer(house: House, **metadata: Any) -> TestResponse:
    """``POST /oauth2/register``."""
    usual = {"redirect_uris": [CALLBACK], "grant_types": ["authorization_code", "refresh_token"]}
    return house.client.post("/oauth2/register", json={**usual, **metadata})


def registered(house: House, person: Visitor, **metadata: Any) -> Program:
    """Register a program, as the suite does, and check the answer."""
    response = answer(house, **metadata)
    assert response.status_code == 201, response.text
    assert response.headers["Content-Type"] == "application/json"
    told = response.get_json()
    assert told["client_id"]
    assert metadata.items() <= told.items()
    secret = told.get("client_secret")
    assert secret is None or told["client_secret_expires_at"] == 0
    client = house.gatepass.clients.get(told["client_id"])
    return Pkce(house, person, client, None if secret is None else Secret(secret))


class Pkce(Program):
    """Who registers by themselves must send a challenge: only the operator can let a program do without."""

    VERIFIER = "dBjftJeZ4CVP-mBtPT5vbHrhaWGnw9rRqfLmS_W_0vQ"

    def request(self, **changed: str | None) -> dict[str, str]:
        """See ``Program.request``."""
        usual = {
            "code_challenge": "dirn7MlIZPuYUatYIoNs9zkEpbM8-RrbIhsRDr2qAdI",
            "code_challenge_method": "S256",
        }
        return super().request(**{**usual, **changed})

    def redeem(self, answer: Answer, *, verifier: str | None = VERIFIER, **asked: str | None) -> Tokens:
        """See ``Program.redeem``."""
        return super().redeem(answer, verifier=verifier, **asked)


@pytest.mark.oidf("oidcc-idtoken-rs256")
def test_an_id_token_is_signed_with_rs256_for_who_asks(house: House, person: Visitor) -> None:
    header = registered(house, person, id_token_signed_response_alg="RS256").sign_in().header
    assert header["alg"] == "RS256"
    assert header["kid"]
    refused = answer(house, id_token_signed_response_alg="none")
    assert (refused.status_code, refused.get_json()["error"]) == (400, "invalid_client_metadata")


@pytest.mark.oidf("oidcc-ensure-redirect-uri-in-authorization-request")
def test_a_request_must_name_its_redirect_uri(house: House, person: Visitor) -> None:
    program = registered(house, person, redirect_uris=[CALLBACK, f"{CALLBACK}/second"])
    error_page(program.send(redirect_uri=None))


@pytest.mark.oidf("oidcc-redirect-uri-query-OK")
def test_a_redirect_uri_may_have_a_query(house: House, person: Visitor) -> None:
    registered(house, person, redirect_uris=[f"{CALLBACK}?dummy1=lorem&dummy2=ipsum"]).sign_in()


@pytest.mark.parametrize(
    ("uri", "asked"),
    [
        pytest.param(
            f"{CALLBACK}?dummy1=lorem&dummy2=ipsum",
            f"{CALLBACK}?dummy1=lorem&dummy2=dolor",
            marks=pytest.mark.oidf("oidcc-redirect-uri-query-mismatch"),
            id="mismatch",
        ),
        pytest.param(
            CALLBACK,
            f"{CALLBACK}?dummy1=lorem",
            marks=pytest.mark.oidf("oidcc-redirect-uri-query-added"),
            id="added",
        ),
    ],
)
def test_the_query_of_a_redirect_uri_is_compared(house: House, person: Visitor, uri: str, asked: str) -> None:
    error_page(registered(house, person, redirect_uris=[uri]).send(redirect_uri=asked))


@pytest.mark.oidf("oidcc-redirect-uri-regfrag")
def test_a_redirect_uri_has_no_fragment(house: House) -> None:
    refused = answer(house, redirect_uris=[f"{CALLBACK}#foobar"])
    assert (refused.status_code, refused.headers["Content-Type"]) == (400, "application/json")
    assert refused.get_json()["error"] in {"invalid_redirect_uri", "invalid_client_metadata"}


@pytest.mark.oidf("oidcc-discovery-endpoint-verification")
def test_the_metadata_tell_where_programs_register(house: House) -> None:
    told = house.get("/.well-known/openid-configuration").get_json()
    assert told["registration_endpoint"].startswith("https://")
    assert {"authorization_code", "refresh_token"} <= set(told["grant_types_supported"])


@pytest.mark.oidf("oidcc-server")
def test_who_registered_signs_people_in(house: House, person: Visitor) -> None:
    program = registered(house, person)
    tokens = program.sign_in()
    assert program.userinfo(tokens).keys() == {"sub"}


@pytest.mark.parametrize(
    ("member", "uri"),
    [
        pytest.param(
            "logo_uri", f"{SITE}/logo.png", marks=pytest.mark.oidf("oidcc-registration-logo-uri"), id="logo"
        ),
        pytest.param(
            "policy_uri",
            f"{SITE}/policy",
            marks=pytest.mark.oidf("oidcc-registration-policy-uri"),
            id="policy",
        ),
        pytest.param(
            "tos_uri", f"{SITE}/tos", marks=pytest.mark.oidf("oidcc-registration-tos-uri"), id="tos"
        ),
    ],
)
def test_people_see_what_the_program_shows_of_itself(
    house: House, person: Visitor, member: str, uri: str
) -> None:
    program = registered(house, person, **{member: uri})
    program.sign_in()
    assert any(uri in page for page in program.pages)


@pytest.mark.oidf("oidcc-registration-jwks-uri")
def test_a_program_may_name_where_its_keys_are(
    house: House, person: Visitor, site: dict[str, object]
) -> None:
    site[f"{SITE}/jwks"] = {"keys": [Key.generate("ES256").public_jwk("ES256")]}
    registered(house, person, jwks_uri=f"{SITE}/jwks").sign_in()


@pytest.mark.oidf("oidcc-registration-sector-uri")
def test_a_sector_document_names_the_redirect_uri(
    house: House, person: Visitor, site: dict[str, object]
) -> None:
    site[f"{SITE}/sector"] = [CALLBACK]
    registered(house, person, sector_identifier_uri=f"{SITE}/sector").sign_in()


@pytest.mark.oidf("oidcc-registration-sector-bad")
def test_a_sector_document_that_does_not_name_it_is_refused(house: House, site: dict[str, object]) -> None:
    site[f"{SITE}/sector"] = [f"{CALLBACK}/other"]
    refused = answer(house, sector_identifier_uri=f"{SITE}/sector")
    assert (refused.status_code, refused.headers["Content-Type"]) == (400, "application/json")
    assert refused.get_json()["error"] == "invalid_client_metadata"


@pytest.mark.oidf("oidcc-server-rotate-keys")
def test_the_set_has_a_new_key_after_a_rotation_and_still_the_old_one(
    house: House, person: Visitor, clock: FakeClock
) -> None:
    program = registered(house, person)
    first = program.sign_in()
    before = kids(house)
    assert house.gatepass.keeper is not None
    house.gatepass.keeper.rotate()
    assert kids(house) > before
    clock.advance(house.gatepass.settings.key_publish_lead)
    second = program.sign_in(prompt="login")
    assert second.header["kid"] not in before
    assert first.header["kid"] in kids(house)


@pytest.mark.oidf("oidcc-refresh-token")
def test_who_registered_for_refresh_tokens_gets_them(house: House, person: Visitor) -> None:
    program = registered(house, person)
    refresh_token = program.sign_in(scope="openid offline_access").body["refresh_token"]
    program.check_tokens(program.token(grant_type="refresh_token", refresh_token=refresh_token), None)


def kids(house: House) -> set[str]:
    return {key["kid"] for key in house.get("/.well-known/jwks.json").get_json()["keys"]}
