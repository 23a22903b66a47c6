"""Dynamic OP: programs that register themselves (OpenID Connect Registration 1.0)."""

import pytest

from gatepass import Key
from tests.conformance.dynamic import SITE, answer, registered
from tests.conformance.suite import CALLBACK, error_page
from tests.support.clock import FakeClock
from tests.support.house import House
from tests.support.visitor import Visitor


@pytest.fixture
def house(open_door: House) -> House:
    """A house where anybody may register programs."""
    return open_door


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
