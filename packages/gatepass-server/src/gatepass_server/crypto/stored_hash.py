"""The password hashes that this server understands, told apart by how they begin."""

import re
from typing import Protocol

from gatepass_server.crypto.argon2_hash import Argon2Hash
from gatepass_server.crypto.werkzeug_hash import parse_werkzeug

MAX_STORED_CHARACTERS = 1024
"""A longer text is no password hash, and is not looked at."""

_RETIRED = re.compile(r"(plain|md4|md5|sha1|sha224|sha256|sha384|sha512)\$")
_ANY = re.compile(
    rf"\$[a-z0-9-]{{1,16}}\$|(scrypt|pbkdf2|bcrypt|argon2)[a-z0-9_]*[:$]|\{{[A-Z0-9]+\}}|{_RETIRED.pattern}"
)


class StoredHash(Protocol):
    """A hash that can be compared with a password."""

    def matches(self, password: bytes) -> bool:
        """Compute the hash of ``password`` and compare in constant time."""
        ...


def parse_stored_hash(stored: str) -> StoredHash:
    """Read a stored hash: Argon2, or Werkzeug's scrypt or PBKDF2. Nothing costly is run.

    The sentences never repeat the text, which may be a password in the clear.

    Raises:
        ValueError: with a sentence that says what is wrong.
    """
    if len(stored) > MAX_STORED_CHARACTERS:
        raise ValueError(f"A password hash has at most {MAX_STORED_CHARACTERS} characters.")
    if stored.startswith("$argon2"):
        return Argon2Hash.parse(stored)
    if re.match(r"(scrypt|pbkdf2)[:$]", stored):
        try:
            return parse_werkzeug(stored)
        except UnicodeError:
            raise ValueError("The salt of this hash cannot be encoded in UTF-8.") from None
    if _RETIRED.match(stored):
        raise ValueError(
            "This is one of Werkzeug's old fast hashes, which Werkzeug 3 no longer checks either: "
            "the person has to choose a new password."
        )
    raise ValueError(
        "This is not a password hash that can be checked here: "
        "known are argon2id and Werkzeug's scrypt and pbkdf2."
    )


def looks_like_hash(text: str) -> bool:
    """Whether ``text`` begins as password hashes do, here or elsewhere, and hardly as a password does."""
    return _ANY.match(text) is not None
