"""Authorization requests that are sent ahead (RFC 9126)."""

from collections.abc import Callable

import pytest

from tests.support.clock import FakeClock
from tests.support.house import House
from tests.support.proving import KeyedParty, error_of, keyed, with_keys
from tests.support.relying_party import RelyingParty, answered, flow_of, sign_in

INVALID_URI = "invalid_request_uri"


@pytest.fixture
def bank(house: House) -> KeyedParty:
    return keyed(house)


@pytest.mark.compliance("RFC 9126", "2.2", "201 with a request_uri and its life")
@pytest.mark.compliance("RFC 9126", "4", "the browser brings client_id and request_uri")
def test_a_pushed_request_leads_to_tokens(bank: KeyedParty) -> None:
    response = bank.push()
    assert response.status_code == 201
    told = response.get_json()
    assert told["request_uri"].startswith("urn:ietf:params:oauth:request_uri:")
    assert told["expires_in"] == 90
    assert response.headers["Cache-Control"] == "no-store"
    answer = answered(bank.consent_to(bank.bring(told["request_uri"])))
    assert answer["state"] == "a state"
    assert bank.redeem(answer["code"]).status_code == 200


@pytest.mark.compliance("RFC 9126", "4", "only the pushed parameters count")
def test_what_the_browser_adds_counts_for_nothing(bank: KeyedParty, house: House) -> None:
    uri = bank.pushed(scope="openid")
    waiting = bank.bring(
        uri,
        scope="openid profile email",
        state="another",
        redirect_uri="https://evil.example/",
        prompt="none",
    )
    request = house.provider.flows.find(flow_of(waiting)).request
    assert (request.scope, request.to.state) == ("openid", "a state")
    assert request.to.redirect_uri == bank.client.metadata.redirect_uris[0]
    assert not request.prompts


@pytest.mark.compliance("RFC 9126", "2.2", "the request_uri is bound to the client that pushed it")
@pytest.mark.compliance("RFC 9126", "7.3", "a request_uri is good once")
def test_a_request_uri_is_of_one_program_and_of_one_use(
    bank: KeyedParty, house: House, clock: FakeClock
) -> None:
    other = keyed(house, name="Other")
    uri = bank.pushed()
    stolen = other.bring(uri)
    assert stolen.status_code == 400
    assert INVALID_URI in stolen.text
    # A look consumes nothing, and several may be waiting: the first that gets a code uses it up.
    first, second = bank.bring(uri), bank.bring(uri)
    assert "code" in answered(bank.consent_to(first))
    late = house.client.get(f"/oauth2/authorize?flow={flow_of(second)}")
    assert answered(late)["error"] == INVALID_URI
    assert bank.bring(uri).status_code == 400
    expired = bank.pushed()
    clock.advance(90)
    assert bank.bring(expired).status_code == 400
    assert bank.bring("urn:ietf:params:oauth:request_uri:guessed").status_code == 400


@pytest.mark.compliance("RFC 9126", "7.4", "a person may take longer at the pages than the request_uri lives")
def test_a_person_may_take_longer_than_the_request_uri_lives(bank: KeyedParty, clock: FakeClock) -> None:
    waiting = bank.bring(bank.pushed())
    clock.advance(1800)
    for _ in range(4):
        bank.pushed()  # which prunes
    assert "code" in answered(bank.consent_to(waiting))


@pytest.mark.compliance(
    "RFC 9126", "2.3", "faults are told at once, as the authorization endpoint would tell them"
)
def test_faults_are_told_when_the_request_is_pushed(bank: KeyedParty) -> None:
    for changed, code in (
        ({"redirect_uri": "https://evil.example/"}, "invalid_request"),
        ({"redirect_uri": None}, "invalid_request"),
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"response_type": None}, "invalid_request"),
        ({"scope": "admin"}, "invalid_scope"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"code_challenge": None, "code_challenge_method": None}, "invalid_request"),
        ({"request_uri": "urn:ietf:params:oauth:request_uri:x"}, "invalid_request"),
        ({"resource": "https://elsewhere.example"}, "invalid_target"),
        ({"dpop_jkt": "short"}, "invalid_request"),
        ({"client_id": "another"}, "invalid_request"),
    ):
        assert error_of(bank.push(**changed)) == (400, code), changed


@pytest.mark.compliance("RFC 9126", "2.1", "the client authenticates as at the token endpoint")
def test_only_the_program_itself_may_push(bank: KeyedParty, house: House, app: RelyingParty) -> None:
    assert error_of(bank.push(auth={})) == (401, "invalid_client")
    assert error_of(bank.push(auth={"client_id": bank.id, "client_secret": "x"})) == (401, "invalid_client")
    used = bank.proved()
    assert bank.push(auth=used).status_code == 201
    assert error_of(bank.push(auth=used)) == (401, "invalid_client")
    form = app.parameters(client_id=None)
    assert house.client.post("/oauth2/par", data=form, headers=app.basic()).status_code == 201
    assert house.client.get("/oauth2/par").status_code == 405
    assert house.client.post("/oauth2/par", json=form, headers=app.basic()).status_code == 415


@pytest.mark.compliance("RFC 9126", "2.1", "public clients may push, too")
def test_a_public_program_may_push(house: House) -> None:
    phone = keyed(
        house,
        with_keys(
            token_endpoint_auth_method="none",
            grant_types=("authorization_code", "refresh_token"),
        ),
    )
    uri = phone.pushed(auth={})
    answer = answered(phone.consent_to(phone.bring(uri)))
    assert phone.token(auth=False, client_id=phone.id, **_code(phone, answer["code"])).status_code == 200


def _code(party: KeyedParty, code: str) -> dict[str, str]:
    return {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": party.client.metadata.redirect_uris[0],
        "code_verifier": party.verifier,
    }


@pytest.mark.compliance("RFC 9126", "6", "a client can be held to it by its registration")
@pytest.mark.compliance("RFC 9126", "5", "a server can hold every client to it")
def test_requests_that_were_not_pushed_can_be_refused(open_house: Callable[..., House]) -> None:
    house = open_house(require_pushed_authorization_requests=True)
    sign_in(house)
    everybody = keyed(house)
    assert answered(everybody.authorize())["error"] == "invalid_request"
    assert "flow=" in everybody.bring(everybody.pushed()).headers["Location"]
    told = house.get("/.well-known/oauth-authorization-server").get_json()
    assert told["require_pushed_authorization_requests"] is True
    house = open_house()
    sign_in(house)
    one = keyed(house, with_keys(require_pushed_authorization_requests=True))
    assert answered(one.authorize())["error"] == "invalid_request"
    unknown = one.authorize(redirect_uri="https://evil.example/")
    assert unknown.status_code == 400
    by_value = house.client.get(
        "/oauth2/authorize", query_string={"client_id": one.id, "request": one.request_object()}
    )
    assert by_value.status_code == 400
    told = house.get("/.well-known/oauth-authorization-server").get_json()
    assert told["require_pushed_authorization_requests"] is False
    assert told["pushed_authorization_request_endpoint"].endswith("/oauth2/par")


def test_a_parameter_sent_twice_is_refused(bank: KeyedParty, house: House) -> None:
    fields = {**bank.parameters(), **bank.proved(), "scope": ["openid", "openid email"]}
    assert error_of(house.client.post("/oauth2/par", data=fields)) == (400, "invalid_request")
    uri = bank.pushed()
    twice = house.client.get(
        "/oauth2/authorize", query_string=[("client_id", bank.id), ("request_uri", uri), ("request_uri", uri)]
    )
    assert twice.status_code == 400
