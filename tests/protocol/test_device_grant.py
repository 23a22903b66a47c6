"""Devices without a keyboard (RFC 8628), and what keeps codes from being phished or guessed (RFC 10027)."""

from typing import Any

import pytest
from msgspec import structs

from gatepass_server.crypto.user_codes import ALPHABET, read_user_code
from gatepass_server.domain.audit import EventKind
from gatepass_server.domain.clients import ClientMetadata
from gatepass_server.domain.errors import NotFound, TooManyAttempts
from gatepass_server.protocol.device_authorization import MOST_BY_PERSON, DeviceAuthorization
from gatepass_server.store.ports import LiveSession
from tests.support.clock import FakeClock
from tests.support.house import ISSUER, House
from tests.support.relying_party import API, RelyingParty
from tests.support.television import GRANT, TELEVISION, Television


@pytest.fixture
def television(house: House) -> Television:
    return Television.of(house)


@pytest.fixture
def person(house: House) -> LiveSession:
    current = house.browser().current
    assert current is not None
    return current


@pytest.fixture
def devices(house: House) -> DeviceAuthorization:
    return house.provider.devices


@pytest.mark.compliance(
    "RFC 8628", "3.2", "a device gets its code, and one for a person, and where to type it"
)
def test_a_device_gets_two_codes(television: Television) -> None:
    codes = television.begin()
    assert codes["verification_uri"] == f"{ISSUER}/device"
    assert codes["verification_uri_complete"] == f"{ISSUER}/device?user_code={codes['user_code']}"
    assert (codes["expires_in"], codes["interval"]) == (600, 5)


@pytest.mark.compliance("RFC 8628", "6.1", "a user code has no vowels and no digits, and is read in any case")
def test_a_user_code_is_easily_typed(television: Television) -> None:
    code = television.begin()["user_code"]
    left, right = code.split("-")
    assert len(left) == len(right) == 4
    assert set(left + right) <= set(ALPHABET)
    assert len(ALPHABET) ** 8 > 2**34
    for typed in (code.lower(), left + right, f" {left} {right} ", f"{left}\u2013{right}"):
        read = read_user_code(typed)
        assert read is not None
        assert read.reveal() == code
    for typed in ("", "BCDF-GHJ", "AAAA-BBBB", "1234-5678", code + "B", "\0" * 8):
        assert read_user_code(typed) is None


@pytest.mark.compliance("RFC 8628", "3.5", "until a person decides, the answer is authorization_pending")
@pytest.mark.compliance("RFC 8628", "3.4", "once they let it in, the device gets its tokens")
def test_a_person_lets_a_device_in(
    house: House, television: Television, devices: DeviceAuthorization, person: LiveSession
) -> None:
    codes = television.begin(scope="openid profile", resource=API)
    assert television.ask(codes)["error"] == "authorization_pending"

    waiting = devices.find_by_user_code(codes["user_code"].lower(), person, address="203.0.113.9")
    assert (waiting.client.id, waiting.user_code) == (television.id, codes["user_code"])
    assert (waiting.scopes, waiting.audience, waiting.is_offline) == (("openid", "profile"), (API,), False)
    assert (waiting.address, waiting.started_at) == ("127.0.0.1", house.gatepass.clock())
    devices.approve(codes["user_code"], person, address="203.0.113.9")

    tokens = television.ask(codes)
    assert tokens["token_type"] == "Bearer"
    assert {"id_token", "refresh_token"} <= tokens.keys()
    told = television_told(house, tokens["access_token"])
    assert (told["sub"], told["aud"], told["scope"]) == (person.user.id, API, "openid profile")
    refreshed = television.token(grant_type="refresh_token", refresh_token=tokens["refresh_token"])
    assert refreshed.status_code == 200
    decided = house.gatepass.audit_trail.newest(limit=1, kind=EventKind.DEVICE_DECIDED)[0]
    assert '"answer":"allowed"' in decided.details.replace(" ", "")
    assert codes["user_code"] not in decided.details


def television_told(house: House, token: str) -> dict[str, Any]:
    return RelyingParty.of(house, ClientMetadata(resources=(API,)), name="API").introspect(token)


def test_signing_out_puts_the_device_out(
    house: House, television: Television, devices: DeviceAuthorization, person: LiveSession
) -> None:
    codes = television.begin(scope="openid profile")
    devices.approve(codes["user_code"], person)
    token = television.ask(codes)["access_token"]
    assert house.get("/oauth2/userinfo", token).status_code == 200
    house.gatepass.log_out.current(person)
    assert house.get("/oauth2/userinfo", token).status_code == 401


def test_who_signs_out_before_the_device_asks_lets_nobody_in(
    house: House, television: Television, devices: DeviceAuthorization, person: LiveSession
) -> None:
    codes = television.begin()
    devices.approve(codes["user_code"], person)
    house.gatepass.log_out.current(person)
    assert television.ask(codes)["error"] == "invalid_grant"


@pytest.mark.compliance("RFC 8628", "3.5", "a person's refusal is told as access_denied")
def test_a_person_refuses_a_device(
    television: Television, devices: DeviceAuthorization, person: LiveSession
) -> None:
    codes = television.begin()
    devices.deny(codes["user_code"], person)
    assert television.ask(codes)["error"] == "access_denied"
    with pytest.raises(NotFound):
        devices.approve(codes["user_code"], person)


@pytest.mark.compliance("RFC 8628", "3.5", "who asks too soon is told slow_down, and must wait for longer")
def test_a_device_that_asks_too_soon_is_slowed_down(television: Television, clock: FakeClock) -> None:
    codes = television.begin()
    told = []
    for seconds in (0, 5, 1, 5, 10):
        clock.advance(seconds)
        told.append(television.ask(codes)["error"])
    assert told == [
        "authorization_pending",
        "authorization_pending",
        "slow_down",
        "slow_down",
        "slow_down",
    ], "five seconds are too few after the first, and ten after the second"
    clock.advance(25)
    assert television.ask(codes)["error"] == "authorization_pending"


@pytest.mark.compliance("RFC 8628", "3.5", "a code that was not used in time is told as expired_token")
def test_a_code_lives_for_minutes(
    television: Television, devices: DeviceAuthorization, person: LiveSession, clock: FakeClock
) -> None:
    codes = television.begin()
    clock.advance(600)
    assert television.ask(codes)["error"] == "expired_token"
    with pytest.raises(NotFound):
        devices.find_by_user_code(codes["user_code"], person)
    with pytest.raises(NotFound):
        devices.approve(codes["user_code"], person)


@pytest.mark.compliance("RFC 10027", "Limited Use Codes", "a code is good once")
def test_a_code_is_good_once(
    house: House, television: Television, devices: DeviceAuthorization, person: LiveSession
) -> None:
    codes = television.begin()
    devices.approve(codes["user_code"], person)
    assert "access_token" in television.ask(codes)
    assert television.ask(codes)["error"] == "invalid_grant"
    with pytest.raises(NotFound):
        devices.find_by_user_code(codes["user_code"], person)
    assert house.gatepass.audit_trail.newest(limit=1, kind=EventKind.CODE_REPLAYED)


def test_a_device_code_is_its_programs_alone(
    house: House, television: Television, devices: DeviceAuthorization, person: LiveSession
) -> None:
    codes = television.begin()
    devices.approve(codes["user_code"], person)
    thief = Television.of(house, name="Thief")
    assert thief.ask(codes)["error"] == "invalid_grant"
    assert "access_token" in television.ask(codes)


@pytest.mark.parametrize("code", ["", "x", "gp_dc_x", "\0"])
def test_what_is_no_device_code_is_refused(television: Television, code: str) -> None:
    assert television.ask({"device_code": code})["error"] in {"invalid_grant", "invalid_request"}


@pytest.mark.compliance("RFC 8628", "5.1", "guesses of user codes are counted by person")
def test_guesses_are_limited(
    television: Television, devices: DeviceAuthorization, person: LiveSession, clock: FakeClock
) -> None:
    codes = television.begin()
    for _ in range(MOST_BY_PERSON):
        with pytest.raises(NotFound):
            devices.find_by_user_code("BBBB-BBBB", person)
    for act in (devices.find_by_user_code, devices.approve, devices.deny):
        with pytest.raises(TooManyAttempts):
            act(codes["user_code"], person)
    clock.advance(600)
    assert devices.find_by_user_code(television.begin()["user_code"], person).client == television.client


def test_one_address_begins_no_more_than_so_many(television: Television) -> None:
    answers = [television.post("/oauth2/device").status_code for _ in range(61)]
    assert answers == [200] * 60 + [429]


@pytest.mark.compliance("RFC 8628", "5.4", "what is typed into the address of the page answers for nobody")
def test_an_address_with_the_code_lets_nobody_in(house: House, television: Television) -> None:
    codes = television.begin()
    house.client.get(codes["verification_uri_complete"].removeprefix(ISSUER))
    assert television.ask(codes)["error"] == "authorization_pending"


@pytest.mark.compliance("RFC 8628", "3.1", "who may not use the grant, or have the scope, is told so")
def test_a_request_that_may_not_be_made_is_refused(house: House, app: RelyingParty) -> None:
    answer = app.post("/oauth2/device")
    assert (answer.status_code, answer.get_json()["error"]) == (400, "unauthorized_client")
    limited = structs.replace(TELEVISION, scope="openid", resources=())
    television = Television.of(house, limited)
    for form, error in (({"scope": "admin"}, "invalid_scope"), ({"resource": API}, "invalid_target")):
        assert television.post("/oauth2/device", **form).get_json()["error"] == error
    stranger = house.client.post("/oauth2/device", data={"client_id": "nobody"})
    assert stranger.status_code == 401


def test_neither_code_is_kept_as_it_is(house: House, television: Television) -> None:
    codes = television.begin()
    with house.gatepass.store.read() as uow:
        connection: Any = uow.device_codes
        rows = connection._connection.exec_driver_sql("SELECT * FROM gatepass_device_codes").all()
    kept = repr(rows)
    assert len(rows) == 1
    assert codes["device_code"] not in kept
    assert codes["user_code"] not in kept


@pytest.mark.compliance("RFC 8628", "4", "the metadata name the device authorization endpoint")
def test_the_metadata_name_the_endpoint(house: House) -> None:
    found = house.get("/.well-known/openid-configuration").get_json()
    assert found["device_authorization_endpoint"] == f"{ISSUER}/oauth2/device"
    assert GRANT in found["grant_types_supported"]
