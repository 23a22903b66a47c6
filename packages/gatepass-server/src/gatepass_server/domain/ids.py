"""Identifiers that outsiders may see: random, never counted up."""

import re
import uuid

_PUBLIC_ID = re.compile(r"[A-Za-z0-9_.:-]{1,64}")


def new_id() -> str:
    """A random UUID (RFC 9562 section 5.4), as text."""
    return str(uuid.uuid4())


def is_public_id(text: str) -> bool:
    """Whether ``text`` can name a user: 1 to 64 ASCII letters, digits, ``_``, ``.``, ``:`` and ``-``."""
    return _PUBLIC_ID.fullmatch(text) is not None
