"""The tokens that everybody checks: keys, ten claims, and several hundred distinct tokens, signed beforehand."""

import json
import time
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from joserfc.jwk import ECKey, OKPKey, RSAKey

ISSUER = "https://auth.example.com"
AUDIENCE = "https://api.example.com"
KID = "2026-10-key-1"
PKCS1 = padding.PKCS1v15()
PSS = padding.PSS(padding.MGF1(SHA256()), SHA256.digest_size)
P256 = ec.ECDSA(SHA256())

PrivateKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey
PublicKey = rsa.RSAPublicKey | ec.EllipticCurvePublicKey | ed25519.Ed25519PublicKey


@dataclass(frozen=True, slots=True)
class Lane:
    """One algorithm and size of key; ``bits`` is 0 where the algorithm has one size."""

    alg: str
    bits: int = 0

    def __str__(self) -> str:
        return f"{self.alg} {self.bits}" if self.bits else self.alg

    def generate(self) -> PrivateKey:
        if self.bits:
            return rsa.generate_private_key(65537, self.bits)
        return ec.generate_private_key(ec.SECP256R1()) if self.alg == "ES256" else _ed25519()


LANES = (Lane("RS256", 2048), Lane("RS256", 4096), Lane("PS256", 2048), Lane("ES256"), Lane("EdDSA"))


@dataclass(frozen=True, slots=True)
class Material:
    """What one lane is checked with; ``jwk`` holds the public members, ``kid``, ``alg`` and ``use``."""

    lane: Lane
    private: PrivateKey
    pem: str
    jwk: Mapping[str, str]
    tokens: tuple[str, ...]

    @property
    def public(self) -> PublicKey:
        return self.private.public_key()

    @property
    def header(self) -> dict[str, Any]:
        return {"alg": self.lane.alg, "typ": "at+jwt", "kid": KID}

    def token(self, header: Mapping[str, Any], payload: bytes) -> str:
        """A token signed with the lane's key, whatever its header and payload say."""
        signing_input = base64url(compact(header)) + b"." + base64url(payload)
        return (signing_input + b"." + base64url(sign(self.private, self.lane.alg, signing_input))).decode()


def material(lane: Lane, count: int) -> Material:
    """Keys and ``count`` distinct good tokens of a lane."""
    private = lane.generate()
    pem = private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
    empty = Material(lane, private, pem, _jwk(lane, pem), ())
    tokens = tuple(empty.token(empty.header, compact(claims(number))) for number in range(count))
    return Material(lane, private, pem, empty.jwk, tokens)


def claims(number: int = 0) -> dict[str, Any]:
    """The ten claims of an access token as RFC 9068 section 2.2 has them; ``number`` makes it another token."""
    now = int(time.time())
    return {
        "iss": ISSUER,
        "aud": AUDIENCE,
        "exp": now + 86_400,
        "iat": now - 10,
        "nbf": now - 10,
        "sub": f"user-{number:08d}",
        "jti": f"0198c7a2-5c1e-7e11-8000-{number:012d}",
        "client_id": "web-shop",
        "scope": "openid profile orders:read orders:write",
        "sid": f"0198c7a2-5c1e-7e12-9000-{number:012d}",
    }


def compact(members: Mapping[str, Any]) -> bytes:
    """JSON without blanks, as the issuers that people use write it."""
    return json.dumps(members, separators=(",", ":")).encode()


def base64url(data: bytes) -> bytes:
    return urlsafe_b64encode(data).rstrip(b"=")


def sign(key: PrivateKey, alg: str, data: bytes) -> bytes:
    """A signature in its JWS form (RFC 7518 section 3, RFC 8037 section 3.1)."""
    if isinstance(key, rsa.RSAPrivateKey):
        return key.sign(data, PSS if alg == "PS256" else PKCS1, SHA256())
    if isinstance(key, ec.EllipticCurvePrivateKey):
        return b"".join(number.to_bytes(32) for number in decode_dss_signature(key.sign(data, P256)))
    return key.sign(data)


def _jwk(lane: Lane, pem: str) -> dict[str, str]:
    kind = RSAKey if lane.bits else ECKey if lane.alg == "ES256" else OKPKey
    members = kind.import_key(pem).as_dict(private=False)
    return {
        **{name: str(value) for name, value in members.items()},
        "kid": KID,
        "alg": lane.alg,
        "use": "sig",
    }


def _ed25519() -> ed25519.Ed25519PrivateKey:
    return ed25519.Ed25519PrivateKey.generate()
