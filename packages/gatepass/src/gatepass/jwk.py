"""Read keys written as JSON: one JWK, or a set of them (RFC 7517)."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

from gatepass import base64url, jose
from gatepass.errors import KeyFormatError, quote
from gatepass.keys import Key, check_rsa_bits

MAX_KEYS = 100
"""Keys taken from one set."""

PRIVATE_MEMBERS = frozenset({"d", "p", "q", "dp", "dq", "qi", "oth"})
"""What only a private key has (RFC 7518 section 6)."""

_log = logging.getLogger("gatepass")


def key_from_jwk(jwk: object) -> Key:
    """Read one asymmetric JWK, public or private.

    Its own ``alg``, ``use`` and ``key_ops`` restrict it (RFC 7517 sections 4.2 to 4.4); its ``kid`` names it.

    Raises:
        KeyFormatError: It is not a key for signatures; a shared secret (``oct``) never comes this way.
    """
    if not isinstance(jwk, Mapping):
        raise KeyFormatError("A JWK is a JSON object.")
    if jwk.get("kty") == "oct":
        raise KeyFormatError("A shared secret (kty oct) is not read from a JWK: give it to from_secret.")
    if jwk.get("use") not in (None, "sig"):
        raise KeyFormatError(f"The JWK's use is {quote(jwk['use'])}, so it is not for signatures.")
    _check_rsa(jwk)
    key = _apply_operations(Key.from_raw(jose.raw_from_jwk(jwk)), jwk)
    alg = jwk.get("alg")
    if alg is not None:
        key = key.restrict([alg] if isinstance(alg, str) else [])
    kid = jwk.get("kid")
    if kid is not None and not isinstance(kid, str):
        raise KeyFormatError("The JWK's kid is not a string.")
    return key.named(kid) if kid else key


def keys_from_jwks(jwks: object) -> tuple[Key, ...]:
    """Read the usable keys of a JWK set.

    Keys of unknown kinds or with broken members are passed over and named in the log, as RFC 7517 section 5
    says: one bad key must not make the others useless. Private members are not looked at: a set is there to
    check with, and proving that private numbers fit each other takes long.

    Raises:
        KeyFormatError: It is not a JWK set, or no key in it can be used.
    """
    listed = jwks.get("keys") if isinstance(jwks, Mapping) else None
    if not isinstance(listed, list):
        raise KeyFormatError('A JWK set is a JSON object with a list called "keys".')
    if len(listed) > MAX_KEYS:
        raise KeyFormatError(f"The JWK set has {len(listed)} keys; at most {MAX_KEYS} are taken.")
    keys: list[Key] = []
    for jwk in listed:
        try:
            keys.append(key_from_jwk(_public_part(jwk)))
        except KeyFormatError as error:
            kid = jwk.get("kid") if isinstance(jwk, Mapping) else None
            _log.info("a key of the set is passed over: kid %s: %s", quote(kid), error)
    if not keys:
        raise KeyFormatError("The JWK set has no key that can verify signatures.")
    return tuple(keys)


def _public_part(jwk: object) -> object:
    if not isinstance(jwk, Mapping):
        return jwk
    public = {name: value for name, value in jwk.items() if name not in PRIVATE_MEMBERS}
    operations = jwk.get("key_ops")
    if len(public) < len(jwk) and isinstance(operations, list) and "sign" in operations:
        public["key_ops"] = ["verify"]  # what the public half of a signing key is for
    return public


def _apply_operations(key: Key, jwk: Mapping[str, Any]) -> Key:
    """Hold the key to its ``key_ops``: without ``sign`` it only verifies, without either it is useless."""
    operations = jwk.get("key_ops")
    if operations is None:
        return key
    if isinstance(operations, list) and "sign" in operations and key.is_private:
        return key
    if isinstance(operations, list) and "verify" in operations:
        return key.public()
    raise KeyFormatError("The JWK's key_ops name neither verify nor, for a private key, sign.")


def _check_rsa(jwk: Mapping[str, Any]) -> None:
    """Refuse an RSA key by its size before it is built, which takes hours where it is large enough."""
    if jwk.get("kty") != "RSA":
        return
    try:
        modulus = base64url.decode(str(jwk.get("n")).encode())
    except ValueError:
        raise KeyFormatError("The JWK's n is not base64url.") from None
    check_rsa_bits(int.from_bytes(modulus, "big").bit_length())
    # Finding the primes again is slow, and so is refusing numbers that have none.
    if "d" in jwk and not {"p", "q"} <= jwk.keys():
        raise KeyFormatError(
            "The JWK is a private RSA key without its primes p and q; write it out with them."
        )
