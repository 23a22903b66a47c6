"""Where the bytes of a key come from: a path, a text, or bytes as they are."""

from __future__ import annotations

import binascii
import codecs
import os
import re
from pathlib import Path
from typing import Final

from gatepass.der import FORMS
from gatepass.errors import KeyFormatError
from gatepass.wrappings import base64_of

MAX_KEY_BYTES: Final = 64 * 1024
"""Size of a key file."""

_LOOKS_LIKE_TEXT = re.compile(
    r"-----BEGIN |BEGIN [A-Z ]*KEY|\A[\s\ufeff\"'(\[]*\{|\A[\s\ufeff\"']*(ssh-|ecdsa-sha2-|sk-)\S+\s|[\r\n]"
)
# A text that may be shown in a sentence because it cannot hold a key: too short for the 43 characters of the
# shortest one, or with the ending of a file's name, which neither base64 nor digits have.
_SHORT: Final = 40
_PLAINLY_A_PATH = re.compile(r"[\w ~:./\\-]{1,200}\.[A-Za-z0-9]{1,8}")


def key_bytes(source: str | bytes | os.PathLike[str]) -> bytes:
    """Return the bytes of a key, without a byte order mark.

    Raises:
        KeyFormatError: There is no such file, or it is empty or too large. A text that may be a key is never
            shown in the sentence.
    """
    if isinstance(source, bytes):
        data = source
    elif isinstance(source, str) and _LOOKS_LIKE_TEXT.search(source):
        data = source.encode("utf-8", "replace")
    elif isinstance(source, (str, os.PathLike)):
        data = _read_file(source)
    else:
        raise KeyFormatError("A key is given as the path of a file, as text or as bytes.")
    if len(data) > MAX_KEY_BYTES:
        raise KeyFormatError("This is larger than 64 KiB, so it is not a key.")
    if not data.strip():
        raise KeyFormatError(f"The key is empty; give {FORMS}.")
    return _strip_mark(data)


def unwrapped(data: bytes) -> bytes | None:
    """Return the DER or JWK that a text of base64 or hexadecimal digits stands for, if it does."""
    compact = b"".join(data.split()).strip(b"\"'")
    for inner in (_hex(compact), base64_of(compact)):
        if inner.startswith((b"\x30", b"{")):
            return inner
    return None


def _hex(text: bytes) -> bytes:
    try:
        return binascii.unhexlify(text)
    except ValueError:
        return b""


def _read_file(source: str | os.PathLike[str]) -> bytes:
    try:
        with Path(source).open("rb") as file:
            return file.read(MAX_KEY_BYTES + 1)
    except FileNotFoundError:
        problem = f"There is no key file {_shown(source)}; check the path."
    except IsADirectoryError:
        problem = f"{_shown(source)} is a folder; name the key file in it."
    except PermissionError:
        problem = f"The key file {_shown(source)} may not be read by this user."
    except (OSError, ValueError):
        problem = "The key is neither the path of a file that can be read nor a key as text."
    if isinstance(source, str) and unwrapped(source.encode("utf-8", "replace")) is not None:
        return source.encode()
    raise KeyFormatError(problem)


def _shown(source: str | os.PathLike[str]) -> str:
    """A path for a sentence. A text that is merely taken for a path may be a key that lost its first line."""
    if isinstance(source, str) and len(source) > _SHORT and not _PLAINLY_A_PATH.fullmatch(source):
        return "of that name"
    return repr(os.fspath(source))


def _strip_mark(data: bytes) -> bytes:
    """Remove a byte order mark; some shells write text in UTF-16."""
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return data.decode("utf-16", "replace").encode()
    return data.removeprefix(codecs.BOM_UTF8)
