"""A server's tokens verify in other processes and with other people's libraries."""

import base64
import importlib
import subprocess
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path
from shutil import which
from typing import Any

import httpx
import jwt
import pytest
from joserfc import jwt as joserfc_jwt
from joserfc.jwk import KeySet

from tests.support.server import EMAIL, Server, log_in, serving, sign_up

VERIFY = """
import sys
from gatepass import Verifier
issuer, token = sys.argv[1:]
print(Verifier(issuer, audience=issuer).verify(token).subject)
"""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server that signs as most do."""
    with serving(tmp_path_factory.mktemp("rs256"), signing_algorithm="RS256") as server:
        assert sign_up(server.url).status_code == 201
        yield server


@pytest.fixture(scope="module")
def token(server: Server) -> str:
    return str(log_in(server.url).json()["token"])


@pytest.fixture(scope="module")
def user_id(server: Server, token: str) -> str:
    (user,) = httpx.get(f"{server.url}/user", headers={"x-access-token": token}).json()["users"]
    assert user["email"] == EMAIL
    return str(user["public_id"])


@pytest.fixture(scope="module")
def jwks(server: Server) -> dict[str, Any]:
    return dict(httpx.get(f"{server.url}/.well-known/jwks.json").json())


def test_a_verifier_in_another_process_finds_the_keys_by_discovery(
    server: Server, token: str, user_id: str
) -> None:
    found = subprocess.run(
        [sys.executable, "-c", VERIFY, server.url, token],
        capture_output=True,
        text=True,
        timeout=30,
        check=True,
    )
    assert found.stdout.strip() == user_id


def test_pyjwt_verifies_with_its_own_jwks_client(server: Server, token: str, user_id: str) -> None:
    key = jwt.PyJWKClient(f"{server.url}/.well-known/jwks.json").get_signing_key_from_jwt(token)
    claims = jwt.decode(token, key, algorithms=["RS256"], audience=server.url, issuer=server.url)
    assert claims["sub"] == user_id


def test_joserfc_verifies_from_the_jwk_set(token: str, user_id: str, jwks: Any) -> None:
    decoded = joserfc_jwt.decode(token, KeySet.import_key_set(jwks), algorithms=["RS256"])
    assert decoded.claims["sub"] == user_id
    assert decoded.header["typ"] == "at+jwt"


def test_authlib_verifies_from_the_jwk_set(server: Server, token: str, user_id: str, jwks: Any) -> None:
    with warnings.catch_warnings():
        importlib.import_module("authlib.deprecate")  # which sets a filter of its own
        warnings.simplefilter("ignore")  # authlib.jose says that joserfc follows it; it is still in wide use
        authlib_jose: Any = importlib.import_module("authlib.jose")
        keys = authlib_jose.JsonWebKey.import_key_set(jwks)
        claims = authlib_jose.JsonWebToken(["RS256"]).decode(token, keys)
        claims.validate()
    assert (claims["sub"], claims["iss"]) == (user_id, server.url)


@pytest.mark.skipif(which("openssl") is None, reason="openssl is not installed")
def test_plain_openssl_verifies_from_the_exported_pem(server: Server, token: str, tmp_path: Path) -> None:
    exported = server.command("keys", "export", "--public")
    assert exported.returncode == 0
    signed, _, signature = token.rpartition(".")
    (tmp_path / "key.pem").write_text(exported.stdout)
    (tmp_path / "signature").write_bytes(base64.urlsafe_b64decode(signature + "=="))
    command = ["openssl", "dgst", "-sha256", "-verify", "key.pem", "-signature", "signature"]

    def verify(text: str) -> str:
        ended = subprocess.run(
            command, cwd=tmp_path, input=text, capture_output=True, text=True, timeout=30, check=False
        )
        return ended.stdout.strip()

    assert verify(signed) == "Verified OK"
    assert verify(signed + "x") != "Verified OK"
