"""Make proofs, for clients written in Python and for tests (RFC 9449 section 4.2)."""

from __future__ import annotations

import secrets
import time
from typing import TYPE_CHECKING, Any

from gatepass import base64url, jose
from gatepass.clocks import now_of
from gatepass.dpop.claims import token_hash
from gatepass.dpop.header import PROOF_TYPE
from gatepass.dpop.target import normalised
from gatepass.errors import PublicKeyGivenError
from gatepass.token_values import encode

if TYPE_CHECKING:
    from collections.abc import Callable

    from gatepass.keys import Key


def make_proof(
    key: Key,
    *,
    method: str,
    url: str,
    token: str | None = None,
    nonce: str | None = None,
    clock: Callable[[], float] = time.time,
) -> str:
    """Make a proof for one request: the value of its header ``DPoP``. Every request needs one of its own.

    Args:
        key: The client's private key, to which its token is bound; it signs with its default algorithm.
        method: The HTTP method, as it is sent.
        url: The address of the request; its query and fragment are left out of the proof.
        token: The access token that is sent along; without one the proof is good for a token request only.
        nonce: What the server's last ``DPoP-Nonce`` header said.
        clock: A function that returns seconds since the epoch.

    Raises:
        PublicKeyGivenError: The key is not private, or a shared secret.
        ValueError: The address is not an absolute http address, or the token is not ASCII.
    """
    if not key.is_private or key.kind == "oct":
        raise PublicKeyGivenError("A proof is signed with a private key; a public one or a secret was given.")
    normalised(url)  # for what it raises; the proof has it as it is written, for servers that compare it so
    header = {"typ": PROOF_TYPE, "alg": key.default_algorithm, "jwk": jose.public_members(key.native)}
    claims: dict[str, Any] = {
        "jti": secrets.token_urlsafe(16),
        "htm": method,
        "htu": url.partition("#")[0].partition("?")[0],
        "iat": int(now_of(clock)),
    }
    if token is not None:
        claims["ath"] = token_hash(token)
    if nonce is not None:
        claims["nonce"] = nonce
    signing_input = base64url.encode(encode(header)) + b"." + base64url.encode(encode(claims))
    signature = jose.sign(signing_input, key, key.default_algorithm)
    return (signing_input + b"." + base64url.encode(signature)).decode("ascii")
