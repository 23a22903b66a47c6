"""What is published, empty or short is no secret."""

import subprocess
import time
from pathlib import Path
from typing import Any

import pytest

from gatepass import Key, KeyFormatError, Verifier, WeakKeyError, load_key
from gatepass.jwk import key_from_jwk
from gatepass.shared_secret import secret_key
from tests.advisories.published import public_forms, wrappings
from tests.verify import forge


@pytest.mark.advisory("CVE-2026-48526")
@pytest.mark.advisory("CVE-2026-102268")
@pytest.mark.advisory("CVE-2026-102271")
@pytest.mark.advisory("CVE-2026-102272")
@pytest.mark.advisory("CVE-2026-102273")
@pytest.mark.advisory("CVE-2026-34950")
@pytest.mark.advisory("joserfc 1.7.7")
@pytest.mark.parametrize("kind", ["RSA", "EC", "OKP"])
def test_nothing_that_is_published_is_taken_for_a_secret(keys: dict[str, Key], kind: str) -> None:
    for form in public_forms(keys[kind]).values():
        for wrapped in wrappings(form):
            with pytest.raises(KeyFormatError, match="looks like"):
                secret_key(wrapped)


@pytest.mark.advisory("CVE-2026-114615")
@pytest.mark.parametrize("kind", ["RSA", "EC", "OKP"])
@pytest.mark.parametrize("prefix", [b"x", b"secret=", b"# key of the API\n", b"\x00", b"\xff\xfe\xfd", b"{}"])
def test_a_prefix_does_not_hide_a_public_key(keys: dict[str, Key], kind: str, prefix: bytes) -> None:
    forms = public_forms(keys[kind])
    for name in ("PEM", "DER", "JWK", "JWK set"):
        with pytest.raises(KeyFormatError, match="looks like"):
            secret_key(prefix + forms[name])


@pytest.mark.advisory("joserfc 1.8.0")
def test_a_certificate_is_not_taken_for_a_secret(tmp_path: Path) -> None:
    command = (
        "openssl req -x509 -newkey rsa:2048 -nodes -subj /CN=x -keyout key -out crt "
        "&& openssl x509 -in crt -outform DER -out der"
    )
    subprocess.run(["sh", "-c", command], check=True, capture_output=True, cwd=tmp_path, timeout=60)
    for name in ("crt", "der", "key"):
        for wrapped in wrappings((tmp_path / name).read_bytes()):
            with pytest.raises(KeyFormatError):
                secret_key(wrapped)


@pytest.mark.advisory("CVE-2026-102266")
@pytest.mark.advisory("CVE-2026-49852")
@pytest.mark.advisory("CVE-2026-114616")
@pytest.mark.advisory("CVE-2026-44351")
def test_an_empty_secret_is_refused() -> None:
    nothing: list[Any] = [b"", "", b" ", "\x00", b"\x00" * 31, None, 0, False, [], bytearray(64)]
    for empty in nothing:
        with pytest.raises(KeyFormatError):
            secret_key(empty)
        with pytest.raises(KeyFormatError):
            Verifier.from_secret(empty, issuer=forge.ISSUER, audience=forge.AUDIENCE)
    for k in ("", "AA"):
        with pytest.raises(KeyFormatError):
            key_from_jwk({"kty": "oct", "k": k})


@pytest.mark.advisory("CVE-2025-45768")
@pytest.mark.compliance("RFC 7518", "3.2", "a key of at least the size of the hash")
@pytest.mark.compliance("RFC 7518", "3.3", "RSA keys of at least 2048 bits")
def test_short_keys_are_refused() -> None:
    for alg, length in (("HS256", 32), ("HS384", 48), ("HS512", 64)):
        with pytest.raises(KeyFormatError):
            secret_key("s" * (length - 1)).restrict([alg])
        secret_key("s" * length).restrict([alg])
    for bits in (512, 1024, 2047):
        with pytest.raises(WeakKeyError):
            Key.generate("RS256", bits)


@pytest.mark.advisory("CVE-2026-102270")
@pytest.mark.parametrize(
    "text",
    [
        b"-----BEGIN " * 6_000,
        b"-" * 60_000,
        b"-----BEGIN RSA PRIVATE KEY-----" + b"\r\n " * 20_000,
        b"kty" * 20_000,
        b" ssh-rsa" * 8_000,
        (b"ssh-a" + b" " * 2_000) * 30,
        b"Modulus " * 7_000,
        b"(" * 60_000,
        (b"A" * 41 + b"!") * 1_400,
        b'{"kty":' * 8_000,
    ],
    ids=lambda text: repr(text[:12]),
)
def test_no_text_makes_looking_for_a_key_slow(text: bytes) -> None:
    """Sixty kilobytes; a regular expression that tries every division of them takes minutes."""
    began = time.process_time()
    for read in (secret_key, load_key):
        try:
            read(text)
        except KeyFormatError:
            continue
    assert time.process_time() - began < 2
