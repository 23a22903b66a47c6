"""Who takes part in the fuzz: issuers, their verifiers, one good token for each way of signing, and attackers.

Everything is made of constants, so that the same seed makes the same mutants in every run: the RSA keys are those
that RFC 7515, RFC 7516 and RFC 7517 print, the others are derived from small numbers, and ECDSA signs without chance
(RFC 6979). Only RSA-PSS has no such way of signing.
"""

import json
from dataclasses import dataclass
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256, SHA384

from gatepass import Key, MultiIssuerVerifier, Verifier, base64url, jose
from gatepass.discovery import IssuerKeys
from gatepass.jwk import key_from_jwk
from gatepass.shared_secret import secret_key
from tests.verify import forge

NOW = 1_790_000_000.0
SECRET = b"the secret of one program, known to nobody else at all, at all"[:62] + b"!!"
EXAMPLES = Path(__file__).parents[1] / "vectors" / "data" / "rfc_examples.json"


@dataclass(frozen=True, eq=False)
class House:
    """An issuer and those who check its tokens.

    Attributes:
        name: For messages.
        keys: What it signs with.
        tokens: Good tokens, one for each way of signing.
        empty: A verifier that remembers tokens and has not met a good one.
        warm: A verifier that has met every good token, and its header, before any mutant.
        fetches: Whether the verifiers fetch their keys, so that a check may have to wait.
    """

    name: str
    keys: tuple[Key, ...]
    tokens: tuple[str, ...]
    empty: Verifier
    warm: Verifier
    fetches: bool = False


@dataclass(frozen=True, eq=False)
class Cast:
    """All of them.

    Attributes:
        houses: The issuers.
        good: Every good token.
        crowd: One verifier for all of them, with the warm ones in it.
        attackers: Keys that nobody trusts.
        published: What everybody knows and some take for secrets.
    """

    houses: tuple[House, ...]
    good: frozenset[str]
    crowd: MultiIssuerVerifier
    attackers: tuple[Key, ...]
    published: tuple[bytes, ...]


def sign(signing_input: bytes, key: Key, alg: str) -> bytes:
    """Sign, without chance but for RSA-PSS."""
    private = getattr(key.native, "private_key", None)
    if not isinstance(private, ec.EllipticCurvePrivateKey):
        return jose.sign(signing_input, key, alg)
    digest = SHA256() if private.key_size == 256 else SHA384()
    r, s = decode_dss_signature(private.sign(signing_input, ec.ECDSA(digest, deterministic_signing=True)))
    size = (private.key_size + 7) // 8
    return r.to_bytes(size, "big") + s.to_bytes(size, "big")


def signed(key: Key, header: bytes, payload: bytes, alg: str) -> str:
    """A token of two encoded segments."""
    signing_input = header + b"." + payload
    return (signing_input + b"." + base64url.encode(sign(signing_input, key, alg))).decode()


@cache
def cast() -> Cast:
    """Make them, once in a process."""
    printed = json.loads(EXAMPLES.read_text())

    def rsa(rfc: str, section: str, alg: str) -> Key:
        jwk = next(
            entry["jwk"]
            for entry in printed[rfc]["jwks"]
            if entry["section"].startswith(section) and entry["jwk"]["kty"] == "RSA"
        )
        numbers = {name: jwk[name] for name in ("kty", "n", "e", "d", "p", "q", "dp", "dq", "qi")}
        return key_from_jwk({**numbers, "alg": alg})

    def curve(number: int, kind: ec.EllipticCurve) -> Key:
        return Key.from_raw(ec.derive_private_key(number, kind))

    def edwards(number: int) -> Key:
        return Key.from_raw(Ed25519PrivateKey.from_private_bytes(number.to_bytes(32, "big"))).restrict(
            ["EdDSA"]
        )

    pinned = _house("pinned", (curve(5, ec.SECP256R1()),), _from_pem)
    many = (
        *(rsa("rfc7515", "A.2.1", "RS256"), rsa("rfc7517", "A.2", "PS256")),
        *(curve(7, ec.SECP256R1()), curve(11, ec.SECP384R1()), edwards(13)),
    )
    named = _house("named", many, _from_jwks)
    discovered = _house("discovered", (curve(17, ec.SECP256R1()), edwards(19)), _from_discovery, fetches=True)
    shared = _house("shared", (secret_key(SECRET),), _from_secret)
    houses = (pinned, named, discovered, shared)
    attackers = (
        rsa("rfc7516", "A.1.3", "RS256"),
        curve(23, ec.SECP256R1()),
        curve(29, ec.SECP384R1()),
        edwards(31),
    )
    known = [key for house in houses for key in house.keys if key.kind != "oct"]
    published = [key.public_pem().encode() for key in known] + [key.kid.encode() for key in known]
    published += [json.dumps(key.public_jwk()).encode() for key in known]
    published += [
        json.dumps({"keys": [key.public_jwk() for key in known]}).encode(),
        b"",
        b"secret",
        b"\0" * 32,
    ]
    good = frozenset(token for house in houses for token in house.tokens)
    crowd = MultiIssuerVerifier([house.warm for house in houses])
    return Cast(houses, good, crowd, attackers, tuple(published))


def _house(name: str, keys: tuple[Key, ...], make: Any, *, fetches: bool = False) -> House:
    issuer = f"https://{name}.example.com"
    tokens: list[str] = []
    for key in keys:
        for header in (forge.header_for(key), forge.header_for(key, kid=...)):
            claims = forge.good_claims(
                NOW, iss=issuer, jti=f"{name} {len(tokens)}", sub=f"user-{len(tokens)}"
            )
            tokens.append(signed(key, forge.segment(header), forge.segment(claims), key.default_algorithm))
    empty, warm = make(issuer, keys), make(issuer, keys)
    for token in tokens:
        warm.verify(token)
    return House(name, keys, tuple(tokens), empty, warm, fetches)


def _from_pem(issuer: str, keys: tuple[Key, ...]) -> Verifier:
    return Verifier.from_pem(keys[0].public_pem(), issuer=issuer, audience=forge.AUDIENCE, clock=lambda: NOW)


def _from_jwks(issuer: str, keys: tuple[Key, ...]) -> Verifier:
    jwks = {"keys": [key.public_jwk() for key in keys]}
    return Verifier.from_jwks(jwks, issuer=issuer, audience=forge.AUDIENCE, clock=lambda: NOW)


def _from_secret(issuer: str, keys: tuple[Key, ...]) -> Verifier:  # noqa: ARG001 - made in the same way as the others
    return Verifier.from_secret(SECRET, issuer=issuer, audience=forge.AUDIENCE, clock=lambda: NOW)


def _from_discovery(issuer: str, keys: tuple[Key, ...]) -> Verifier:
    """Keys by discovery, from memory; a millisecond passes whenever somebody looks at the clock."""
    answer = {
        "issuer": issuer,
        "jwks_uri": f"{issuer}/jwks",
        "keys": [key.public_jwk() for key in keys],
    }
    ticks = count()
    source = IssuerKeys(issuer, fetch=lambda _: answer, monotonic=lambda: next(ticks) / 1_000)
    return Verifier(issuer, audience=forge.AUDIENCE, keys=source, clock=lambda: NOW)
