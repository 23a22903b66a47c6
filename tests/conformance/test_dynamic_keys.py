"""Dynamic OP: the modules in which programs have keys of their own, and signed answers."""

from dataclasses import dataclass, field

import pytest
from werkzeug.test import TestResponse

from gatepass import Key
from gatepass_server.outbound import key_sets
from tests.conformance.bank import ASSERTION_TYPE
from tests.conformance.dynamic import SITE, Registered, register_as, registered
from tests.support.clock import FakeClock
from tests.support.house import ISSUER, House
from tests.support.proving import assertion_claims, jwks, signed
from tests.support.relying_party import rsa_key
from tests.support.visitor import Visitor


@dataclass
class WithKeys(Registered):
    """A program that authenticates by ``private_key_jwt``."""

    key: Key = field(default_factory=lambda: Key.generate("ES256"), repr=False)

    def token(self, *, by: str | None = None, **form: str) -> TestResponse:
        """See ``Program.token``; ``by`` is another assertion."""
        clock = self.house.gatepass.clock
        assert isinstance(clock, FakeClock)
        text = by or signed(self.key, assertion_claims(self.client.id, clock))
        proved = {"client_assertion_type": ASSERTION_TYPE, "client_assertion": text}
        return self.house.client.post("/oauth2/token", data={**proved, **form})


@pytest.fixture
def house(open_door: House) -> House:
    """A house where anybody may register programs."""
    return open_door


@pytest.mark.oidf("oidcc-userinfo-rs256")
def test_userinfo_is_signed_for_who_asks(house: House, person: Visitor) -> None:
    told = house.get("/.well-known/openid-configuration").get_json()
    assert "RS256" in told["userinfo_signing_alg_values_supported"]
    program = registered(house, person, userinfo_signed_response_alg="RS256")
    tokens = program.sign_in()
    response = house.get("/oauth2/userinfo", tokens.access)
    assert (response.status_code, response.headers["Content-Type"]) == (200, "application/jwt")
    header, claims = program.verify(response.text)
    assert header["alg"] == "RS256"
    assert (claims["iss"], claims["aud"], claims["sub"]) == (ISSUER, program.client.id, tokens.claims["sub"])
    assert "nonce" not in claims


@pytest.mark.oidf("oidcc-ensure-client-assertion-with-iss-aud-succeeds")
def test_an_assertion_for_the_issuer_is_taken(house: House, person: Visitor) -> None:
    key = Key.generate("ES256")
    metadata = {"token_endpoint_auth_method": "private_key_jwt", "jwks": jwks(key)}
    program = register_as(WithKeys, house, person, **metadata)
    program.key = key
    program.sign_in()


@pytest.mark.oidf("oidcc-refresh-token-rp-key-rotation")
def test_a_program_may_change_its_keys_while_it_has_a_refresh_token(
    house: House,
    person: Visitor,
    site: dict[str, object],
    clock: FakeClock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    at_address = key_sets._AtAddress
    monkeypatch.setattr(
        key_sets, "_AtAddress", lambda url, outbound, _monotonic: at_address(url, outbound, clock)
    )  # a set is fetched anew at most every ten seconds: by the clock of the test
    old, new = Key.generate("ES256"), Key.generate("ES256")
    site[f"{SITE}/jwks"] = jwks(old)
    metadata = {"token_endpoint_auth_method": "private_key_jwt", "jwks_uri": f"{SITE}/jwks"}
    program = register_as(WithKeys, house, person, **metadata)
    program.key = old
    refresh_token = program.sign_in(scope="openid offline_access").body["refresh_token"]
    site[f"{SITE}/jwks"] = jwks(new)
    clock.advance(60)
    program.key = new
    program.check_tokens(program.token(grant_type="refresh_token", refresh_token=refresh_token), None)


@pytest.mark.oidf("oidcc-request-uri-signed-rs256")
def test_a_signed_request_may_lie_at_an_address(
    house: House, person: Visitor, site: dict[str, object]
) -> None:
    told = house.get("/.well-known/openid-configuration").get_json()
    assert "RS256" in told["request_object_signing_alg_values_supported"]
    assert told["request_uri_parameter_supported"] is True
    uri = f"{SITE}/request"
    program = registered(house, person, jwks=jwks(rsa_key()), request_uris=[uri])
    inside = {"iss": program.client.id, "aud": ISSUER, "exp": int(house.gatepass.clock()) + 300}
    site[uri] = signed(rsa_key(), {**inside, **program.request()}, typ="oauth-authz-req+jwt")
    asked = {name: program.request()[name] for name in ("client_id", "response_type", "scope")}
    answer = program.walk(
        person.get(
            "/oauth2/authorize?" + "&".join(f"{k}={v}" for k, v in asked.items()) + f"&request_uri={uri}"
        )
    )
    program.check_answer(answer, program.request())
    program.redeem(answer)
