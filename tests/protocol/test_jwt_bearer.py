"""A program acts for somebody on the word of another (RFC 7523 section 2.1)."""

import secrets
from collections.abc import Callable
from typing import Any

import pytest
from joserfc import jwk, jwt
from msgspec import structs

from gatepass_server.domain.clients import AssertionIssuer, ClientMetadata
from gatepass_server.domain.errors import InvalidInput
from tests.support.clock import FakeClock
from tests.support.house import EMAIL, ISSUER, House
from tests.support.one_database import ready_database_url  # noqa: F401 - a fixture, which pytest finds here
from tests.support.relying_party import API, RelyingParty

GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
PARTNER = "https://partner.example.com"
KEY = jwk.ECKey.generate_key("P-256", parameters={"kid": "p1"})
STRANGER = jwk.ECKey.generate_key("P-256", parameters={"kid": "p1"})
TRUSTED = AssertionIssuer(issuer=PARTNER, jwks={"keys": [KEY.as_dict(private=False)]})
BATCH = ClientMetadata(
    grant_types=(GRANT,), scope="orders:read openid", resources=(API,), assertion_issuers=(TRUSTED,)
)
Make = Callable[..., str]


@pytest.fixture
def program(house: House) -> RelyingParty:
    return RelyingParty.of(house, BATCH, name="Batch")


@pytest.fixture
def assertion(house: House, clock: FakeClock) -> Make:
    """Makes assertions about the person; claims can be changed, or left out with None."""

    def make(key: Any = KEY, typ: str | None = None, alg: str = "ES256", **changed: Any) -> str:
        usual = {
            "iss": PARTNER,
            "sub": house.gatepass.administration.find(EMAIL).id,
            "aud": ISSUER,
            "exp": int(clock.now) + 300,
            "iat": int(clock.now),
            "jti": secrets.token_urlsafe(8),
        }
        claims = {name: value for name, value in {**usual, **changed}.items() if value is not None}
        header = {"alg": alg, "kid": "p1", **({"typ": typ} if typ else {})}
        return jwt.encode(header, claims, key, algorithms=[alg])

    return make


def present(program: RelyingParty, text: str, **form: Any) -> dict[str, Any]:
    answer = program.token(grant_type=GRANT, assertion=text, **form)
    assert answer.status_code in {200, 400}, answer.text
    return dict(answer.get_json())


@pytest.mark.compliance("RFC 7523", "2.1", "an assertion is an authorization grant")
@pytest.mark.parametrize("form", ["jwt", "opaque"])
def test_an_assertion_buys_one_access_token(
    house: House, assertion: Make, clock: FakeClock, form: str
) -> None:
    program = RelyingParty.of(house, structs.replace(BATCH, access_token_format=form))
    told = present(program, assertion(), resource=API)
    assert set(told) == {"access_token", "token_type", "expires_in", "scope"}, "no refresh token, no ID token"
    found = program.introspect(told["access_token"])
    assert found["sub"] == house.gatepass.administration.find(EMAIL).id
    assert (found["aud"], found["scope"], found["client_id"]) == (API, "orders:read", program.id)
    assert "auth_time" not in found, "nobody signed in here"
    clock.advance(1800)
    assert program.introspect(told["access_token"]) == {"active": False}


@pytest.mark.compliance("RFC 7523", "3", "a jti that was presented before is refused")
def test_an_assertion_is_good_once(program: RelyingParty, assertion: Make, clock: FakeClock) -> None:
    text = assertion(exp=int(clock.now) + 600)
    assert "access_token" in present(program, text)
    for seconds in (0, 300, 299, 10, 20):
        clock.advance(seconds)
        assert present(program, text)["error"] == "invalid_grant"


@pytest.mark.compliance("RFC 7523", "3", "an assertion is signed by its issuer, for this server, and of now")
@pytest.mark.parametrize(
    "changed",
    [
        {"key": STRANGER},
        {"iss": "https://another.example.com"},
        {"iss": None},
        {"aud": None},
        {"aud": "https://another.example.com"},
        {"aud": f"{ISSUER}/oauth2/token"},
        {"aud": [ISSUER, "https://another.example.com"]},
        {"exp": None},
        {"exp": 1},
        {"exp": 9_999_999_999},
        {"exp": "soon"},
        {"nbf": 9_999_999_999},
        {"jti": None},
        {"jti": ""},
        {"jti": 7},
        {"jti": "x" * 257},
        {"sub": None},
        {"sub": "nobody"},
        {"sub": ""},
        {"typ": "at+jwt"},
        {"typ": "logout+jwt"},
        {"typ": "client-authentication+jwt"},
    ],
    ids="-".join,
)
def test_an_assertion_that_does_not_hold_is_refused(
    program: RelyingParty, assertion: Make, changed: dict[str, Any]
) -> None:
    assert present(program, assertion(**changed))["error"] == "invalid_grant"


@pytest.mark.parametrize(
    "typ", [None, "JWT", "authorization-grant+jwt", "application/authorization-grant+jwt"]
)
def test_what_says_that_it_is_an_assertion_is_taken(
    program: RelyingParty, assertion: Make, typ: str | None
) -> None:
    assert "access_token" in present(program, assertion(typ=typ))


@pytest.mark.parametrize("text", ["x", "a.b.c", "\0", "e30.e30.", "." * 99])
def test_junk_is_refused(program: RelyingParty, text: str) -> None:
    assert present(program, text)["error"] == "invalid_grant"


def test_an_assertion_is_for_programs_that_may_present_it(house: House, assertion: Make) -> None:
    other = structs.replace(
        BATCH, assertion_issuers=(structs.replace(TRUSTED, issuer="https://x.example.com"),)
    )
    assert present(RelyingParty.of(house, other), assertion())["error"] == "invalid_grant"
    plain = RelyingParty.of(house, ClientMetadata(grant_types=("client_credentials",)))
    assert present(plain, assertion())["error"] == "unauthorized_client"


def test_for_a_disabled_account_nobody_acts(house: House, program: RelyingParty, assertion: Make) -> None:
    token = present(program, assertion())["access_token"]
    house.gatepass.administration.disable(EMAIL)
    assert program.introspect(token) == {"active": False}
    assert present(program, assertion())["error"] == "invalid_grant"


def test_an_assertion_may_be_about_the_program_itself(house: House, assertion: Make) -> None:
    about = structs.replace(TRUSTED, subject="client")
    program = RelyingParty.of(house, structs.replace(BATCH, assertion_issuers=(about,)))
    told = present(program, assertion(sub=program.id))
    assert program.introspect(told["access_token"])["sub"] == program.id
    assert present(program, assertion())["error"] == "invalid_grant"


def test_what_is_missing_or_too_much_is_told(program: RelyingParty, assertion: Make) -> None:
    assert program.token(grant_type=GRANT).get_json()["error"] == "invalid_request"
    assert present(program, assertion(), scope="admin")["error"] == "invalid_scope"
    assert present(program, assertion(), resource="https://x.example.com")["error"] == "invalid_target"


@pytest.mark.parametrize(
    "issuers",
    [
        (),
        (AssertionIssuer(issuer=PARTNER),),
        (AssertionIssuer(issuer=PARTNER, jwks={"keys": []}, jwks_uri="https://partner.example.com/jwks"),),
        (AssertionIssuer(issuer=PARTNER, jwks_uri="http://partner.example.com/jwks"),),
        (AssertionIssuer(issuer="", jwks={"keys": []}),),
        (TRUSTED, TRUSTED),
    ],
)
def test_whom_to_believe_must_be_clear(house: House, issuers: tuple[AssertionIssuer, ...]) -> None:
    with pytest.raises(InvalidInput):
        house.gatepass.clients.create("Batch", structs.replace(BATCH, assertion_issuers=issuers))
