"""Hashes made by ``werkzeug.security.generate_password_hash``: ``METHOD$SALT$HEX``.

Known are ``scrypt:N:r:p``, ``pbkdf2:HASH:ITERATIONS`` and the forms that leave parameters out, which
stand for the defaults of Werkzeug 3.1, as they do in its own ``check_password_hash``.
"""

import hashlib
import hmac
import re
from dataclasses import dataclass

from gatepass_server.domain.errors import Busy

MAX_SCRYPT_MEMORY = 256 * 1024 * 1024
"""The most memory that one scrypt hash may ask for, in bytes (128 * N * r): 8 times Werkzeug's default."""

MAX_SCRYPT_WORK = 16 * 2**15 * 8
"""The most work, N * r * p, that one scrypt hash may ask for: 16 times Werkzeug's default (about 1 s)."""

MAX_PBKDF2_ITERATIONS = 5_000_000
"""Five times Werkzeug's default (about 2 s)."""

MAX_SALT_BYTES = 256

_DIGEST_BYTES = {
    "md5": 16, "sha1": 20, "sha224": 28, "sha256": 32, "sha384": 48, "sha512": 64,
    "sha3_224": 28, "sha3_256": 32, "sha3_384": 48, "sha3_512": 64,
}  # fmt: skip
_SCRYPT = re.compile(r"scrypt(?::([1-9][0-9]{0,9}):([1-9][0-9]{0,9}):([1-9][0-9]{0,9}))?")
_PBKDF2 = re.compile(r"pbkdf2(?::([a-z0-9_]{1,16})(?::([1-9][0-9]{0,9}))?)?")


@dataclass(frozen=True, slots=True)
class ScryptHash:
    """A well-formed scrypt hash (RFC 7914) whose cost is bearable."""

    n: int
    r: int
    p: int
    salt: bytes
    digest: bytes

    def matches(self, password: bytes) -> bool:
        """Compute the hash of ``password`` and compare in constant time.

        Raises:
            ValueError: OpenSSL refuses the parameters.
            Busy: the memory could not be had.
        """
        memory = 128 * self.r * (self.n + self.p + 2) + 1024 * 1024
        try:
            found = hashlib.scrypt(
                password, salt=self.salt, n=self.n, r=self.r, p=self.p, maxmem=memory, dklen=len(self.digest)
            )
        except MemoryError:
            raise Busy(
                "The server is busy. Please try again.", retry_after=1, reason="scrypt: no memory"
            ) from None
        return hmac.compare_digest(found, self.digest)


@dataclass(frozen=True, slots=True)
class Pbkdf2Hash:
    """A well-formed PBKDF2 hash (RFC 8018 section 5.2) whose cost is bearable."""

    algorithm: str
    iterations: int
    salt: bytes
    digest: bytes

    def matches(self, password: bytes) -> bool:
        """Compute the hash of ``password`` and compare in constant time.

        Raises:
            ValueError: OpenSSL does not offer this hash function here.
        """
        found = hashlib.pbkdf2_hmac(self.algorithm, password, self.salt, self.iterations)
        return hmac.compare_digest(found, self.digest)


def parse_werkzeug(stored: str) -> ScryptHash | Pbkdf2Hash:
    """Read a hash made by Werkzeug.

    Raises:
        ValueError: with a sentence; it is malformed, or its cost is out of bounds.
    """
    method, salt_text, hex_text = stored.split("$", 2) if stored.count("$") >= 2 else ("", "", "")
    salt = salt_text.encode("utf-8")
    if len(salt) > MAX_SALT_BYTES:
        raise ValueError(f"The salt of this hash is longer than {MAX_SALT_BYTES} bytes.")
    if match := _SCRYPT.fullmatch(method):
        n, r, p = (int(group) for group in match.groups(default="0"))
        return _scrypt(n or 2**15, r or 8, p or 1, salt, _digest(hex_text, 64))
    if match := _PBKDF2.fullmatch(method):
        algorithm, iterations = match[1] or "sha256", int(match[2] or 1_000_000)
        if algorithm not in _DIGEST_BYTES:
            raise ValueError("This PBKDF2 hash names a hash function that is not known here.")
        if iterations > MAX_PBKDF2_ITERATIONS:
            raise ValueError(f"This PBKDF2 hash asks for more than {MAX_PBKDF2_ITERATIONS} iterations.")
        return Pbkdf2Hash(algorithm, iterations, salt, _digest(hex_text, _DIGEST_BYTES[algorithm]))
    raise ValueError("This Werkzeug hash is malformed.")


def _scrypt(n: int, r: int, p: int, salt: bytes, digest: bytes) -> ScryptHash:
    if n < 2 or n & (n - 1):
        raise ValueError("The first parameter of scrypt must be a power of two.")
    if 128 * n * r > MAX_SCRYPT_MEMORY:
        raise ValueError(f"This scrypt hash asks for more than {MAX_SCRYPT_MEMORY} bytes of memory.")
    if n * r * p > MAX_SCRYPT_WORK:
        raise ValueError(f"This scrypt hash asks for more than {MAX_SCRYPT_WORK} units of work (N * r * p).")
    return ScryptHash(n, r, p, salt, digest)


def _digest(text: str, size: int) -> bytes:
    if not re.fullmatch(r"[0-9a-f]*", text) or len(text) != 2 * size:
        raise ValueError(f"The digest of this hash is not {2 * size} hexadecimal digits.")
    return bytes.fromhex(text)
