"""The signature methods: those of RFC 5849 section 3.4 by Authlib, and the same with SHA-256."""

import base64
import hmac
from collections.abc import Callable, Mapping
from typing import Final

from authlib.oauth1.rfc5849.signature import hmac_sha1_signature, plaintext_signature
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding

from gatepass_server.domain.secret import Secret
from gatepass_server.protocol.oauth1.request import SignedRequest

PLAINTEXT: Final = "PLAINTEXT"
Check = Callable[[SignedRequest], bool]


def _is_hmac_sha1(request: SignedRequest) -> bool:
    """Section 3.4.2."""
    expected = hmac_sha1_signature(request.base_string, request.client_secret, request.token_secret)
    return Secret(expected).matches(request.signature)


def _is_hmac_sha256(request: SignedRequest) -> bool:
    """Section 3.4.2 with another hash, as ``oauthlib`` and its clients have it. The key is what PLAINTEXT sends."""
    key = plaintext_signature(request.client_secret, request.token_secret)
    mac = hmac.digest(key.encode(), request.base_string.encode(), "sha256")
    return Secret(base64.b64encode(mac).decode()).matches(request.signature)


def _is_plaintext(request: SignedRequest) -> bool:
    """Section 3.4.4."""
    expected = plaintext_signature(request.client_secret, request.token_secret)
    return Secret(expected).matches(request.signature)


def _is_rsa(algorithm: hashes.HashAlgorithm) -> Check:
    def is_signed(request: SignedRequest) -> bool:
        """Section 3.4.3."""
        try:
            signature = base64.b64decode(request.signature, validate=True)
            request.rsa_public_key.verify(
                signature, request.base_string.encode(), padding.PKCS1v15(), algorithm
            )
        except (InvalidSignature, ValueError):
            return False
        return True

    return is_signed


METHODS: Final[Mapping[str, Check]] = {
    "HMAC-SHA1": _is_hmac_sha1,
    "HMAC-SHA256": _is_hmac_sha256,
    "RSA-SHA1": _is_rsa(hashes.SHA1()),  # noqa: S303 - the standard's own; its collisions forge nothing that is signed
    "RSA-SHA256": _is_rsa(hashes.SHA256()),
    PLAINTEXT: _is_plaintext,
}
"""By ``oauth_signature_method``, which is case-sensitive."""
