"""Tell a secret from what is published: keys, certificates, and documents that hold them.

Public keys taken for secrets let everybody make tokens. Whatever names itself a key is found here; the bare numbers
of a key, which look like any random bytes, cannot be.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Final

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import load_der_private_key, load_der_public_key

from gatepass.wrappings import unwrapped

if TYPE_CHECKING:
    from collections.abc import Callable

# What only keys and certificates say, wherever it stands.
_WORDS: Final = re.compile(
    rb"-----(BEGIN|END)|---- BEGIN|RSAKeyValue|<Modulus>|\bModulus\s*[=:]|"
    # The kind of a JWK, in JSON or any other spelling of it (YAML, forms, HTML, percent signs).
    rb"kty.{1,24}?(RSA|EC|OKP)(?![A-Za-z])",
    re.DOTALL,
)
# The first words of OpenSSH public keys and certificates, as text and as the bytes that their base64 part holds.
_SSH: Final = re.compile(
    rb"(^|[\s\"',;])(sk-)?(ssh-[a-z0-9]+|ecdsa-sha2-[a-z0-9]+)(-cert-v01)?((@|%40)openssh\.com)?(\s|%20)+[A-Za-z0-9+/]{16}"
)
_SSH_WIRE: Final = re.compile(rb"\A\x00\x00\x00.(sk-)?(ssh-|ecdsa-sha2-)", re.DOTALL)
# The names of kinds of keys in DER (RFC 3279 sections 2.3.1 and 2.3.5, RFC 8410 section 3): in keys, certificates,
# requests for them and PKCS#7.
_KINDS: Final = tuple(
    bytes.fromhex(name)
    for name in ("06092a864886f70d010101", "06072a8648ce3d0201", "06032b6570", "06032b6571")
)


def looks_published(data: bytes) -> bool:
    """Tell whether bytes are a key or certificate in any usual form, or a JSON document, wrapped or not."""
    return any(_is_published(form) for form in unwrapped(data))


def _is_published(data: bytes) -> bool:
    return (
        _WORDS.search(data) is not None
        or _SSH.search(data) is not None
        or _SSH_WIRE.match(data) is not None
        or any(kind in data for kind in _KINDS)
        or _is_json_document(data)
        or _is_der(data.lstrip())
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
