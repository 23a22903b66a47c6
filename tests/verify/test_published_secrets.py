"""Whatever names itself a key is no secret, however it was copied, quoted or encoded."""

import base64
import datetime as dt
import html
import json
import secrets
import urllib.parse
from collections.abc import Callable
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    SSHCertificateBuilder,
    SSHCertificateType,
    pkcs7,
)
from cryptography.x509.oid import NameOID

from gatepass import Key, KeyFormatError, Signer, Verifier
from gatepass.shared_secret import secret_key

KEYS: dict[str, rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey] = {
    "RSA": rsa.generate_private_key(public_exponent=65537, key_size=2048),
    "EC": ec.generate_private_key(ec.SECP256R1()),
    "OKP": ed25519.Ed25519PrivateKey.generate(),
}
NAME = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "x")])
WHEN = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)


@pytest.fixture(params=KEYS)
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def refuse(secret: str | bytes) -> None:
    with pytest.raises(KeyFormatError, match="looks like"):
        secret_key(secret)
    with pytest.raises(KeyFormatError):
        Verifier.from_secret(secret, issuer="i", audience="a")
    with pytest.raises(KeyFormatError):
        Signer.from_secret(secret, issuer="i", audience="a")


JWKS_SPELLINGS: dict[str, Callable[[dict[str, Any]], str | bytes]] = {
    "of Python": str,
    "with a semicolon": lambda jwks: json.dumps(jwks) + ";",
    "with a NUL": lambda jwks: json.dumps(jwks) + "\0",
    "with a comma too many": lambda jwks: json.dumps(jwks)[:-1] + ",}",
    "after a blank of Unicode": lambda jwks: "\u00a0" + json.dumps(jwks),
    "assigned": lambda jwks: "jwks=" + json.dumps(jwks),
    "in quotes": lambda jwks: f"'{json.dumps(jwks)}'",
    "as YAML": lambda jwks: "\n".join(f"{name}: {value}" for name, value in jwks["keys"][0].items()),
    "as a form": lambda jwks: urllib.parse.urlencode(jwks["keys"][0]),
    "for HTML": lambda jwks: html.escape(json.dumps(jwks)),
    "for an address": lambda jwks: urllib.parse.quote(json.dumps(jwks)),
    "UTF-16 without a mark": lambda jwks: json.dumps(jwks).encode("utf-16-be"),
    "in base64 in quotes": lambda jwks: '"' + base64.b64encode(json.dumps(jwks).encode()).decode() + '"',
}


@pytest.mark.parametrize("spelling", JWKS_SPELLINGS)
def test_a_key_set_is_no_secret(kind: str, spelling: str) -> None:
    refuse(JWKS_SPELLINGS[spelling]({"keys": [Key.from_raw(KEYS[kind]).public_jwk()]}))


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"])
def test_pem_in_wide_characters_is_no_secret(kind: str, encoding: str) -> None:
    pem = Key.from_raw(KEYS[kind]).public_pem()
    refuse(pem.encode(encoding))
    refuse(urllib.parse.quote(pem))
    refuse(pem.partition("\n")[2])


DER_SPELLINGS: dict[str, Callable[[bytes], str | bytes]] = {
    "after a line end": lambda der: b"\n" + der,
    "with 0x": lambda der: "0x" + der.hex(),
    "with colons": lambda der: der.hex(":"),
    "with blanks": lambda der: der.hex(" ").upper(),
    "base32": base64.b32encode,
    "base64 with a comment": lambda der: base64.b64encode(der) + b" me@host",
    "in an address": lambda der: b"data:;base64," + base64.b64encode(der),
}


@pytest.mark.parametrize("spelling", DER_SPELLINGS)
def test_der_is_no_secret(kind: str, spelling: str) -> None:
    public = KEYS[kind].public_key()
    refuse(DER_SPELLINGS[spelling](public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)))


def test_what_surrounds_a_public_key_is_no_secret(kind: str) -> None:
    key = KEYS[kind]
    digest = None if kind == "OKP" else hashes.SHA256()
    request = x509.CertificateSigningRequestBuilder().subject_name(NAME).sign(key, digest)
    certificate = (
        x509.CertificateBuilder(NAME, NAME, key.public_key(), 1, WHEN, WHEN + dt.timedelta(days=1))
    ).sign(key, digest)
    for der in (
        request.public_bytes(Encoding.DER),
        certificate.public_bytes(Encoding.DER),
        pkcs7.serialize_certificates([certificate], Encoding.DER),
    ):
        refuse(der)
        refuse(base64.b64encode(der))
        refuse(base64.encodebytes(der))


def test_a_line_of_an_openssh_certificate_is_no_secret(kind: str) -> None:
    key = KEYS[kind]
    line = (
        SSHCertificateBuilder()
        .public_key(key.public_key())
        .type(SSHCertificateType.USER)
        .key_id(b"x")
        .valid_principals([b"x"])
        .valid_before(2**63)
        .valid_after(0)
        .serial(1)
        .sign(key)
        .public_bytes()
    )
    refuse(line)
    refuse(line.split()[1])
    refuse(urllib.parse.quote(line))


def test_the_numbers_of_an_rsa_key_are_no_secret_where_they_say_so() -> None:
    modulus = KEYS["RSA"].public_key().public_bytes(Encoding.DER, PublicFormat.PKCS1)
    refuse(f"Modulus={modulus.hex().upper()}")
    refuse(f"<RSAKeyValue><Modulus>{base64.b64encode(modulus).decode()}</Modulus></RSAKeyValue>")


def test_random_secrets_are_taken_whatever_they_are_written_in() -> None:
    for _ in range(300):
        raw = secrets.token_bytes(48)
        for secret in (b"0" + raw, raw.hex(), raw.hex(":"), base64.b32encode(raw), base64.b64encode(raw)):
            secret_key(secret)
    secret_key("a party is a kty only in the speech of secretive RSAns who mind no spelling")
