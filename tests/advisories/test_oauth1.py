"""Past holes of OAuth 1.0 and of those who serve it, kept shut."""

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_der_private_key

from tests.support.clock import FakeClock
from tests.support.house import House, cheap_settings
from tests.support.old_program import CALLBACK, USUAL, Credentials, OldProgram, problem
from tests.support.relying_party import rsa_key, sign_in

WHO = "/oauth1/userinfo"


@pytest.fixture
def program(sqlite_url: str, clock: FakeClock, tmp_path: Path) -> Iterator[OldProgram]:
    house = House(cheap_settings(sqlite_url, tmp_path / "data", oauth1=True), clock)
    sign_in(house)
    yield OldProgram.of(house)
    house.gatepass.close()


@pytest.mark.advisory(
    "OAuth Security Advisory 2009.1: a request token that an attacker began was worth its session"
)
def test_who_began_a_request_does_not_get_what_another_approved(program: OldProgram) -> None:
    temporary = program.initiate()
    location = program.visit(temporary).headers["Location"]  # the victim approves what the attacker began
    assert location.startswith(CALLBACK)  # and comes to the registered address, not to one of the attacker's
    assert "oauth_verifier" in parse_qs(urlsplit(location).query)
    assert problem(program.exchange(temporary, None)) == (400, "parameter_absent")
    assert problem(program.exchange(temporary, "guess")) == (401, "token_rejected")


@pytest.mark.advisory("CVE-2013-4346")
def test_a_signed_address_is_good_once(program: OldProgram) -> None:
    credentials = program.credentials()
    program.place = "query"
    own = program.signed("GET", WHO, credentials)
    assert program.send("GET", WHO, own).status_code == 200
    assert problem(program.send("GET", WHO, own)) == (401, "nonce_used")


@pytest.mark.advisory("CVE-2013-4347")
def test_what_is_given_out_is_random_enough(program: OldProgram) -> None:
    given = [program.initiate() for _ in range(3)]
    texts = [text for one in given for text in (one.token, one.secret)] + [program.secret]
    assert len(set(texts)) == len(texts)
    assert all(len(text.partition("_")[2].partition("_")[2]) >= 43 for text in texts)  # 256 bits in base64url


@pytest.mark.advisory("signature confusion")
@pytest.mark.parametrize("form", ["pem", "empty", "modulus"])
def test_no_secret_is_made_of_a_public_key(program: OldProgram, form: str) -> None:
    jwk = rsa_key().public_jwk()
    keyed = OldProgram.of(program.house, msgspec.structs.replace(USUAL, jwks={"keys": [jwk]}))
    keyed.secret = {"pem": rsa_key().public_pem(), "empty": "", "modulus": jwk["n"]}[form]
    for method in ("HMAC-SHA1", "HMAC-SHA256", "PLAINTEXT"):
        keyed.method = method
        answer = keyed.call("POST", "/oauth1/initiate", oauth_callback=CALLBACK)
        assert problem(answer) == (401, "signature_invalid")


@pytest.mark.advisory("two legs for three")
@pytest.mark.parametrize("token", [None, ""])
def test_a_call_without_token_is_nobodys(program: OldProgram, token: str | None) -> None:
    program.credentials()
    answer = program.call("GET", WHO, Credentials("x", ""), oauth_token=token)
    assert problem(answer) == (400, "parameter_absent")


@pytest.mark.advisory("javaee/jersey#1061")
def test_programs_that_sign_with_one_key_do_not_use_each_others_credentials(program: OldProgram) -> None:
    house, jwks = program.house, {"keys": [rsa_key().public_jwk()]}
    key = load_der_private_key(rsa_key().to_private_der(), None)
    assert isinstance(key, RSAPrivateKey)
    one, other = (
        OldProgram.of(house, msgspec.structs.replace(USUAL, jwks=jwks), key=key, method="RSA-SHA256")
        for _ in range(2)
    )
    credentials = one.credentials()
    assert one.call("GET", WHO, credentials).status_code == 200
    assert problem(other.call("GET", WHO, credentials)) == (401, "signature_invalid")
    temporary = one.initiate()
    verifier = one.verifier(temporary)
    assert problem(other.exchange(temporary, verifier)) == (401, "signature_invalid")
