"""Codes that a person reads off one device and types into another (RFC 8628 section 6.1).

Eight of twenty letters: no vowels, so that they spell nothing, and no digits, so that none is taken for another. That
is 34.5 bits, which is enough for a code that lives for minutes where guesses are counted; what is kept is a MAC, since
whoever has a plain digest of so short a text has the text.
"""

import hashlib
import hmac
import secrets

from gatepass_server.domain.secret import Secret

ALPHABET = "BCDFGHJKLMNPQRSTVWXZ"
LENGTH = 8
_HALF = LENGTH // 2


def new_user_code() -> Secret:
    """A random code as it is shown: ``XXXX-XXXX``."""
    letters = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))
    return Secret(f"{letters[:_HALF]}-{letters[_HALF:]}")


def read_user_code(typed: str) -> Secret | None:
    """The code as it is shown, of what somebody typed: in any case, with or without the dash or blanks."""
    letters = "".join(character for character in typed.upper() if character not in " -\t\u2010\u2011\u2013")
    if len(letters) != LENGTH or not set(letters) <= set(ALPHABET):
        return None
    return Secret(f"{letters[:_HALF]}-{letters[_HALF:]}")


def user_code_digest(code: Secret, key: bytes) -> bytes:
    """What is kept of a code."""
    return hmac.digest(key, code.reveal().encode("ascii"), hashlib.sha256)
