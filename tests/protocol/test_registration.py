"""Programs register themselves, as far as the operator lets them."""

from collections.abc import Callable
from typing import Any

import pytest
from msgspec import structs
from werkzeug.test import TestResponse

from gatepass import Key
from gatepass_server.domain.secret import Secret
from tests.support.clock import FakeClock
from tests.support.house import ISSUER, House
from tests.support.relying_party import CALLBACK, RelyingParty, sign_in

WIKI: dict[str, Any] = {
    "client_name": "Wiki",
    "redirect_uris": [CALLBACK],
    "grant_types": ["authorization_code", "refresh_token"],
}


@pytest.fixture
def open_door(open_house: Callable[..., House]) -> House:
    """A house where anybody may register programs."""
    return open_house(registration="open", registration_scope="openid email notes")


@pytest.fixture
def house(open_house: Callable[..., House]) -> House:
    """A house that asks for an invitation."""
    return open_house()


def register(house: House, token: str | None = None, **metadata: Any) -> TestResponse:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    return house.client.post("/oauth2/register", json={**WIKI, **metadata}, headers=headers)


def registered(house: House, **metadata: Any) -> dict[str, Any]:
    answer = register(house, **metadata)
    assert answer.status_code == 201, answer.text
    return dict(answer.get_json())


def own(house: House, told: dict[str, Any], method: str = "GET", **request: Any) -> TestResponse:
    """A program looks after its registration."""
    address = told["registration_client_uri"].removeprefix(ISSUER)
    token = request.pop("token", told["registration_access_token"])
    headers = {"Authorization": f"Bearer {token}"}
    return house.client.open(address, method=method, headers=headers, **request)


@pytest.mark.compliance("RFC 7591", "3.2.1", "the answer tells all that was registered, and the secret")
def test_a_program_registers_itself_and_signs_people_in(open_door: House) -> None:
    told = registered(open_door, **{"client_name#zh": "维基", "unknown": {"a": 1}, "tos_uri": None})
    assert told["client_secret_expires_at"] == 0
    assert told["client_name"] == "Wiki"
    assert told["client_name#zh"] == "维基"
    assert told["response_types"] == ["code"]
    assert told["token_endpoint_auth_method"] == "client_secret_basic"
    assert told["registration_client_uri"] == f"{ISSUER}/oauth2/register/{told['client_id']}"
    assert "unknown" not in told
    client = open_door.gatepass.clients.get(told["client_id"])
    sign_in(open_door)
    wiki = RelyingParty(open_door, client, Secret(told["client_secret"]))
    assert wiki.tokens(scope="openid")["token_type"] == "Bearer"


def test_the_metadata_tell_where_and_only_if_somebody_may(open_house: Callable[..., House]) -> None:
    where = "/.well-known/openid-configuration"
    assert open_house().get(where).get_json()["registration_endpoint"] == f"{ISSUER}/oauth2/register"
    shut = open_house(registration="off")
    assert "registration_endpoint" not in shut.get(where).get_json()
    assert register(shut).status_code == 404


@pytest.mark.compliance("RFC 7591", "3", "an initial access token guards the endpoint")
def test_without_an_invitation_nobody_registers(house: House) -> None:
    answer = register(house)
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == 'Bearer realm="registration"'
    answer = register(house, "gp_ia_wrong")
    assert answer.status_code == 401
    assert 'error="invalid_token"' in answer.headers["WWW-Authenticate"]
    assert house.gatepass.clients.list() == []


def test_an_invitation_is_good_for_as_many_programs_as_it_says(house: House, clock: FakeClock) -> None:
    _, text = house.gatepass.invitations.create("Blue", uses=2, days=1)
    assert register(house, text.reveal(), redirect_uris=["javascript:x"]).status_code == 400
    assert register(house, text.reveal()).status_code == 201
    assert register(house, text.reveal()).status_code == 201
    assert register(house, text.reveal()).status_code == 401
    _, late = house.gatepass.invitations.create("Red", uses=2, days=1)
    clock.advance(86_400)
    assert register(house, late.reveal()).status_code == 401
    assert house.gatepass.invitations.list() == []


def test_a_bad_invitation_is_refused_where_none_is_needed(open_door: House) -> None:
    assert register(open_door, "gp_ia_wrong").status_code == 401


def test_an_address_may_register_so_many_programs_in_an_hour(
    open_house: Callable[..., House], clock: FakeClock
) -> None:
    house = open_house(registration="open", registration_limit=3)
    answers = [register(house).status_code for _ in range(5)]
    assert answers == [201, 201, 201, 429, 429]
    clock.advance(3600)
    assert register(house).status_code == 201


@pytest.mark.compliance("RFC 7591", "3.2.2", "invalid_redirect_uri")
@pytest.mark.advisory("axiomhq/mcp#71 (javascript: and data: as redirect URIs)")
@pytest.mark.parametrize(
    "uri",
    [
        "javascript:alert(1)",
        "JavaScript:alert(1)",
        "data:text/html,<script>",
        "vbscript:x",
        "file:///etc/passwd",
        "about:blank",
        "blob:https://app.example.com/x",
        "http://app.example.com/callback",
        "http://localhost.evil.example/",
        "http://127.0.0.1.evil.example/",
        "http://localhost@evil.example/",
        "http://localhost:80@evil.example/",
        "http://[::ffff:7f00:1]@evil.example/",
        "https://user@app.example.com/",
        "https://app.example.com/#fragment",
        "https://app.example.com#",
        "https://*.example.com/",
        "https://app.example.com/../x",
        "https://app.example.com/%2e%2e/x",
        "https://app.example.com\\@evil.example/",
        "https://app.example.com/ x",
        "https://app.example.com/\r\nx",
        "//app.example.com/",
        "/callback",
        "https://",
        "",
        "urn:ietf:wg:oauth:2.0:oob",
        "x:/",
    ],
)
def test_a_redirect_uri_that_could_be_bent_is_not_registered(open_door: House, uri: str) -> None:
    answer = register(open_door, redirect_uris=[CALLBACK, uri])
    assert (answer.status_code, answer.get_json()["error"]) == (400, "invalid_redirect_uri")
    answer = register(open_door, post_logout_redirect_uris=[uri])
    assert (answer.status_code, answer.get_json()["error"]) == (400, "invalid_client_metadata")
    assert open_door.gatepass.clients.list() == []


@pytest.mark.compliance("RFC 8252", "7", "native programs: loopback at any port, private-use schemes")
@pytest.mark.parametrize(
    "uri", ["http://127.0.0.1/cb", "http://[::1]:8123/cb", "http://localhost:33418/", "com.example.app:/cb"]
)
def test_a_program_on_a_device_registers_loopback_or_its_own_scheme(open_door: House, uri: str) -> None:
    told = registered(
        open_door, redirect_uris=[uri], token_endpoint_auth_method="none", application_type="native"
    )
    assert told["redirect_uris"] == [uri]
    assert "client_secret" not in told


@pytest.mark.compliance("RFC 7591", "5", "scopes beyond what a stranger may have are not registered")
def test_scopes_and_grants_are_cut_to_what_a_stranger_may_have(open_door: House) -> None:
    told = registered(
        open_door,
        scope="openid admin account notes offline_access",
        grant_types=["authorization_code", "client_credentials", "implicit", "refresh_token"],
    )
    assert told["scope"] == "openid notes"
    assert told["grant_types"] == ["authorization_code", "refresh_token"]
    assert registered(open_door)["scope"] == "openid email notes"
    for metadata in (
        {"scope": "admin"},
        {"grant_types": ["client_credentials"]},
        {"grant_types": ["password"]},
    ):
        assert register(open_door, **metadata).get_json()["error"] == "invalid_client_metadata"


def test_what_the_operator_alone_decides_is_not_a_strangers_to_say(open_door: House) -> None:
    wished = {
        "trusted": True,
        "require_pkce": False,
        "resources": ["https://api.example.com"],
        "id_token_claims": True,
        "access_token_format": "opaque",
        "origins": ["https://evil.example"],
        "accent_color": "#ff0000",
        "access_digest": "x",
        "client_id": "chosen",
        "client_secret": "chosen",
        "backchannel_logout_session_required": True,
    }
    told = registered(open_door, **wished)
    metadata = open_door.gatepass.clients.get(told["client_id"]).metadata
    assert told["client_id"] != "chosen"
    assert told["client_secret"] != "chosen"
    assert (metadata.trusted, metadata.require_pkce, metadata.resources) == (False, True, ())
    assert (metadata.id_token_claims, metadata.access_token_format, metadata.origins) == (False, "jwt", ())
    assert metadata.backchannel_logout_session_required
    assert not wished.keys() & told.keys() - {
        "client_id",
        "client_secret",
        "backchannel_logout_session_required",
    }


def test_strangers_may_name_the_resources_that_the_operator_opened(open_house: Callable[..., House]) -> None:
    house = open_house(registration="open", registration_resources="https://mcp.example.com/mcp")
    told = registered(house, token_endpoint_auth_method="none")
    metadata = house.gatepass.clients.get(told["client_id"]).metadata
    assert metadata.resources == ("https://mcp.example.com/mcp",)
    assert metadata.origins == ("https://app.example.com",)


def keys(**changes: Any) -> dict[str, Any]:
    return {"keys": [{**Key.generate("ES256").public_jwk(), **changes}]}


@pytest.mark.compliance("RFC 7591", "2", "jwks and jwks_uri exclude one another")
@pytest.mark.compliance("RFC 7591", "3.2.2", "invalid_client_metadata")
@pytest.mark.parametrize(
    "metadata",
    [
        {"jwks": keys(), "jwks_uri": "https://app.example.com/jwks"},
        {"jwks": {"keys": []}},
        {"jwks": {}},
        {"jwks": "x"},
        {"jwks": keys(d="AQAB")},
        {"jwks": {"keys": [{"kty": "oct", "k": "c2VjcmV0"}]}},
        {"jwks": keys(x5c=["a" * 20_000])},
        {"jwks_uri": "http://app.example.com/jwks"},
        {"jwks_uri": "https://u:p@app.example.com/jwks"},
        {"jwks_uri": "file:///etc/passwd"},
        {"jwks_uri": "https://app.example.com/" + "a" * 1990},
        {"backchannel_logout_uri": "http://169.254.169.254/"},
        {"backchannel_logout_uri": "http://localhost/"},
        {"frontchannel_logout_uri": "https://elsewhere.example.com/bye"},
        {"sector_identifier_uri": "http://app.example.com/"},
        {"initiate_login_uri": "http://app.example.com/"},
        {"logo_uri": "javascript:alert(1)"},
        {"client_uri": "data:text/html,x"},
        {"policy_uri": "http://app.example.com"},
        {"tos_uri": "//evil"},
        {"token_endpoint_auth_method": "client_secret_jwt"},
        {"token_endpoint_auth_method": 7},
        {"id_token_signed_response_alg": "none"},
        {"id_token_signed_response_alg": "HS256"},
        {"id_token_signed_response_alg": "PS512"},
        {"userinfo_signed_response_alg": "none"},
        {"request_object_signing_alg": "none"},
        {"request_object_signing_alg": "HS256"},
        {"subject_type": "pairwise"},
        {"response_types": ["token"]},
        {"response_types": "code"},
        {"response_types": []},
        {"redirect_uris": "https://app.example.com"},
        {"redirect_uris": [1]},
        {"redirect_uris": [f"https://app.example.com/{number}" for number in range(21)]},
        {"client_name": "a" * 201},
        {"client_name": "a\u202eb"},
        {"client_name": 5},
        {"client_name#zh": "\u0000"},
        {"contacts": ["a" * 3000]},
        {"default_max_age": -1},
        {"default_max_age": "x"},
        {"scope": 'a"b'},
        {"software_version": "a\0b"},
        {"application_type": "robot"},
    ],
    ids="+".join,
)
def test_metadata_that_make_no_sense_are_refused_with_a_reason(
    open_door: House, metadata: dict[str, Any]
) -> None:
    answer = register(open_door, **metadata)
    assert answer.status_code == 400, answer.text
    assert answer.get_json()["error"] in {"invalid_client_metadata", "invalid_redirect_uri"}
    assert answer.get_json()["error_description"]
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.compliance("RFC 7591", "2.3", "software statements that are not trusted are refused")
def test_a_software_statement_is_refused_clearly(open_door: House) -> None:
    answer = register(open_door, software_statement="a.b.c")
    assert (answer.status_code, answer.get_json()["error"]) == (400, "unapproved_software_statement")


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400),
        (b"[]", 400),
        (b"null", 400),
        (b"{", 400),
        (b'{"redirect_uris":["https://a.example/"],"redirect_uris":["https://evil.example/"]}', 400),
        (b'{"a":' + b"[" * 30_000 + b"]" * 30_000 + b"}", 400),
        (b'{"client_name":"\\ud800","redirect_uris":["https://a.example/"]}', 400),
        (b"\xff", 400),
        (b'{"a":"' + b"a" * 70_000 + b'"}', 413),
    ],
    ids=range(9),
)
def test_a_body_that_is_no_small_json_object_is_refused(open_door: House, body: bytes, status: int) -> None:
    answer = open_door.client.post("/oauth2/register", data=body, content_type="application/json")
    assert answer.status_code == status
    answer = open_door.client.post("/oauth2/register", data={"redirect_uris": CALLBACK})
    assert answer.status_code == 415


@pytest.mark.compliance("RFC 7592", "2.1", "GET with the registration access token")
def test_a_program_reads_its_registration_without_its_secret(open_door: House) -> None:
    told = registered(open_door, initiate_login_uri="https://app.example.com/start")
    answer = own(open_door, told)
    assert answer.status_code == 200
    secretless = {name: value for name, value in told.items() if not name.startswith("client_secret")}
    assert answer.get_json() == secretless
    assert answer.get_json()["initiate_login_uri"] == "https://app.example.com/start"


@pytest.mark.compliance("RFC 7592", "3", "another token, or none, opens nothing")
@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
def test_nobody_else_looks_after_a_registration(open_door: House, method: str) -> None:
    told, other = registered(open_door), registered(open_door)
    by_hand, _ = open_door.gatepass.clients.create("By hand")
    for token in (other["registration_access_token"], "x", told["client_secret"], ""):
        answer = own(open_door, told, method, token=token, json={})
        assert answer.status_code == 401
        assert answer.get_json()["error"] == "invalid_token"
    for client_id in (by_hand.id, "unknown", "a%00b"):
        nobody = {**told, "registration_client_uri": f"{ISSUER}/oauth2/register/{client_id}"}
        assert own(open_door, nobody, method, json={}).status_code == 401
    assert own(open_door, told).status_code == 200


@pytest.mark.compliance("RFC 7592", "2.2", "PUT replaces all that the program may say")
def test_a_program_changes_its_registration(open_door: House) -> None:
    told = registered(open_door, tos_uri="https://app.example.com/tos", scope="openid notes")
    new = {**WIKI, "client_id": told["client_id"], "client_name": "Wiki 2", "scope": "openid admin"}
    answer = own(open_door, told, "PUT", json={**new, "client_secret": told["client_secret"]})
    assert answer.status_code == 200, answer.text
    assert (answer.get_json()["client_name"], answer.get_json()["scope"]) == ("Wiki 2", "openid")
    assert "tos_uri" not in answer.get_json()
    for wrong in (
        {**new, "client_id": "another"},
        {name: value for name, value in new.items() if name != "client_id"},
        {**new, "client_secret": "chosen"},
        {**new, "redirect_uris": ["javascript:x"]},
    ):
        assert own(open_door, told, "PUT", json=wrong).status_code == 400
    assert own(open_door, told).get_json()["client_name"] == "Wiki 2"


def test_what_the_operator_gave_a_program_outlives_its_own_changes(open_door: House) -> None:
    told = registered(open_door)
    clients = open_door.gatepass.clients
    before = clients.get(told["client_id"]).metadata
    clients.change(told["client_id"], metadata=structs.replace(before, trusted=True, scope="openid reports"))
    own(
        open_door, told, "PUT", json={**WIKI, "client_id": told["client_id"], "scope": "openid reports admin"}
    )
    after = clients.get(told["client_id"]).metadata
    assert (after.trusted, after.scope) == (True, "openid reports")


@pytest.mark.compliance("RFC 7592", "2.3", "DELETE ends it, 204")
def test_a_program_ends_its_registration(open_door: House) -> None:
    told = registered(open_door)
    assert own(open_door, told, "DELETE").status_code == 204
    assert own(open_door, told).status_code == 401
    assert open_door.gatepass.clients.list() == []


def test_a_program_without_a_name_has_one_that_people_can_read(open_door: House) -> None:
    answer = register(open_door, client_name=None).get_json()
    assert answer["client_name"] == "app.example.com"


def test_no_secret_of_a_registration_reaches_the_log(
    open_door: House, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level("DEBUG"):
        told = registered(open_door)
        own(open_door, told)
        own(open_door, told, token="gp_ra_guess")
    for secret in (told["client_secret"], told["registration_access_token"], "gp_ra_guess"):
        assert secret not in caplog.text


def test_a_client_of_an_mcp_server_may_ask_for_more_than_it_registered_with(
    open_house: Callable[..., House],
) -> None:
    house = open_house(
        mcp_servers="https://mcp.example.com/mcp", registration_scope="orders:read orders:write"
    )
    assert registered(house, scope="orders:read other")["scope"] == "orders:read orders:write"
