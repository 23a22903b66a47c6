"""A secret that one program shares with itself (HS256, HS384, HS512; RFC 7518 section 3.2)."""

from __future__ import annotations

import base64
import binascii
import codecs
import json
import re
from typing import TYPE_CHECKING, Final

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import load_der_private_key, load_der_public_key

from gatepass import jose
from gatepass.errors import KeyFormatError, WeakKeyError
from gatepass.keys import Key

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

SECRET_ALGORITHMS: Final[Mapping[str, int]] = {"HS256": 32, "HS384": 48, "HS512": 64}
"""Algorithm to the least number of bytes of its secret: the length of its hash."""

_PUBLISHED = (
    "The secret looks like a key, a certificate or a JSON document. A public key is no secret: whoever knows "
    "it could make tokens. Use from_pem or from_jwks for keys; make a secret with "
    "`python -c 'import secrets; print(secrets.token_urlsafe(64))'`."
)
# The first words of OpenSSH public keys, as text and as the bytes that their base64 part holds.
_SSH = re.compile(
    rb"(^|[\s\"',])(sk-)?(ssh-[a-z0-9]+|ecdsa-sha2-[a-z0-9-]+)(@openssh\.com)?\s+[A-Za-z0-9+/]{16}"
)
_SSH_WIRE = re.compile(rb"\A\x00\x00\x00.(sk-)?(ssh-|ecdsa-sha2-)", re.DOTALL)
_BOMS: Final = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
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
    if any(_looks_published(form) for form in _unwrapped(data)):
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


def _unwrapped(data: bytes, depth: int = 3) -> Iterator[bytes]:
    """The bytes themselves, and what they are an encoding of, down to three wrappings."""
    yield data
    if not depth:
        return
    if data.startswith(codecs.BOM_UTF8):
        yield from _unwrapped(data.removeprefix(codecs.BOM_UTF8), depth - 1)
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            try:
                yield from _unwrapped(data.decode(encoding).encode(), depth - 1)
            except UnicodeError:
                continue
    compact = b"".join(data.split())
    for decode in _DECODERS:
        try:
            inner = decode(compact)
        except (binascii.Error, ValueError):
            continue
        if len(inner) >= 32:
            yield from _unwrapped(inner, depth - 1)


_DECODERS: tuple[Callable[[bytes], bytes], ...] = (
    binascii.unhexlify,
    lambda text: base64.b64decode(text.rstrip(b"=") + b"=" * (-len(text.rstrip(b"=")) % 4), validate=True),
    lambda text: base64.b64decode(
        text.rstrip(b"=") + b"=" * (-len(text.rstrip(b"=")) % 4), altchars=b"-_", validate=True
    ),
)


def _looks_published(data: bytes) -> bool:
    return (
        b"-----BEGIN" in data
        or b"---- BEGIN" in data
        or _SSH.search(data) is not None
        or _SSH_WIRE.match(data) is not None
        or _is_json_document(data)
        or _is_der(data)
    )


def _is_json_document(data: bytes) -> bool:
    if data.lstrip()[:1] not in {b"{", b"[", b'"'}:
        return False
    try:
        json.loads(data)
    except RecursionError:
        return True
    except ValueError:
        return False
    return True


def _der_length(data: bytes) -> int:
    """The whole length of a DER element by its own account, so that bytes after it do not hide it."""
    if len(data) < 2 or data[1] < 0x80:
        return 2 + data[1] if len(data) > 1 else len(data)
    size = data[1] & 0x7F
    return 2 + size + int.from_bytes(data[2 : 2 + size], "big")


def _is_der(data: bytes) -> bool:
    if data[:1] != b"\x30":  # every key and certificate is an ASN.1 SEQUENCE
        return False
    loaders: tuple[Callable[[bytes], object], ...] = (
        load_der_public_key,
        x509.load_der_x509_certificate,
        lambda der: load_der_private_key(der, None),
    )
    for load in loaders:
        try:
            load(data[: _der_length(data)])
        except (ValueError, TypeError, UnsupportedAlgorithm):
            continue
        return True
    return False
