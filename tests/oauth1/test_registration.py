"""What a program of OAuth 1.0a may be registered with, and that strangers register none."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import msgspec
import pytest

from gatepass import Key
from gatepass_server.domain.clients import ClientMetadata
from gatepass_server.domain.errors import InvalidInput
from tests.oauth1.conftest import OpenHouse
from tests.support.house import House
from tests.support.old_program import CALLBACK, USUAL, OldProgram, problem
from tests.support.relying_party import rsa_key

ADDRESSES = ("/oauth1/initiate", "/oauth1/authorize", "/oauth1/token", "/oauth1/userinfo", "/oauth1/jwt")
JWK = rsa_key().public_jwk()


@pytest.fixture(scope="module")
def without(open_house: OpenHouse) -> House:
    """A house as it is without a word about it."""
    return open_house(oauth1=False)


@pytest.mark.parametrize("path", ADDRESSES)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_there_is_nothing_where_it_is_off(without: House, path: str, method: str) -> None:
    house = without
    answer = house.client.open(path, method=method)
    nowhere = house.client.open("/oauth1/nowhere", method=method)
    assert (answer.status_code, answer.data) == (404, nowhere.data)
    assert "/oauth1" not in house.client.get("/openapi.json").text


@pytest.mark.parametrize("path", ADDRESSES)
def test_every_address_is_described_where_it_is_on(house: House, path: str) -> None:
    described = house.client.get("/openapi.json").get_json()["paths"][path]
    assert described.keys() <= {"get", "post"}
    for one in described.values():
        assert {"200", "400"} <= one["responses"].keys()


@pytest.mark.parametrize("path", ADDRESSES)
def test_pages_of_other_origins_read_nothing(house: House, path: str) -> None:
    for method in ("OPTIONS", "POST"):
        answer = house.client.open(path, method=method, headers={"Origin": "https://evil.example"})
        assert "Access-Control-Allow-Origin" not in answer.headers


def test_where_it_is_off_it_is_not_imported(tmp_path: Path) -> None:
    look = (
        "import sys; from pathlib import Path; from gatepass_server.bootstrap import open_for_service; "
        "from gatepass_server.settings import load_settings; from gatepass_server.web.app import create_app; "
        "options = {'data': Path(sys.argv[1]), 'signing_algorithm': 'ES256'}; "
        "create_app(open_for_service(load_settings(options=options, environ={}))); "
        "print(*(name for name in sys.modules if 'oauth1' in name))"
    )
    command = [sys.executable, "-c", look, str(tmp_path)]
    found = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
    assert not [
        name for name in found if name.startswith(("gatepass_server.protocol", "gatepass_server.web"))
    ]


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"grant_types": ("oauth1", "authorization_code")}, "grant_types"),
        ({"grant_types": ("oauth1", "client_credentials")}, "grant_types"),
        ({"grant_types": ("authorization_code",)}, "grant_types"),
        ({"grant_types": ()}, "grant_types"),
        ({"token_endpoint_auth_method": "client_secret_basic"}, "token_endpoint_auth_method"),
        ({"token_endpoint_auth_method": "none"}, "token_endpoint_auth_method"),
        ({"scope": ""}, "scope"),
        ({"access_token_format": "opaque"}, "access_token_format"),
        ({"dpop_bound_access_tokens": True}, "dpop_bound_access_tokens"),
        ({"jwks_uri": "https://printer.example.com/keys"}, "jwks_uri"),
        ({"jwks": {"keys": [JWK, JWK]}}, "jwks"),
        ({"jwks": {"keys": [Key.generate("ES256").public_jwk()]}}, "jwks"),
        ({"jwks": {"keys": [{**JWK, "n": "AQAB"}]}}, "jwks"),
        ({"jwks": {"keys": [{**JWK, "n": JWK["n"] + "="}]}}, "jwks"),
        ({"jwks": {"keys": [{**JWK, "n": 5}]}}, "jwks"),
        ({"jwks": {"keys": [{**JWK, "e": "AQ"}]}}, "jwks"),
        ({"jwks": {"keys": [{"kty": "RSA"}]}}, "jwks"),
        ({"redirect_uris": ("http://printer.example.com/",)}, "redirect_uris"),
    ],
)
def test_what_makes_no_sense_is_refused(house: House, changed: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        house.gatepass.clients.create("Printer", msgspec.structs.replace(USUAL, **changed))
    assert field in {fault.field for fault in refused.value.faults}


def test_oob_is_registered_for_oauth1_alone(house: House) -> None:
    both = msgspec.structs.replace(USUAL, redirect_uris=(CALLBACK, "oob"))
    program = OldProgram.of(house, both)
    for callback in (CALLBACK, "oob"):
        assert program.call("POST", "/oauth1/initiate", oauth_callback=callback).status_code == 200
    other = ClientMetadata(redirect_uris=("oob",), grant_types=("authorization_code",), scope="openid")
    with pytest.raises(InvalidInput):
        house.gatepass.clients.create("Wiki", other)


def test_a_program_does_not_become_one_of_oauth1(house: House) -> None:
    usual = ClientMetadata(redirect_uris=(CALLBACK,), grant_types=("authorization_code",), scope="openid")
    clients = house.gatepass.clients
    wiki, _ = clients.create("Wiki", usual)
    with pytest.raises(InvalidInput, match="cannot be changed"):
        clients.change(wiki.id, metadata=USUAL)
    printer, _ = clients.create("Printer", USUAL)
    with pytest.raises(InvalidInput, match="cannot be changed"):
        clients.change(printer.id, metadata=usual)


def test_a_program_with_a_key_signs_with_that_alone(house: House) -> None:
    keyed = msgspec.structs.replace(USUAL, jwks={"keys": [JWK]})
    program = OldProgram.of(house, keyed, method="HMAC-SHA1")
    assert program.secret == ""
    answer = program.call("POST", "/oauth1/initiate", oauth_callback=CALLBACK)
    assert problem(answer) == (401, "signature_invalid")
    with pytest.raises(InvalidInput, match="no secret"):
        house.gatepass.clients.rotate_secret(program.client.id)


def test_a_secret_of_oauth1_proves_nothing_at_oauth2(program: OldProgram, house: House) -> None:
    form = {
        "grant_type": "client_credentials",
        "client_id": program.client.id,
        "client_secret": program.secret,
    }
    assert house.client.post("/oauth2/token", data=form).get_json()["error"] == "invalid_client"
    bare = {"grant_type": "client_credentials", "client_id": program.client.id}
    assert house.client.post("/oauth2/token", data=bare).get_json()["error"] == "invalid_client"
    asked = house.client.post("/oauth2/introspect", data={**form, "token": "x"})
    assert asked.status_code == 401


@pytest.mark.parametrize("grants", [["oauth1"], ["oauth1", "authorization_code"]])
def test_strangers_register_no_program_of_oauth1(open_house: OpenHouse, grants: list[str]) -> None:
    house = open_house(registration="open")
    for method in ("oauth1", "none", "client_secret_basic"):
        body = {"redirect_uris": [CALLBACK], "grant_types": grants, "token_endpoint_auth_method": method}
        answer = house.client.post("/oauth2/register", json=body)
        assert answer.status_code == 400 or "oauth1" not in answer.get_json()["grant_types"]
