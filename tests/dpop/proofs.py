"""Make proofs by hand, right ones and wrong ones."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from gatepass import base64url, jose
from tests.verify.forge import segment

if TYPE_CHECKING:
    from gatepass import Key
    from gatepass.dpop import DPoP

TOKEN = "eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJ1c2VyLTEifQ.c2lnbmF0dXJl"
URL = "https://api.example.com/orders"


def ath(token: str = TOKEN) -> str:
    return base64url.encode(hashlib.sha256(token.encode()).digest()).decode()


def public(key: Key) -> dict[str, Any]:
    """The bare public JWK of a key."""
    return dict(jose.public_members(key.native))


def good_header(key: Key, **changes: Any) -> dict[str, Any]:
    """The header of a proof that is accepted; a change to ``...`` leaves the parameter out."""
    header = {"typ": "dpop+jwt", "alg": key.default_algorithm, "jwk": public(key), **changes}
    return {name: value for name, value in header.items() if value is not ...}


def good_claims(now: float, **changes: Any) -> dict[str, Any]:
    """The claims of a proof that is accepted; a change to ``...`` leaves the claim out."""
    claims = {"jti": "proof-1", "htm": "GET", "htu": URL, "iat": int(now), "ath": ath(), **changes}
    return {name: value for name, value in claims.items() if value is not ...}


def sign(key: Key, header: object, claims: object, alg: str | None = None) -> str:
    """A proof with any header and claims and a signature that is right for them."""
    signing_input = segment(header) + b"." + segment(claims)
    signature = jose.sign(signing_input, key, alg or key.default_algorithm)
    return (signing_input + b"." + base64url.encode(signature)).decode()


def check(dpop: DPoP, *proofs: str, method: str = "GET", url: str = URL, token: str = TOKEN) -> str:
    """Check the proofs of a request that is in order, but for what is named."""
    return dpop.check(proofs, method=method, url=url, token=token)
