"""Tokens that others make verify here, and ours verify with others, on keys that real programs wrote."""

import importlib
import json
import os
import shutil
import subprocess
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import joserfc.jwt
import jwt as pyjwt
import pytest
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from joserfc import jwk as joserfc_jwk

from gatepass import Key, Signer, Verifier, base64url, load_key
from gatepass.keys import ASYMMETRIC_ALGORITHMS
from tests.support.clock import FakeClock
from tests.verify import forge
from tests.verify.key_files import PASSPHRASE, PRIVATE, Recipe, make

NODE = Path(__file__).parent / "node"

FILES = {
    "ssh-keygen -t rsa -b 4096 -m PEM": "RS256",
    "ssh-keygen -t rsa -m PEM, encrypted": "RS256",
    "openssl genpkey rsa (PKCS#8)": "RS512",
    "openssl genpkey rsa, encrypted": "PS256",
    "openssl genpkey P-256": "ES256",
    "openssl genpkey P-256, encrypted": "ES256",
    "openssl ecparam -genkey (SEC1)": "ES384",
    "openssl ecparam -genkey -noout": "ES512",
    "openssl genpkey ed25519": "EdDSA",
    "openssl genpkey ed25519, encrypted": "EdDSA",
}
OLD_NAMES = [
    alg for alg in ASYMMETRIC_ALGORITHMS if alg != "Ed25519"
]  # PyJWT and Authlib know it as EdDSA only
RECIPES = [recipe for recipe in PRIVATE if recipe.name in FILES]

# joserfc warns of the name EdDSA, which RFC 9864 replaces; both names are checked here.
pytestmark = pytest.mark.filterwarnings("ignore:EdDSA is deprecated:joserfc.errors.SecurityWarning")


class KeyFile:
    """A key file, what opens it, and how we read it."""

    def __init__(self, path: Path, recipe: Recipe) -> None:
        self.pem = path.read_bytes()
        self.passphrase = PASSPHRASE if recipe.encrypted else None
        self.alg = FILES[recipe.name]
        self.key = load_key(path, self.passphrase, private=True)

    @property
    def raw(self) -> Any:
        """The key as ``cryptography`` reads the file itself."""
        return load_pem_private_key(self.pem, self.passphrase.encode() if self.passphrase else None)


@pytest.fixture(scope="session")
def files(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Recipe], KeyFile]:
    made: dict[Recipe, KeyFile] = {}

    def get(recipe: Recipe) -> KeyFile:
        if recipe not in made:
            made[recipe] = KeyFile(make(recipe, tmp_path_factory.mktemp("interop")), recipe)
        return made[recipe]

    return get


@pytest.fixture(params=RECIPES, ids=lambda recipe: recipe.name)
def key_file(request: pytest.FixtureRequest, files: Callable[[Recipe], KeyFile]) -> KeyFile:
    """Each of the key files in turn."""
    return files(request.param)


@pytest.fixture(scope="session")
def rsa_key() -> Key:
    return Key.from_private_der(Key.generate("RS256").to_private_der(), trusted=True)


def keys_for(alg: str, rsa_key: Key) -> Key:
    return rsa_key if alg in rsa_key.algorithms else Key.generate(alg)


@pytest.fixture
def node() -> Callable[[str, dict[str, Any]], str]:
    """Runs a script of ours in Node, and skips where Node or its jose is not there."""
    if shutil.which("node") is None or not (NODE / "node_modules" / "jose").is_dir():
        if os.environ.get("CI"):
            pytest.fail("CI must run the tests with Node's jose: install Node, then `make test`.")
        pytest.skip("Node or its jose is not here: install Node, then `make test`")

    def run(script: str, given: dict[str, Any]) -> str:
        command = ["node", str(NODE / script)]
        ended = subprocess.run(
            command, input=json.dumps(given), capture_output=True, text=True, timeout=60, check=False
        )
        assert ended.returncode == 0, ended.stderr
        return ended.stdout

    return run


def accept(token: str, key_file: KeyFile, clock: FakeClock) -> None:
    """Verify with the exported PEM and with the JWK set of the imported key."""
    for verifier in (
        Verifier.from_pem(
            key_file.key.public_pem(),
            issuer=forge.ISSUER,
            audience=forge.AUDIENCE,
            algorithms=[key_file.alg],
            clock=clock,
        ),
        Verifier.from_jwks(
            {"keys": [key_file.key.public_jwk(key_file.alg)]},
            issuer=forge.ISSUER,
            audience=forge.AUDIENCE,
            clock=clock,
        ),
    ):
        assert verifier.verify(token, scopes=["orders:read"]).subject == "user-1"


def test_a_token_of_pyjwt_is_accepted(key_file: KeyFile, clock: FakeClock) -> None:
    headers = {"typ": "at+jwt", "kid": key_file.key.kid}
    accept(pyjwt.encode(forge.good_claims(clock.now), key_file.raw, key_file.alg, headers), key_file, clock)


def test_a_token_of_joserfc_is_accepted(key_file: KeyFile, clock: FakeClock) -> None:
    kinds: dict[str, Any] = {"RSA": joserfc_jwk.RSAKey, "EC": joserfc_jwk.ECKey, "OKP": joserfc_jwk.OKPKey}
    key = kinds[key_file.key.kind].import_key(key_file.pem, password=key_file.passphrase)
    header = {"alg": key_file.alg, "typ": "at+jwt", "kid": key_file.key.kid}
    accept(
        joserfc.jwt.encode(header, forge.good_claims(clock.now), key, algorithms=[key_file.alg]),
        key_file,
        clock,
    )


def test_a_token_of_node_is_accepted(
    key_file: KeyFile, clock: FakeClock, node: Callable[[str, dict[str, Any]], str]
) -> None:
    given = {
        "pem": key_file.pem.decode(),
        "passphrase": key_file.passphrase,
        "alg": key_file.alg,
        "kid": key_file.key.kid,
    }
    accept(node("sign.mjs", {**given, "claims": forge.good_claims(clock.now)}), key_file, clock)


def issued(key: Key, alg: str, clock: FakeClock) -> str:
    """A token of ours."""
    signer = Signer(key, issuer=forge.ISSUER, audience=forge.AUDIENCE, algorithm=alg, clock=clock)
    return signer.issue("user-1", scopes=["orders:read"], client_id="client-1")


@pytest.mark.parametrize("alg", OLD_NAMES)
def test_our_token_verifies_with_pyjwt(alg: str, rsa_key: Key, clock: FakeClock) -> None:
    key = keys_for(alg, rsa_key)
    options: Any = {
        "verify_exp": False,
        "verify_iat": False,
        "verify_nbf": False,
    }  # the clock stands still here
    claims = pyjwt.decode(
        issued(key, alg, clock),
        key.public_pem(),
        [alg],
        options,
        audience=forge.AUDIENCE,
        issuer=forge.ISSUER,
    )
    assert claims["sub"] == "user-1"


@pytest.mark.parametrize("alg", ASYMMETRIC_ALGORITHMS)
def test_our_token_verifies_with_joserfc(alg: str, rsa_key: Key, clock: FakeClock) -> None:
    key = keys_for(alg, rsa_key)
    public: Any = joserfc_jwk.import_key(dict(key.public_jwk(alg)))
    token = joserfc.jwt.decode(issued(key, alg, clock), public, algorithms=[alg])
    assert (token.claims["sub"], token.header["typ"]) == ("user-1", "at+jwt")


@pytest.mark.parametrize("alg", OLD_NAMES)
def test_our_token_verifies_with_authlib(alg: str, rsa_key: Key, clock: FakeClock) -> None:
    with warnings.catch_warnings():
        importlib.import_module("authlib.deprecate")  # which sets a filter of its own
        warnings.simplefilter("ignore")  # authlib.jose says that joserfc follows it; it is still in wide use
        authlib_jose: Any = importlib.import_module("authlib.jose")
        key = keys_for(alg, rsa_key)
        claims = authlib_jose.JsonWebToken([alg]).decode(issued(key, alg, clock), key.public_pem().encode())
    assert claims["sub"] == "user-1"


@pytest.mark.parametrize("alg", ASYMMETRIC_ALGORITHMS)
def test_our_token_verifies_with_node(
    alg: str, rsa_key: Key, clock: FakeClock, node: Callable[[str, dict[str, Any]], str]
) -> None:
    key = keys_for(alg, rsa_key)
    given = {
        "token": issued(key, alg, clock),
        "pem": key.public_pem(),
        "jwks": {"keys": [key.public_jwk(alg)]},
        "alg": alg,
    }
    told = node("verify.mjs", {**given, "issuer": forge.ISSUER, "audience": forge.AUDIENCE, "now": clock.now})
    assert json.loads(told)["sub"] == "user-1"


@pytest.mark.parametrize("alg", ["RS256", "RS384", "RS512", "PS256"])
def test_our_token_verifies_with_plain_openssl(
    alg: str, rsa_key: Key, clock: FakeClock, tmp_path: Path
) -> None:
    signing_input, _, signature = issued(rsa_key, alg, clock).rpartition(".")
    (tmp_path / "public.pem").write_text(rsa_key.public_pem())
    (tmp_path / "signature").write_bytes(base64url.decode(signature.encode()))
    command = ["openssl", "dgst", f"-sha{alg[2:]}", "-verify", "public.pem", "-signature", "signature"]
    if alg.startswith("PS"):
        command += ["-sigopt", "rsa_padding_mode:pss", "-sigopt", "rsa_pss_saltlen:digest"]
    ended = subprocess.run(
        command, input=signing_input.encode(), capture_output=True, cwd=tmp_path, timeout=60, check=False
    )
    assert ended.stdout.strip() == b"Verified OK"


def test_our_token_with_a_secret_verifies_with_others(clock: FakeClock) -> None:
    secret = "s3cret-" * 10
    options: Any = {"verify_exp": False, "verify_iat": False}  # the clock stands still here
    for alg in ("HS256", "HS384", "HS512"):
        signer = Signer.from_secret(
            secret, issuer=forge.ISSUER, audience=forge.AUDIENCE, algorithm=alg, clock=clock
        )
        assert (
            pyjwt.decode(signer.issue("user-1"), secret, [alg], options, audience=forge.AUDIENCE)["sub"]
            == "user-1"
        )
        made = pyjwt.encode(forge.good_claims(clock.now), secret, alg, {"typ": "at+jwt"})
        verifier = Verifier.from_secret(
            secret, issuer=forge.ISSUER, audience=forge.AUDIENCE, algorithms=[alg], clock=clock
        )
        assert verifier.verify(made).subject == "user-1"
