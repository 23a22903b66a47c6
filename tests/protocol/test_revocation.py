"""``POST /oauth2/revoke`` (RFC 7009): a program gives back what it was given."""

import pytest
from msgspec import structs

from gatepass_server.domain.audit import EventKind
from gatepass_server.domain.clients import ClientMetadata
from tests.support.house import House
from tests.support.relying_party import USUAL, RelyingParty

SERVICE = ClientMetadata(grant_types=("client_credentials",), scope="orders:read")


def revoke(app: RelyingParty, token: str, **form: str) -> int:
    return app.post("/oauth2/revoke", token=token, **form).status_code


def kinds(house: House) -> list[str]:
    return [event.kind for event in house.gatepass.audit_trail.newest(limit=99)]


@pytest.mark.compliance("RFC 7009", "2.1", "a refresh token takes the access tokens of its grant with it")
def test_a_refresh_token_ends_the_grant(house: House, app: RelyingParty) -> None:
    tokens = app.tokens()
    assert revoke(app, tokens["refresh_token"], token_type_hint="refresh_token") == 200
    assert house.get("/oauth2/userinfo", tokens["access_token"]).status_code == 401
    refused = app.token(grant_type="refresh_token", refresh_token=tokens["refresh_token"])
    assert refused.get_json()["error"] == "invalid_grant"
    assert EventKind.SESSION_ENDED in kinds(house)


def test_a_refresh_token_that_was_spent_ends_the_grant_too(house: House, app: RelyingParty) -> None:
    tokens = app.tokens()
    later = app.token(grant_type="refresh_token", refresh_token=tokens["refresh_token"]).get_json()
    assert revoke(app, tokens["refresh_token"]) == 200
    assert house.get("/oauth2/userinfo", later["access_token"]).status_code == 401


@pytest.mark.compliance("RFC 7009", "2.1", "an access token takes the refresh token of its grant with it")
@pytest.mark.parametrize("form", ["jwt", "opaque"])
def test_an_access_token_ends_the_grant(house: House, form: str) -> None:
    app = RelyingParty.of(house, structs.replace(USUAL, access_token_format=form))
    tokens = app.tokens()
    assert revoke(app, tokens["access_token"], token_type_hint="refresh_token") == 200
    assert house.get("/oauth2/userinfo", tokens["access_token"]).status_code == 401
    refused = app.token(grant_type="refresh_token", refresh_token=tokens["refresh_token"])
    assert refused.get_json()["error"] == "invalid_grant"


def test_the_person_stays_signed_in(house: House, app: RelyingParty) -> None:
    app.post("/oauth2/revoke", token=app.tokens()["refresh_token"])
    assert house.browser().current is not None


@pytest.mark.compliance("RFC 7009", "2.1", "a public client is identified by its client_id")
def test_a_public_client_revokes_its_own(house: House) -> None:
    app = RelyingParty.of(house, structs.replace(USUAL, token_endpoint_auth_method="none"))
    tokens = app.tokens()
    assert revoke(app, tokens["refresh_token"]) == 200
    assert house.get("/oauth2/userinfo", tokens["access_token"]).status_code == 401


@pytest.mark.compliance("RFC 7009", "2.1", "a token that was given to another client is refused")
@pytest.mark.parametrize("which", ["refresh_token", "access_token"])
def test_nobody_revokes_what_another_was_given(house: House, app: RelyingParty, which: str) -> None:
    tokens = app.tokens()
    thief = RelyingParty.of(house, name="Thief")
    answer = thief.post("/oauth2/revoke", token=tokens[which])
    assert (answer.status_code, answer.get_json()["error"]) == (400, "invalid_grant")
    assert house.get("/oauth2/userinfo", tokens["access_token"]).status_code == 200


def test_no_program_revokes_a_log_in(house: House, app: RelyingParty) -> None:
    tokens = house.log_in()
    for token in (tokens["token"], tokens["refresh_token"]):
        assert revoke(app, token) == 400
    assert house.get("/me", tokens["token"]).status_code == 200


@pytest.mark.compliance("RFC 7009", "2.2", "a token that is unknown is answered 200")
@pytest.mark.parametrize("token", ["x", "a.b.c", "gp_rt_a.b", "gp_at_x", "gp_ct_x", "\0", "é"])
def test_what_is_no_token_is_as_good_as_revoked(app: RelyingParty, token: str) -> None:
    assert revoke(app, token) == 200


@pytest.mark.compliance("RFC 7009", "2.1", "the client proves who it is, and sends the token")
def test_a_request_without_proof_or_token_is_refused(house: House, app: RelyingParty) -> None:
    stranger = house.client.post("/oauth2/revoke", data={"token": "x", "client_id": app.id})
    assert (stranger.status_code, stranger.get_json()["error"]) == (401, "invalid_client")
    empty = app.post("/oauth2/revoke")
    assert (empty.status_code, empty.get_json()["error"]) == (400, "invalid_request")


def test_a_program_gives_back_its_own_tokens_and_gets_others(house: House) -> None:
    service = RelyingParty.of(house, SERVICE)
    first, second = (service.token(grant_type="client_credentials").get_json() for _ in range(2))
    assert revoke(service, first["access_token"]) == 200
    assert not service.introspect(first["access_token"])["active"]
    assert not service.introspect(second["access_token"])["active"], "they share a place in the feed"
    third = service.token(grant_type="client_credentials").get_json()
    assert service.introspect(third["access_token"])["active"]
    assert EventKind.CLIENT_TOKENS_REVOKED in kinds(house)


def test_an_opaque_token_of_a_program_goes_alone(house: House) -> None:
    service = RelyingParty.of(house, structs.replace(SERVICE, access_token_format="opaque"))
    first, second = (service.token(grant_type="client_credentials").get_json() for _ in range(2))
    assert revoke(service, first["access_token"]) == 200
    assert not service.introspect(first["access_token"])["active"]
    assert service.introspect(second["access_token"])["active"]


@pytest.mark.compliance("RFC 8414", "2", "the metadata name the revocation endpoint")
def test_the_metadata_name_the_endpoint(house: House) -> None:
    found = house.get("/.well-known/oauth-authorization-server").get_json()
    assert found["revocation_endpoint"].endswith("/oauth2/revoke")
    assert "none" in found["revocation_endpoint_auth_methods_supported"]
