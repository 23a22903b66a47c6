"""What opening an encrypted key costs, read from the file before anything is computed.

The file itself says how often a passphrase is to be hashed, up to 2,147,483,647 times, which takes hours.
"""

from __future__ import annotations

import binascii
import math
import re
from typing import TYPE_CHECKING, Final

from gatepass import asn1
from gatepass.errors import KeyFormatError

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_ITERATIONS: Final = 10_000_000
"""Of PBKDF2 and of PKCS#12: about two seconds; common files have 2,048 to 1,000,000."""

MAX_SCRYPT: Final = 1 << 20
"""N times r times p: 128 MiB and half a second; OpenSSL writes an eighth of it."""

MAX_ROUNDS: Final = 512
"""Of bcrypt in OpenSSH keys: about four seconds; ssh-keygen writes 16 to 24."""

MAX_METHODS: Final = 32
"""Places where a way of hashing is named: a PKCS#12 file has one for each of its parts."""

_SCRYPT: Final = bytes.fromhex("06092b06010401da47040b")
# PBKDF2 (RFC 8018 appendix A.2), and what stands before the number of every older method of PKCS#12 and PKCS#5.
_ITERATED: Final = (
    bytes.fromhex("06092a864886f70d01050c"),
    *(bytes.fromhex(f"060a2a864886f70d010c01{last:02x}") for last in range(1, 7)),
    *(bytes.fromhex(f"06092a864886f70d0105{last:02x}") for last in (1, 3, 4, 6, 10, 11)),
)
_BODY = re.compile(rb"-----BEGIN [A-Z0-9 ]+-----(.*?)-----END ", re.DOTALL)
_BCRYPT: Final = b"\x00\x00\x00\x06bcrypt"


def refuse_costly(data: bytes) -> None:
    """Refuse a key file (PEM or DER) whose passphrase is hashed more often than is reasonable.

    Raises:
        KeyFormatError: It is.
    """
    for body in _BODY.findall(data) or [data]:
        try:
            der = binascii.a2b_base64(body) if body is not data else data
        except binascii.Error:
            continue  # damaged: whoever reads it will say so
        if sum(_costs(der)) > 1:
            raise KeyFormatError(
                "The key's passphrase is hashed so often that opening it would take too long: give the key its "
                "passphrase anew, with the usual settings of openssl or ssh-keygen."
            )


def _costs(der: bytes) -> Iterator[float]:
    """Every cost that is named, as a part of what is allowed."""
    if sum(der.count(name) for name in (*_ITERATED, _SCRYPT)) > MAX_METHODS:
        yield math.inf
        return
    for name in _ITERATED:
        for numbers in _parameters(der, name):
            yield numbers[0] / MAX_ITERATIONS
    for numbers in _parameters(der, _SCRYPT):
        cost, size, lanes = (*numbers, 1, 1)[:3]
        yield cost * size * lanes / MAX_SCRYPT
    yield _mac_iterations(der) / MAX_ITERATIONS
    start = der.find(_BCRYPT)
    if start >= 0:  # the options: their length, the salt with its length, the rounds
        salt = start + len(_BCRYPT) + 4
        rounds = salt + 4 + int.from_bytes(der[salt : salt + 4], "big")
        yield int.from_bytes(der[rounds : rounds + 4], "big") / MAX_ROUNDS


def _parameters(der: bytes, name: bytes) -> Iterator[list[int]]:
    """The numbers that follow the salt, wherever a method of this name stands."""
    start = der.find(name)
    while start >= 0:
        start += len(name)
        numbers = asn1.integers(asn1.first(der[start:]))
        if numbers:
            yield numbers
        start = der.find(name, start)


def _mac_iterations(der: bytes) -> int:
    """How often a PKCS#12 file hashes for its MAC: the last number of its last field (RFC 7292 section 4)."""
    fields = list(asn1.elements(asn1.first(der)))
    if len(fields) != 3 or fields[0] != (asn1.INTEGER, b"\x03"):
        return 0
    return max(asn1.integers(fields[2][1]), default=0)
