"""The change from a shared secret to a key pair, as its page tells it, and fastapi-users' way there."""

import re
import shlex
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from gatepass import Key, MultiIssuerVerifier, Signer, Verifier, load_key
from gatepass.testing import forgery
from tests.migrate.asked import bearer
from tests.migrate.conftest import PASSWORD
from tests.migrate.guides import ANN, snippets_of, text_of
from tests.migrate.minting import SECRET, WithSecret
from tests.migrate.programs import OURS, PROGRAMS, Running, peers_python, running
from tests.support.server import free_port

PAGE = "out-of-a-shared-secret"
SHOP = {"sub": "ann", "aud": "shop-api"}
ROWS = re.findall(r"^\| (signed .+?) \| (\d+) \| (\d+) \|$", text_of(PAGE), re.MULTILINE)


@pytest.fixture(scope="module")
def pem(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A private key in a file."""
    path = tmp_path_factory.mktemp("key") / "signing.pem"
    path.write_text(_pem_of(ec.generate_private_key(ec.SECP256R1())))
    return path


@pytest.fixture(scope="module", params=[SECRET, ""], ids=["with OLD_SECRET", "without"])
def signs(request: pytest.FixtureRequest, pem: Path) -> Iterator[tuple[Running, bool]]:
    """The program of the page, and whether it still has the old secret."""
    port = free_port()
    settings = {
        "ISSUER": f"http://127.0.0.1:{port}",
        "SIGNING_KEY": str(pem),
        "PASSWORD": PASSWORD,
        "OLD_SECRET": request.param,
    }
    program = (OURS, "shared_secret/transition.py")
    with running(pem.parent, program, settings=settings, port=port) as (api,):
        yield api, bool(request.param)


def _pem_of(raw: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey) -> str:
    return raw.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def _log_in(program: Running) -> str:
    answer = httpx.post(f"{program.url}/login", data={"name": "ann", "password": PASSWORD}, timeout=20)
    return str(answer.json()["access_token"])


def _made(what: str, program: Running, key: Key) -> str:
    makers: dict[str, Callable[[], str]] = {
        "signed with the key, new `iss`": lambda: _log_in(program),
        "signed with the secret, old `iss`": WithSecret(iss="shop", **SHOP),
        "signed with the secret, new `iss`": WithSecret(iss=program.url, **SHOP),
        "signed with the key, old `iss`": lambda: Signer(key, issuer="shop", audience="shop-api").issue(
            "ann"
        ),
        "signed with the public key as if it were a secret": lambda: forgery.changed(
            _log_in(program), key, header={}, claims={}, without=(), alg="HS256"
        ),
    }
    return makers[what]()


@pytest.mark.parametrize(("what", "during", "afterwards"), ROWS)
def test_the_program_takes_what_the_page_says(
    what: str, during: str, afterwards: str, signs: tuple[Running, bool], pem: Path
) -> None:
    program, has_secret = signs
    path, headers = bearer(_made(what, program, load_key(pem)))
    answer = httpx.get(program.url + path, headers=headers, timeout=20)
    assert answer.status_code == int(during if has_secret else afterwards)


def test_the_page_tells_of_five_kinds_of_tokens() -> None:
    assert len(ROWS) == 5


def test_whatever_checks_takes_both_kinds_with_the_lines_of_the_page(signs: tuple[Running, bool]) -> None:
    program, _ = signs
    (lines,) = snippets_of(PAGE)
    names: dict[str, Any] = {"OLD_SECRET": SECRET}
    exec(lines.replace("https://auth.example.com", program.url), names)
    verifier: MultiIssuerVerifier = names["verifier"]
    assert verifier.verify(_log_in(program)).issuer == program.url
    assert verifier.verify(WithSecret(iss="shop", **SHOP)()).issuer == "shop"


@pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl is not here")
def test_the_command_of_the_page_makes_a_key_that_signs(tmp_path: Path) -> None:
    command = re.search(r"`(openssl .+?)`", text_of(PAGE))
    assert command
    subprocess.run(shlex.split(command[1]), cwd=tmp_path, check=True, capture_output=True, timeout=60)
    assert load_key(tmp_path / "signing.pem", private=True).default_algorithm == "ES256"


def test_the_secret_of_pyjwts_guide_is_checked_by_one_line() -> None:
    (line,) = snippets_of("pyjwt")
    names: dict[str, Any] = {"SECRET": SECRET}
    exec(line, names)
    assert names["verifier"].verify(WithSecret(iss="shop", **SHOP)()).subject == "ann"


def test_fastapi_users_signs_with_a_key_and_still_takes_the_old_tokens(tmp_path: Path) -> None:
    python = peers_python()
    private = _pem_of(rsa.generate_private_key(65537, 2048))
    public = load_key(private).public_pem()
    program = PROGRAMS / "fastapi_users" / "before.py"
    (snippet,) = snippets_of("fastapi-users")
    old = re.search(r"^users = .*\n.*\n", program.read_text(), re.MULTILINE)
    assert old
    pems = f"PRIVATE_PEM, PUBLIC_PEM = {private!r}, {public!r}\n"
    changed = tmp_path / "changed.py"
    changed.write_text(program.read_text().replace(old[0], pems + snippet))
    settings = {"SECRET": SECRET, "PASSWORD": PASSWORD}
    form = {"username": "ann@example.com", "password": PASSWORD}
    with running(tmp_path, (python, str(changed)), settings=settings) as (api,):
        new = httpx.post(f"{api.url}/auth/jwt/login", data=form, timeout=20).json()["access_token"]
        for token in (new, WithSecret(iss="shop", sub=ANN, aud=["fastapi-users:auth"])()):
            path, headers = bearer(token)
            assert httpx.get(api.url + path, headers=headers, timeout=20).status_code == 200
    verifier = Verifier.from_pem(
        public, issuer="https://auth.example.com", audience="fastapi-users:auth", types=["JWT"]
    )
    assert verifier.verify(new).subject == ANN
