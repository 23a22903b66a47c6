"""Make tokens by hand, right ones and wrong ones."""

import json
from typing import Any

from gatepass import Key, base64url, jose

ISSUER = "https://auth.example.com"
AUDIENCE = "https://api.example.com"


def good_claims(now: float, **changes: Any) -> dict[str, Any]:
    """The claims of a token that is accepted; a change to ``...`` leaves the claim out."""
    claims: dict[str, Any] = {
        "iss": ISSUER,
        "sub": "user-1",
        "aud": AUDIENCE,
        "exp": int(now) + 600,
        "iat": int(now),
        "jti": "token-1",
        "client_id": "client-1",
        "scope": "orders:read orders:write",
        "sid": "session-1",
    }
    claims.update(changes)
    return {name: value for name, value in claims.items() if value is not ...}


def header_for(key: Key, **changes: Any) -> dict[str, Any]:
    """The header of a token that is accepted; a change to ``...`` leaves the parameter out."""
    header: dict[str, Any] = {"alg": key.default_algorithm, "kid": key.kid, "typ": "at+jwt", **changes}
    return {name: value for name, value in header.items() if value is not ...}


def segment(value: object) -> bytes:
    """One segment: bytes as they are, anything else as JSON."""
    data = value if isinstance(value, bytes) else json.dumps(value, separators=(",", ":")).encode()
    return base64url.encode(data)


def token(key: Key, payload: object, header: object = None, *, alg: str | None = None) -> str:
    """A token with any header and payload and a signature that is right for them.

    Args:
        key: Signs it.
        payload: The claims, or the bytes of the payload.
        header: The header, or its bytes; a good one without it.
        alg: What to sign with, whatever the header says.
    """
    signing_input = segment(header_for(key) if header is None else header) + b"." + segment(payload)
    signature = jose.sign(signing_input, key, alg or key.default_algorithm)
    return (signing_input + b"." + base64url.encode(signature)).decode()
