"""Proofs that others make are accepted here, and ours by others."""

import importlib
import json
import os
import shutil
import subprocess
import uuid
import warnings
from pathlib import Path
from typing import Any

import jwt as pyjwt
import pytest
from joserfc import jwk as joserfc_jwk
from joserfc import jwt as joserfc_jwt

from gatepass import Key
from gatepass.dpop import DPoP, make_proof
from tests.dpop import proofs
from tests.support.clock import FakeClock

HERE = Path(__file__).parent
JOSE = HERE.parent / "interop" / "node" / "node_modules" / "jose"
ALGORITHMS = ["ES256", "ES384", "ES512", "EdDSA", "RS256", "PS256"]

# joserfc warns of the name EdDSA, which RFC 9864 replaces; both names are accepted here.
pytestmark = pytest.mark.filterwarnings("ignore:EdDSA is deprecated:joserfc.errors.SecurityWarning")


@pytest.fixture(params=ALGORITHMS)
def client(request: pytest.FixtureRequest, rsa_key: Key) -> Key:
    """A client's key for each algorithm."""
    alg = request.param
    return (rsa_key if alg in rsa_key.algorithms else Key.generate(alg)).restrict([alg])


def fresh_claims(clock: FakeClock) -> dict[str, Any]:
    return proofs.good_claims(clock.now, jti=str(uuid.uuid4()))


def test_a_proof_of_pyjwt_is_accepted(client: Key, dpop: DPoP, clock: FakeClock) -> None:
    private: Any = client.native.private_key
    public: Any = private.public_key()
    alg = client.default_algorithm
    jwk = json.loads(pyjwt.get_algorithm_by_name(alg).to_jwk(public))
    proof = pyjwt.encode(fresh_claims(clock), private, alg, {"typ": "dpop+jwt", "jwk": jwk})
    assert proofs.check(dpop, proof) == client.thumbprint


def test_a_proof_of_joserfc_is_accepted(client: Key, dpop: DPoP, clock: FakeClock) -> None:
    kinds: dict[str, Any] = {"RSA": joserfc_jwk.RSAKey, "EC": joserfc_jwk.ECKey, "OKP": joserfc_jwk.OKPKey}
    key = kinds[client.kind].import_key(client.native.as_dict(private=True))
    alg = client.default_algorithm
    header = {"typ": "dpop+jwt", "alg": alg, "jwk": key.as_dict(private=False)}
    proof = joserfc_jwt.encode(header, fresh_claims(clock), key, algorithms=[alg])
    assert proofs.check(dpop, proof) == client.thumbprint


def test_a_proof_of_authlib_is_accepted(client: Key, dpop: DPoP, clock: FakeClock) -> None:
    with warnings.catch_warnings():
        importlib.import_module("authlib.deprecate")  # which sets a filter of its own
        warnings.simplefilter("ignore")  # authlib.jose says that joserfc follows it; it is still in wide use
        authlib: Any = importlib.import_module("authlib.jose")
    key = authlib.JsonWebKey.import_key(client.native.as_dict(private=True))
    alg = client.default_algorithm
    header = {"typ": "dpop+jwt", "alg": alg, "jwk": key.as_dict(is_private=False)}
    proof = authlib.JsonWebToken([alg]).encode(header, fresh_claims(clock), key).decode()
    assert proofs.check(dpop, proof) == client.thumbprint


def test_a_proof_of_ours_is_accepted_by_pyjwt(client: Key, clock: FakeClock) -> None:
    proof = make_proof(client, method="GET", url=proofs.URL, token=proofs.TOKEN, clock=clock)
    header = pyjwt.get_unverified_header(proof)
    assert header["typ"] == "dpop+jwt"
    alg = client.default_algorithm
    seen = pyjwt.decode(proof, pyjwt.PyJWK(header["jwk"], alg), [alg], options={"verify_iat": False})
    assert seen["ath"] == proofs.ath()


def test_a_proof_of_node_is_accepted_and_ours_by_node(client: Key, dpop: DPoP, clock: FakeClock) -> None:
    if shutil.which("node") is None or not JOSE.is_dir():
        if os.environ.get("CI"):
            pytest.fail("CI must run the tests with Node's jose: install Node, then `make test`.")
        pytest.skip("Node or its jose is not here: install Node, then `make test`")
    entry = json.loads((JOSE / "package.json").read_text())["exports"]["."]
    ours = make_proof(client, method="GET", url=proofs.URL, token=proofs.TOKEN, clock=clock)
    given = {
        "jose": (JOSE / (entry if isinstance(entry, str) else entry["default"])).as_uri(),
        "alg": client.default_algorithm,
        "claims": fresh_claims(clock),
        "proof": ours,
    }
    command = ["node", str(HERE / "node" / "prove.mjs")]
    ended = subprocess.run(
        command, input=json.dumps(given), capture_output=True, text=True, timeout=60, check=False
    )
    assert ended.returncode == 0, ended.stderr
    answer = json.loads(ended.stdout)
    assert proofs.check(dpop, answer["proof"]) == answer["thumbprint"]
    assert answer["seen"] == client.thumbprint
    assert answer["claims"]["htu"] == proofs.URL
