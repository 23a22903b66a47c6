"""Authorization requests that the program signed (RFC 9101)."""

import base64
import hashlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from werkzeug.test import TestResponse

from gatepass import Key
from tests.outage.certificates import self_signed
from tests.outbound.site import Site, answer, running_site
from tests.support.clock import FakeClock
from tests.support.house import ISSUER, House
from tests.support.one_database import ready_database_url  # noqa: F401 - a fixture, which pytest finds here
from tests.support.proving import KEY, OTHER_KEY, KeyedParty, error_of, keyed, signed, tampered, with_keys
from tests.support.relying_party import CALLBACK, answered, flow_of, sign_in

INVALID = "invalid_request_object"


@pytest.fixture
def bank(house: House) -> KeyedParty:
    return keyed(house)


def bring(bank: KeyedParty, text: str, **beside: str) -> TestResponse:
    query = {"client_id": bank.id, "request": text, **beside}
    return bank.house.client.get("/oauth2/authorize", query_string=query)


@pytest.mark.compliance("RFC 9101", "5", "a request object by value")
@pytest.mark.compliance("OIDC Core", "6.1", "request by value")
def test_a_signed_request_leads_to_tokens(bank: KeyedParty) -> None:
    for header in ({}, {"typ": "JWT"}, {"typ": ...}, {"typ": "application/oauth-authz-req+jwt"}):
        assert "code" in answered(bank.consent_to(bring(bank, bank.request_object(header=header))))


@pytest.mark.compliance("RFC 9101", "6.3", "only the parameters inside the request object count")
def test_only_what_is_inside_counts(bank: KeyedParty, house: House) -> None:
    inside = bank.request_object(
        scope="openid",
        nonce=None,
        claims={"max_age": 600, "claims": {"id_token": {"acr": None}}, "extra": True, "more": [1]},
    )
    beside = {
        "scope": "openid email",
        "state": "outside",
        "redirect_uri": CALLBACK,
        "prompt": "login",
        "nonce": "outside",
        "code_challenge": "B" * 43,
    }
    request = house.provider.flows.find(flow_of(bring(bank, inside, **beside))).request
    assert (request.scope, request.to.state, request.max_age, request.nonce) == ("openid", "a state", 600, "")
    assert request.code_challenge == bank.challenge
    assert request.claims.id_token == {"acr": None}
    assert not request.prompts


@pytest.mark.compliance("RFC 9101", "6.2", "the signature is that of the client's key")
@pytest.mark.compliance("RFC 9101", "10.2", "request objects of another program are refused")
def test_a_request_object_signed_with_another_key_is_refused(bank: KeyedParty, house: House) -> None:
    other = keyed(house, with_keys(OTHER_KEY), name="Other", key=OTHER_KEY)
    for text in (
        bank.request_object(key=OTHER_KEY),
        bank.request_object(key=OTHER_KEY, header={"kid": KEY.kid}),
        bank.request_object(
            key=OTHER_KEY, header={"kid": ..., "jwk": OTHER_KEY.public().public_jwk("ES256")}
        ),
        other.request_object(),
        tampered(bank.request_object()),
    ):
        response = bring(bank, text)
        assert response.status_code == 400
        assert INVALID in response.text


@pytest.mark.compliance("RFC 9101", "6.1", "encrypted request objects that cannot be read are refused")
@pytest.mark.advisory("CVE-2026-9793 (Keycloak: a request object in a JWE, and no signature within)")
def test_what_is_not_signed_is_refused(bank: KeyedParty) -> None:
    for alg in ("none", "HS256", "nOnE"):
        text = bank.request_object(header={"alg": alg})
        for one in (text, text.rpartition(".")[0] + "."):
            assert bring(bank, one).status_code == 400
    jwe = ".".join([signed(KEY, {}).split(".")[0], "", "AAAA", "AAAA", "AAAA"])
    response = bring(bank, jwe)
    assert response.status_code == 400
    assert "Encrypted" in response.text
    assert bring(bank, "nonsense").status_code == 400


@pytest.mark.compliance("RFC 9101", "4", "iss is the client, aud the issuer; nothing is nested")
@pytest.mark.compliance("RFC 9101", "5", "client_id inside and outside are the same")
def test_a_request_object_for_somebody_else_or_of_another_time_is_refused(
    bank: KeyedParty, clock: FakeClock
) -> None:
    now = int(clock())
    wrong: list[dict[str, Any]] = [
        {"iss": ...},
        {"iss": "somebody"},
        {"aud": ...},
        {"aud": "https://evil.example"},
        {"aud": ["https://evil.example"]},
        {"client_id": ...},
        {"client_id": "somebody"},
        {"exp": now - 60},
        {"exp": "soon"},
        {"nbf": now + 120},
        {"iat": now + 120},
        {"request": "x"},
        {"request_uri": "https://bank.example.com/r"},
        {"resource": [1]},
    ]
    for claims in wrong:
        assert INVALID in bring(bank, bank.request_object(claims=claims)).text, claims
    for typ in ("at+jwt", "dpop+jwt", "client-authentication+jwt", "logout+jwt"):
        assert INVALID in bring(bank, bank.request_object(header={"typ": typ})).text
    assert (
        bring(bank, bank.request_object(claims={"aud": [ISSUER, "https://other.example"]})).status_code == 303
    )


@pytest.mark.compliance("OIDC Core", "6.1", "the program is told at an address of its own")
def test_the_program_is_told_where_the_browser_names_its_address(bank: KeyedParty) -> None:
    response = bring(bank, tampered(bank.request_object()), redirect_uri=CALLBACK, state="outside")
    told = answered(response)
    assert (told["error"], told["state"], told["iss"]) == (INVALID, "outside", ISSUER)
    assert response.headers["Location"].startswith(CALLBACK)
    away = bring(bank, tampered(bank.request_object()), redirect_uri="https://evil.example/")
    assert away.status_code == 400


@pytest.mark.compliance("RFC 9126", "3", "a request object may be pushed")
def test_a_request_object_may_be_pushed(bank: KeyedParty, house: House) -> None:
    form = {**bank.proved(), "request": bank.request_object(scope="openid"), "scope": "openid email"}
    response = house.client.post("/oauth2/par", data=form)
    assert response.status_code == 201, response.text
    waiting = bank.bring(response.get_json()["request_uri"])
    assert house.provider.flows.find(flow_of(waiting)).request.scope == "openid"
    for claims in ({"request_uri": "urn:x"}, {"client_id": "another"}, {"aud": "https://evil.example"}):
        bad = {**bank.proved(), "request": bank.request_object(claims=claims)}
        assert error_of(house.client.post("/oauth2/par", data=bad)) == (400, INVALID)


@pytest.mark.compliance("RFC 9101", "10.5", "a client can be held to signed requests")
@pytest.mark.compliance("OIDC Registration", "2", "request_object_signing_alg names the only algorithm")
def test_a_program_can_be_held_to_signing_its_requests(house: House) -> None:
    rsa = Key.generate("PS256")
    bank = keyed(
        house, with_keys(KEY, rsa, require_signed_request_object=True, request_object_signing_alg="PS256")
    )
    assert answered(bank.authorize())["error"] == "invalid_request"
    assert error_of(bank.push()) == (400, "invalid_request")
    assert INVALID in bring(bank, bank.request_object()).text
    assert bring(bank, bank.request_object(key=rsa)).status_code == 303


@pytest.mark.compliance("RFC 9101", "5", "request and request_uri exclude one another")
def test_request_and_request_uri_at_once_are_refused(bank: KeyedParty) -> None:
    response = bring(bank, bank.request_object(), request_uri=bank.pushed())
    assert response.status_code == 400


@pytest.fixture(scope="module")
def localhost(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return self_signed(tmp_path_factory.mktemp("site") / "site.pem", "localhost")


@pytest.fixture
def site(localhost: Path) -> Iterator[Site]:
    with running_site(localhost) as running:
        yield running


@pytest.mark.compliance("RFC 9101", "5.2", "a request object by reference, at an address that was registered")
@pytest.mark.compliance("OIDC Core", "6.2", "request by reference; its fragment is the hash of what is there")
@pytest.mark.advisory("CVE-2026-4366 (Keycloak: addresses of a registration, and redirects, led inside)")
def test_a_request_object_is_fetched_from_registered_addresses_alone(
    open_house: Callable[..., House], site: Site, localhost: Path
) -> None:
    house = open_house(outbound_allow="localhost", outbound_ca_file=str(localhost))
    sign_in(house)
    uri = site.url("/request.jwt", host="localhost")
    bank = keyed(house, with_keys(request_uris=(uri,)))
    text = bank.request_object()
    site.reply = answer(text.encode(), "application/oauth-authz-req+jwt")
    assert bank.bring(uri).status_code == 303
    right = base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).decode().rstrip("=")
    assert bank.bring(f"{uri}#{right}").status_code == 303
    assert len(site.requests) == 2
    assert "invalid_request_uri" in bank.bring(f"{uri}#{'A' * 43}").text
    asked = len(site.requests)
    for other in (
        f"{uri}?x=1",
        uri.replace("request", "other"),
        uri.replace("localhost", "LOCALHOST"),
        uri.replace("https://", "https://user@"),
        "https://evil.example/request.jwt",
    ):
        assert "invalid_request_uri" in bank.bring(other).text, other
    for other in (uri.replace("https", "http"), "file:///etc/passwd", "urn:x", "data:text/plain,x"):
        assert "request_uri_not_supported" in bank.bring(other).text, other
    assert len(site.requests) == asked
    for reply in (
        answer(tampered(text).encode(), "application/jwt"),
        answer(b"\xff", "application/jwt"),
        answer(text.encode(), "text/html"),
        answer(b"", status="302 Found", headers="Location: https://localhost/\r\n"),
        answer(b"x" * 100_000, "application/jwt"),
    ):
        site.reply = reply
        assert bank.bring(uri).status_code == 400


@pytest.mark.advisory("jans#14540 (Janssen: request objects were fetched from anywhere)")
def test_a_registered_address_that_leads_inside_is_not_asked(
    open_house: Callable[..., House], site: Site, localhost: Path
) -> None:
    house = open_house(outbound_ca_file=str(localhost))
    sign_in(house)
    uri = site.url("/request.jwt", host="localhost")
    bank = keyed(house, with_keys(request_uris=(uri,)))
    assert "invalid_request_uri" in bank.bring(uri).text
    assert site.connections == 0


def test_discovery_tells_of_request_objects(house: House) -> None:
    told = house.get("/.well-known/openid-configuration").get_json()
    for member in (
        "request_parameter_supported",
        "request_uri_parameter_supported",
        "require_request_uri_registration",
    ):
        assert told[member] is True
    assert "none" not in told["request_object_signing_alg_values_supported"]
