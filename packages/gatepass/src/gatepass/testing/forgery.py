"""Change tokens in ways that a signer refuses, each in one way and no other."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from gatepass import base64url, jose
from gatepass.keys import Key

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


def changed(
    token: str,
    key: Key,
    *,
    header: Mapping[str, Any],
    claims: Mapping[str, Any],
    without: Iterable[str],
    alg: str | None,
) -> str:
    """Write a token with another header or other claims, with a signature that is right for them.

    Args:
        token: What is changed; it stays as it is.
        key: Signs anew.
        header: Header parameters to set.
        claims: Claims to set: whatever JSON can say, and ``NaN``, which it cannot.
        without: Claims to leave out.
        alg: ``none`` leaves the signature empty (RFC 7515 appendix A.5), ``HS256`` takes the public key for a
            shared secret (RFC 8725 section 2.1); without it the key's own algorithm.

    Raises:
        ValueError: A claim that is to be left out is not there, so leaving it out would be no change.
    """
    first, second, _ = token.split(".")
    parameters = {**_members(first), **({"alg": alg} if alg else {}), **header}
    members = {**_members(second), **claims}
    for name in without:
        if name not in members:
            raise ValueError(f"without names {name!r}, which this token does not have.")
        del members[name]
    signing_input = _segment(parameters) + b"." + _segment(members)
    return (signing_input + b"." + base64url.encode(_sign(signing_input, key, alg))).decode("ascii")


def tampered(token: str) -> str:
    """Change the claims of a token and keep its signature, which no longer matches."""
    first, second, third = token.split(".")
    return f"{first}.{_segment({**_members(second), 'tampered': True}).decode('ascii')}.{third}"


def _sign(signing_input: bytes, key: Key, alg: str | None) -> bytes:
    if alg == "none":
        return b""
    if alg == "HS256":
        return jose.sign(signing_input, _public_as_secret(key), alg)
    return jose.sign(signing_input, key, key.default_algorithm)


def _public_as_secret(key: Key) -> Key:
    """The confusion itself: what everybody knows, used as if it were a secret."""
    pem = key.public_pem().encode("ascii")
    return Key(
        kid=key.kid,
        algorithms=("HS256",),
        kind="oct",
        bits=8 * len(pem),
        thumbprint="",
        is_private=True,
        native=jose.native_key(pem),
    )


def _members(segment: str) -> dict[str, Any]:
    members: dict[str, Any] = json.loads(base64url.decode(segment.encode("ascii")))
    return members


def _segment(members: Mapping[str, Any]) -> bytes:
    return base64url.encode(json.dumps(members, separators=(",", ":")).encode("ascii"))
