"""Signature checks that are made ready once for a key and an algorithm (RFC 7518 section 3, RFC 8037)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.padding import MGF1, PSS, PKCS1v15

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from cryptography.hazmat.primitives.asymmetric.padding import AsymmetricPadding
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

    Check = Callable[[bytes, bytes], bool]
    """``(signing input, signature)`` to whether the signature matches."""

_HASHES: Final[Mapping[str, hashes.SHA256 | hashes.SHA384 | hashes.SHA512]] = {
    "256": hashes.SHA256(),
    "384": hashes.SHA384(),
    "512": hashes.SHA512(),
}


def ed25519_check(public: bytes) -> Check | None:
    """Make the check of EdDSA with Ed25519 by libsodium; ``None`` where the extra ``fast`` is not installed.

    It takes half the time, and refuses a little more: points of small order, which no honest signer uses (ADR 10).

    Args:
        public: The 32 bytes of the key.
    """
    try:
        from nacl.exceptions import BadSignatureError  # noqa: PLC0415 - an extra
        from nacl.signing import VerifyKey  # noqa: PLC0415 - the same
    except ImportError:
        return None
    verify = VerifyKey(public).verify

    def check(signing_input: bytes, signature: bytes) -> bool:
        try:
            verify(signing_input, signature)
        except BadSignatureError:
            return False
        return True

    return check


def rsa_check(key: RSAPublicKey, alg: str) -> Check:
    """Make the check of RS256 to RS512 or PS256 to PS512.

    An RSA check takes so little time that making padding and hash anew for each is worth saving.
    """
    chosen = _HASHES[alg[2:]]
    # RFC 7518 section 3.5: MGF1 with the same hash, and a salt as long as the hash.
    padding: AsymmetricPadding = PKCS1v15() if alg.startswith("RS") else PSS(MGF1(chosen), chosen.digest_size)
    verify = key.verify

    def check(signing_input: bytes, signature: bytes) -> bool:
        try:
            verify(signature, signing_input, padding, chosen)
        except InvalidSignature:
            return False
        return True

    return check
