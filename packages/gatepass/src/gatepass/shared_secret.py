"""A secret that one program shares with itself (HS256, HS384, HS512; RFC 7518 section 3.2)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from gatepass import jose
from gatepass.errors import KeyFormatError, WeakKeyError
from gatepass.keys import Key
from gatepass.published import looks_published

if TYPE_CHECKING:
    from collections.abc import Mapping

SECRET_ALGORITHMS: Final[Mapping[str, int]] = {"HS256": 32, "HS384": 48, "HS512": 64}
"""Algorithm to the least number of bytes of its secret: the length of its hash."""

_PUBLISHED = (
    "The secret looks like a key, a certificate or a JSON document. A public key is no secret: whoever knows "
    "it could make tokens. Use from_pem or from_jwks for keys; make a secret with "
    "`python -c 'import secrets; print(secrets.token_urlsafe(64))'`."
)


def secret_key(secret: str | bytes) -> Key:
    """Make a key of a shared secret; a string counts as its UTF-8 bytes.

    Raises:
        WeakKeyError: Fewer than 32 bytes.
        KeyFormatError: The secret looks like something that is published: PEM, JWK, a JWK set, an SSH or DER
            key, a certificate, also wrapped in base64 or hexadecimal digits, or behind a byte order mark.
    """
    if not isinstance(secret, (str, bytes)):
        raise KeyFormatError("A secret is a string or bytes.")
    try:
        data = secret.encode() if isinstance(secret, str) else secret
    except UnicodeEncodeError:
        raise KeyFormatError(
            "The secret holds characters that UTF-8 cannot write; give bytes instead."
        ) from None
    if looks_published(data):
        raise KeyFormatError(_PUBLISHED)
    algorithms = tuple(alg for alg, length in SECRET_ALGORITHMS.items() if len(data) >= length)
    if not algorithms:
        raise WeakKeyError(
            f"The secret has {len(data)} bytes; HS256 needs 32, HS384 48 and HS512 64. Make one with "
            "`python -c 'import secrets; print(secrets.token_urlsafe(64))'`."
        )
    return Key(
        kid="",
        algorithms=algorithms,
        kind="oct",
        bits=8 * len(data),
        thumbprint="",
        is_private=True,
        native=jose.native_key(data),
    )
