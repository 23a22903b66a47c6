"""Read a key from bytes that are no text: DER (PKCS#1, PKCS#8, SEC1, SubjectPublicKeyInfo) and PKCS#12."""

from __future__ import annotations

from typing import Final

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import load_der_private_key, load_der_public_key
from cryptography.hazmat.primitives.serialization.pkcs12 import load_key_and_certificates

from gatepass import asn1
from gatepass.errors import KeyFormatError, PassphraseMissingError, WrongPassphraseError
from gatepass.keys import Key

FORMS: Final = "a PEM, OpenSSH, DER, PKCS#12 or JWK file"
"""What is taken, for sentences."""

UNREADABLE: Final = (
    "The key is of a kind, or encrypted in a way, that cannot be read here: convert it with "
    "`openssl pkcs8 -topk8 -in FILE -out NEW`."
)
"""What is said of keys that ``cryptography`` cannot read."""


def key_from_der(data: bytes, passphrase: bytes | None) -> Key:
    """Read a key, public or private; a passphrase that is not needed is ignored.

    Raises:
        PassphraseMissingError: It is encrypted and no passphrase was given.
        WrongPassphraseError: The passphrase does not open it.
        KeyFormatError: The bytes are no usable key.
    """
    if _is_pkcs12(data):
        return _from_pkcs12(data, passphrase)
    try:
        return Key.from_raw(load_der_private_key(data, None))
    except TypeError:  # a passphrase is needed
        return _from_encrypted(data, passphrase)
    except KeyFormatError:
        raise
    except ValueError:
        return _from_public(data)
    except UnsupportedAlgorithm:
        raise KeyFormatError(UNREADABLE) from None


def _from_encrypted(data: bytes, passphrase: bytes | None) -> Key:
    if passphrase is None:
        raise PassphraseMissingError
    try:
        raw = load_der_private_key(data, passphrase)
    except (ValueError, TypeError):
        raise WrongPassphraseError from None
    except UnsupportedAlgorithm:
        raise KeyFormatError(UNREADABLE) from None
    return Key.from_raw(raw)


def _from_public(data: bytes) -> Key:
    try:
        raw = load_der_public_key(data)
    except (ValueError, UnsupportedAlgorithm):
        raise KeyFormatError(f"The bytes are not a key in any form that is known; give {FORMS}.") from None
    return Key.from_raw(raw)


def _is_pkcs12(data: bytes) -> bool:
    """PKCS#12 is a SEQUENCE that begins with the INTEGER 3 (RFC 7292 section 4)."""
    return next(asn1.elements(asn1.first(data)), None) == (asn1.INTEGER, b"\x03")


def _from_pkcs12(data: bytes, passphrase: bytes | None) -> Key:
    # A passphrase there ends at its first NUL, so one that holds a NUL is no other program's.
    if passphrase and b"\0" in passphrase:
        raise WrongPassphraseError
    # Some programs protect with the empty passphrase what they call unprotected.
    for attempt in [passphrase] if passphrase else [None, b""]:
        try:
            raw = load_key_and_certificates(data, attempt)[0]
        except (ValueError, TypeError):  # TypeError: a passphrase that is not UTF-8
            continue
        except UnsupportedAlgorithm:
            raise KeyFormatError(UNREADABLE) from None
        if raw is None:
            raise KeyFormatError("The PKCS#12 file holds no private key; export it again with its key.")
        return Key.from_raw(raw)
    raise WrongPassphraseError if passphrase else PassphraseMissingError
