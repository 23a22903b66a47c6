"""Which passwords may be chosen (NIST SP 800-63B section 5.1.1.2)."""

import gzip
import unicodedata
from functools import cache
from pathlib import Path

from gatepass_server.domain.errors import FieldFault

MIN_PASSWORD_CHARACTERS = 8
"""Unicode code points."""

MAX_PASSWORD_BYTES = 1024
"""Bytes of UTF-8. A longer password is refused whole, never cut."""

_BLOCKLIST = Path(__file__).parent / "data" / "common_passwords.txt.gz"


class PasswordPolicy:
    """Long enough, not absurdly long, not one of the first that anybody tries; no rules of composition.

    Args:
        min_characters: the least length in Unicode code points.
        max_bytes: the greatest length in bytes of UTF-8.
    """

    def __init__(
        self, min_characters: int = MIN_PASSWORD_CHARACTERS, max_bytes: int = MAX_PASSWORD_BYTES
    ) -> None:
        self.min_characters = min_characters
        self.max_bytes = max_bytes

    def check(self, password: str, *, email: str = "", name: str = "") -> list[FieldFault]:
        """What is wrong with ``password`` for the person with this e-mail address and name.

        Both must have been checked before: to compare a text can take time quadratic in its length. The password
        is compared only if it is not too long.

        The codes are ``too_short``, ``too_long``, ``not_text`` (it has lone surrogates), ``too_common`` and
        ``too_personal``; the field is ``password``. Empty if it may be taken.
        """
        try:
            # Cut to bound the work: every character is a byte at least, so what is too long stays so.
            size = len(password[: self.max_bytes + 1].encode("utf-8"))
        except UnicodeEncodeError:
            return [_fault("not_text", "This password has characters that are not Unicode text.")]
        if len(password) < self.min_characters:
            return [_fault("too_short", f"A password needs at least {self.min_characters} characters.")]
        if size > self.max_bytes:
            return [_fault("too_long", f"A password has at most {self.max_bytes} bytes.")]
        key = _fold(password)
        if key in {_fold(email), _fold(email.rpartition("@")[0]), _fold(name)}:
            return [_fault("too_personal", "A password must not be one's own name or e-mail address.")]
        if is_common(key):
            return [
                _fault("too_common", "This password is one of the most common ones. Please choose another.")
            ]
        return []


def is_common(password: str) -> bool:
    """Whether ``password`` is on the shipped list, in any spelling of its letters (``PASSWORD1`` is)."""
    key = _fold(password).encode("utf-8", "surrogatepass")
    return b"\n" not in key and b"\n%b\n" % key in _blocklist()


def _fold(text: str) -> str:
    """What look-alike spellings have in common: no case, no full-width letters, no spaces around."""
    return unicodedata.normalize("NFKC", text).casefold().strip()


@cache
def _blocklist() -> bytes:
    """The words, each between line ends, read at first use.

    One text of 160 KB that is searched in some microseconds costs a tenth of the memory of a set.
    """
    return gzip.decompress(_BLOCKLIST.read_bytes())


def _fault(code: str, message: str) -> FieldFault:
    return FieldFault(field="password", code=code, message=message)
