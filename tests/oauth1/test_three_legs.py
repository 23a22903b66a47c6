"""Temporary credentials, a person's approval, token credentials, and what they are good for."""

from urllib.parse import parse_qsl

import pytest

from gatepass import Verifier
from tests.support.house import EMAIL, ISSUER, House
from tests.support.old_program import OldProgram

RFC = "RFC 5849"


@pytest.mark.compliance(RFC, "2.1", "temporary credentials, with the word that the callback is confirmed")
def test_temporary_credentials_come_with_the_callback_confirmed(program: OldProgram) -> None:
    answer = program.call("POST", "/oauth1/initiate", oauth_callback="https://printer.example.com/ready")
    assert answer.mimetype == "application/x-www-form-urlencoded"
    assert answer.headers["Cache-Control"] == "no-store"
    assert dict(parse_qsl(answer.text))["oauth_callback_confirmed"] == "true"


@pytest.mark.compliance(RFC, "2.3", "token credentials for approved temporary ones")
@pytest.mark.compliance(RFC, "4.4", "no cache keeps an answer, wherever the parameters stood")
@pytest.mark.parametrize("place", ["header", "body", "query"])
@pytest.mark.parametrize("method", ["HMAC-SHA1", "HMAC-SHA256", "PLAINTEXT"])
def test_a_program_is_let_in_and_told_who_is_there(program: OldProgram, method: str, place: str) -> None:
    program.method, program.place = method, place
    credentials = program.credentials()
    answer = program.call("POST", "/oauth1/userinfo", credentials, form=[("a b", "ü+&="), ("empty", "")])
    assert answer.status_code == 200, answer.text
    assert answer.get_json()["email"] == EMAIL
    assert answer.headers["Cache-Control"] == "no-store"


def test_a_program_trades_its_signature_for_an_access_token(program: OldProgram, house: House) -> None:
    credentials = program.credentials()
    answer = program.call("POST", "/oauth1/jwt", credentials)
    told = answer.get_json()
    assert (answer.status_code, told["token_type"], told["scope"]) == (200, "Bearer", "openid profile email")
    keys = house.client.get("/.well-known/jwks.json").get_json()
    verifier = Verifier.from_jwks(keys, issuer=ISSUER, audience=ISSUER, clock=house.gatepass.clock)
    principal = verifier.verify(told["access_token"], scopes=["profile"])
    assert principal.client_id == program.client.id
    assert principal.claims["status"]["status_list"]["uri"].startswith(ISSUER)
    assert house.get("/oauth2/userinfo", told["access_token"]).get_json()["email"] == EMAIL
