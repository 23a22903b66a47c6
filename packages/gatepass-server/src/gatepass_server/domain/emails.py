"""E-mail addresses: checked without network, compared without regard to case."""

import unicodedata
from dataclasses import dataclass

from email_validator import EmailNotValidError, validate_email

MAX_LENGTH = 254
"""Characters in an address (RFC 5321 section 4.5.3.1.3, less the angle brackets)."""


@dataclass(frozen=True, slots=True)
class EmailAddress:
    """``text`` is kept and shown; ``key`` identifies the account."""

    text: str
    key: str


def parse_email(text: str) -> EmailAddress:
    """Check the syntax of ``text`` (RFC 5321, RFC 6531) and derive its key.

    Raises:
        ValueError: with a sentence that says what is wrong.
    """
    stripped = text.strip()
    if len(stripped) > MAX_LENGTH:
        raise ValueError(f"An e-mail address has at most {MAX_LENGTH} characters.")
    try:
        checked = validate_email(stripped, check_deliverability=False, strict=True, test_environment=True)
    except (EmailNotValidError, UnicodeError) as error:
        raise ValueError(f"This is not an e-mail address: {error}") from None
    return EmailAddress(text=checked.normalized, key=email_key(checked.normalized))


def email_key(text: str) -> str:
    """What two spellings of one address have in common: compatibility-normalised and case-folded.

    Look-alike spellings (full-width letters, ligatures) share a key, so that they share an account and
    its limits too.
    """
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text.strip()).casefold())
