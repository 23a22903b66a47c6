"""Read a key in whatever form it lies about: ``load_key``.

Taken are PEM (PKCS#1, PKCS#8, SEC1, OpenSSH; public ones too), one-line OpenSSH public keys, DER, PKCS#12 and
JWK, encrypted or not. Whatever is wrong ends in one sentence that tells what to do.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from cryptography.exceptions import InternalError, UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import (
    load_pem_private_key,
    load_pem_public_key,
    load_ssh_private_key,
    load_ssh_public_key,
)

from gatepass.der import FORMS, UNREADABLE, key_from_der
from gatepass.errors import (
    KeyFormatError,
    PassphraseMissingError,
    PublicKeyGivenError,
    WrongPassphraseError,
)
from gatepass.jwk import key_from_jwk
from gatepass.key_costs import refuse_costly
from gatepass.key_source import key_bytes, unwrapped
from gatepass.keys import Key
from gatepass.strict_json import decode_object

if TYPE_CHECKING:
    import os
    from collections.abc import Callable

_BLOCK = re.compile(rb"-----BEGIN ([A-Z0-9 ]+)-----.*?-----END \1-----", re.DOTALL)
_SSH_PUBLIC = re.compile(rb"(ssh-|ecdsa-sha2-|sk-)[a-z0-9@.-]+\s+[A-Za-z0-9+/=]{16}")


def load_key(
    source: str | bytes | os.PathLike[str], passphrase: str | bytes | None = None, *, private: bool = False
) -> Key:
    """Read a key.

    Meant for keys of one's own. What a file demands for opening it is bounded, and still its maker decides how
    many seconds and how much memory that takes: do not read the files of strangers with it.

    Args:
        source: The path of a file, the text of a key (PEM, JWK or an OpenSSH line), or its bytes (DER,
            PKCS#12 as well); also as one line of base64 or hexadecimal digits.
        passphrase: What opens it; ignored where the key is not encrypted. An empty one counts as none.
        private: Demand a private key.

    Returns:
        The key. Its ``kid`` is its RFC 7638 thumbprint, also where a JWK has a ``kid`` of its own
        (``Key.named`` gives it another).

    Raises:
        PassphraseMissingError: It is encrypted and no passphrase was given.
        WrongPassphraseError: The passphrase does not open it.
        PublicKeyGivenError: ``private`` was asked for and this is a public key.
        WeakKeyError: An RSA key below 2048 bits.
        KeyFormatError: Anything else that is wrong with it. All of the above are KeyFormatErrors too.
    """
    data = key_bytes(source)
    refuse_costly(data)
    try:
        key = _parse(data, _passphrase_bytes(passphrase))
    except (NotImplementedError, InternalError):  # from below cryptography, for a few odd keys
        raise KeyFormatError(UNREADABLE) from None
    if private and not key.is_private:
        raise PublicKeyGivenError(
            "This is a public key, and a private one is needed: give the file without .pub, or the one that "
            "says PRIVATE KEY in its first line."
        )
    return key.named(key.thumbprint)


def _passphrase_bytes(passphrase: str | bytes | None) -> bytes | None:
    try:
        # The escape brings back the bytes of a command line or variable that is not UTF-8.
        given = passphrase.encode("utf-8", "surrogateescape") if isinstance(passphrase, str) else passphrase
    except UnicodeEncodeError:
        raise WrongPassphraseError from None
    return given or None


def _parse(data: bytes, passphrase: bytes | None) -> Key:
    if b"-----BEGIN " in data:
        return _from_pem(data, passphrase)
    if b"---- BEGIN SSH2 PUBLIC KEY" in data:
        raise KeyFormatError("This is an RFC 4716 public key; convert it with `ssh-keygen -i -f FILE`.")
    if _SSH_PUBLIC.match(data.lstrip()):
        return Key.from_raw(_load(lambda: load_ssh_public_key(data.strip()), passphrase, encrypted=False))
    text = data.strip().strip(b"\"'").strip()
    if text.startswith(b"{"):
        try:
            return key_from_jwk(decode_object(text))
        except ValueError as error:
            if isinstance(error, KeyFormatError):
                raise
            raise KeyFormatError(f"This looks like a JWK, but it is {error}.") from None
    if data.startswith(b"\x30"):
        return key_from_der(data, passphrase)
    inner = unwrapped(data)
    if inner is not None:
        refuse_costly(inner)
        return _parse(inner, passphrase)
    raise KeyFormatError(f"This is not a key in any form that is known; give {FORMS}.")


def _from_pem(data: bytes, passphrase: bytes | None) -> Key:
    blocks = [(match[1].decode("ascii"), match[0]) for match in _BLOCK.finditer(data)]
    privates = [block for block in blocks if block[0].endswith("PRIVATE KEY")]
    publics = [block for block in blocks if block[0].endswith("PUBLIC KEY")]
    if len(privates) > 1:
        raise KeyFormatError(f"There are {len(privates)} private keys in it; give a file with one.")
    if privates:
        label, block = privates[0]
        encrypted = label.startswith("ENCRYPTED") or b"Proc-Type: 4,ENCRYPTED" in block
        if label == "OPENSSH PRIVATE KEY":
            encrypted = not _opens(lambda: load_ssh_private_key(block, None))
            secret = passphrase if encrypted else None
            return Key.from_raw(
                _load(lambda: load_ssh_private_key(block, secret), secret, encrypted=encrypted)
            )
        if encrypted:
            return Key.from_raw(
                _load(lambda: load_pem_private_key(block, passphrase), passphrase, encrypted=True)
            )
        return Key.from_raw(_load(lambda: load_pem_private_key(block, None), None, encrypted=False))
    if len(publics) == 1:
        return Key.from_raw(_load(lambda: load_pem_public_key(publics[0][1]), None, encrypted=False))
    if any("CERTIFICATE" in label for label, _ in blocks):
        raise KeyFormatError(
            "This is a certificate, not a key: take its public key out with "
            "`openssl x509 -in FILE -pubkey -noout`, or give the private key it was made for."
        )
    if not blocks:
        raise KeyFormatError("The PEM text is cut off: a block has no matching END line.")
    raise KeyFormatError(
        f"There is no single key in this PEM text, only: {', '.join(label for label, _ in blocks)}."
    )


def _opens(load: Callable[[], object]) -> bool:
    """Tell whether a key opens without a passphrase; a broken one counts as open, and is told of later."""
    try:
        load()
    except TypeError:
        return False
    except (ValueError, UnsupportedAlgorithm):
        return True
    return True


def _load(load: Callable[[], object], passphrase: bytes | None, *, encrypted: bool) -> object:
    """Run a loader of ``cryptography`` and say in one sentence what it did not like."""
    try:
        return load()
    except TypeError:
        # Raised for a passphrase that is missing.
        raise PassphraseMissingError from None
    except UnsupportedAlgorithm as error:
        if "bcrypt" in str(error):
            raise KeyFormatError(
                "Encrypted OpenSSH keys need the bcrypt package: `pip install 'gatepass[ssh]'`, or convert "
                "the key with `ssh-keygen -p -m PEM -f FILE`."
            ) from None
        raise KeyFormatError(UNREADABLE) from None
    except ValueError:
        if encrypted and passphrase:
            raise WrongPassphraseError from None
        raise KeyFormatError(
            "The key is damaged: its text does not decode. Copy the file again, whole."
        ) from None
