"""E-mail addresses: checked without network, compared without regard to case."""

import hashlib
import re
import unicodedata
from dataclasses import dataclass

from email_validator import EmailNotValidError, validate_email

MAX_LENGTH = 254
"""Characters in an address (RFC 5321 section 4.5.3.1.3, less the angle brackets)."""

_TOO_LONG_BETWEEN_DOTS = re.compile("[^@.\u3002\uff0e\uff61]{65}")
"""Of a local part 64 characters may stand together, of a domain 63; to convert more takes quadratic time."""

_INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u2800\u3164"
    "\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufff8\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)
"""Default_Ignorable_Code_Point of Unicode, and the Braille pattern without dots."""


@dataclass(frozen=True, slots=True)
class EmailAddress:
    """``text`` is kept and shown; ``key`` identifies the account.

    Mail goes to ``text`` alone. The key may be the address of somebody else: see ``email_key``.
    """

    text: str
    key: str


def parse_email(text: str) -> EmailAddress:
    """Check the syntax of ``text`` (RFC 5321, RFC 6531) and derive its key.

    The key must itself be a plain address: what turns into two addresses, or into none, once its look-alike
    characters are replaced is refused, and so is a local part with characters that nobody sees.

    Raises:
        ValueError: with a sentence that says what is wrong.
    """
    normalized = _normalized(text.strip())
    key = _folded(normalized)
    if not normalized.isascii():
        if _INVISIBLE.search(normalized.rpartition("@")[0]):
            raise ValueError("This is not an e-mail address: it has invisible characters before the @-sign.")
        if _folded(_normalized(key)) != key:
            raise ValueError("This is not an e-mail address: its characters stand for others.")
    return EmailAddress(text=normalized, key=key)


def email_key(text: str) -> str:
    """The key of whatever was typed as an e-mail address, at a cost that its length does not drive up.

    A key is compatibility-normalised and case-folded, so that look-alike spellings (full-width letters,
    ligatures, Punycode) share one account and one limit. On purpose that joins a few mailboxes that could belong
    to different people, such as those with ß and ss, a final sigma and another, ① and 1: whoever signs up first
    has the account of the group, for hardly anybody can tell such addresses apart at a glance.

    What is no address has a key too, by which accounts are found that were made under earlier rules. What is
    too long for any gets a digest, which no account has.
    """
    stripped = text.strip()
    if len(stripped) > MAX_LENGTH:
        return "sha256:" + hashlib.sha256(stripped.encode("utf-8", "surrogatepass")).hexdigest()
    try:
        return parse_email(stripped).key
    except ValueError:
        return _folded(stripped)


def _normalized(text: str) -> str:
    if len(text) > MAX_LENGTH:
        raise ValueError(f"An e-mail address has at most {MAX_LENGTH} characters.")
    if _TOO_LONG_BETWEEN_DOTS.search(text):
        raise ValueError("An e-mail address has at most 64 characters between its dots.")
    try:
        checked = validate_email(text, check_deliverability=False, strict=True, test_environment=True)
    except (EmailNotValidError, UnicodeError) as error:
        raise ValueError(f"This is not an e-mail address: {error}") from None
    return checked.normalized


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
