"""Packages that check a bare signature: prepared with a key once, then asked about signed bytes and JWS signatures."""

from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from importlib import import_module

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from bench.verification.contenders.raw import der, raw
from bench.verification.sides import NotSupportedError
from bench.verification.tokens import Material

Verify = Callable[[bytes, bytes], bool]
"""Whether a signature, in its JWS form, was made over these bytes: ``verify(signing_input, signature)``."""


@dataclass(frozen=True, slots=True)
class Engine:
    """A package, by its names here and on PyPI, and how it is prepared with a lane's key."""

    name: str
    distribution: str
    prepare: Callable[[Material], Verify]


def _cryptography(material: Material) -> Verify:
    call, elliptic = raw(material).call, material.lane.alg == "ES256"

    def verify(signing_input: bytes, signature: bytes) -> bool:
        if elliptic and len(signature) != 64:
            return False
        try:
            call((der(signature) if elliptic else signature, signing_input))
        except InvalidSignature:
            return False
        return True

    return verify


def _awscrt(material: Material) -> Verify:
    crypto = import_module("awscrt.crypto")
    lane, public = material.lane, material.public
    if lane.alg == "EdDSA":
        raise NotSupportedError
    if lane.alg == "ES256":
        spki = public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        check = crypto.EC.new_key_from_der_data(spki).verify
        return lambda data, signature: len(signature) == 64 and check(sha256(data).digest(), der(signature))
    pkcs1 = public.public_bytes(Encoding.DER, PublicFormat.PKCS1)
    key = crypto.RSA.new_public_key_from_der_data(pkcs1)
    names = crypto.RSASignatureAlgorithm
    algorithm = names.PSS_SHA256 if lane.alg == "PS256" else names.PKCS1_5_SHA256
    return lambda data, signature: key.verify(algorithm, sha256(data).digest(), signature)


def _pynacl(material: Material) -> Verify:
    if material.lane.alg != "EdDSA":
        raise NotSupportedError
    signing, errors = import_module("nacl.signing"), import_module("nacl.exceptions")
    raw_key = material.public.public_bytes(Encoding.Raw, PublicFormat.Raw)
    check = signing.VerifyKey(raw_key).verify

    def verify(signing_input: bytes, signature: bytes) -> bool:
        try:
            check(signing_input, signature)
        except (errors.BadSignatureError, errors.ValueError):
            return False
        return True

    return verify


def _webtoken(material: Material) -> Verify:
    # Not in its documentation: what its imitation of PyJWT's algorithm objects calls.
    key, alg = import_module("webtoken").PyJWK(dict(material.jwk)), material.lane.alg
    check = import_module("webtoken.webtoken").rust_lib.raw_verify
    return lambda data, signature: bool(check(data, signature, key, alg))


ENGINES = (
    Engine("cryptography", "cryptography", _cryptography),
    Engine("awscrt (AWS-LC)", "awscrt", _awscrt),
    Engine("PyNaCl (libsodium)", "PyNaCl", _pynacl),
    Engine("webtoken (AWS-LC)", "webtoken", _webtoken),
)
