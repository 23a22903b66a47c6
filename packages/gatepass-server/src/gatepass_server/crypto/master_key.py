"""The master key: read from a setting, or from a file made on the first run that only its owner can read."""

import base64
import binascii
import contextlib
import os
import secrets
import tempfile
from pathlib import Path

from gatepass_server.crypto.sealing import KEY_BYTES
from gatepass_server.domain.errors import OperatorError
from gatepass_server.domain.secret import Secret

_TO_STANDARD = str.maketrans("-_", "+/")


def parse_master_keys(text: Secret, *, where: str) -> list[bytes]:
    """Keys in base64 or base64url (padding optional), separated by commas or white space.

    Raises:
        OperatorError: naming ``where`` and the position of the key that is wrong, never the key.
    """
    keys = []
    for position, word in enumerate(text.reveal().replace(",", " ").split(), start=1):
        try:
            padded = word.translate(_TO_STANDARD) + "=" * (-len(word) % 4)
            key = base64.b64decode(padded, validate=True)
        except (binascii.Error, ValueError):
            key = b""
        if len(key) != KEY_BYTES:
            raise OperatorError(
                f"Master key {position} in {where} is not {KEY_BYTES} bytes in base64. "
                "Make one with: openssl rand -base64 32"
            )
        keys.append(key)
    if not keys:
        raise OperatorError(f"There is no master key in {where}. Make one with: openssl rand -base64 32")
    return keys


def load_or_create(path: Path) -> list[bytes]:
    """Read the master keys in ``path``; make the file, with mode 0600, if there is none.

    Processes that start at once agree: the file appears whole, and only the first one counts.

    Raises:
        OperatorError: the file cannot be read or made, or others can read it.
    """
    try:
        if not path.exists():
            _create(path)
        with path.open("rb") as file:
            mode = os.fstat(file.fileno()).st_mode
            text = file.read()
    except OSError as error:
        raise OperatorError(
            f"The master key file {path} cannot be used: {error.strerror}. "
            "Mend its rights, or name another with GATEPASS_MASTER_KEY_FILE."
        ) from None
    if os.name == "posix" and mode & 0o077:
        raise OperatorError(
            f"The master key file {path} can be read by others (mode {mode & 0o777:04o}). Run: chmod 600 {path}"
        )
    return parse_master_keys(Secret(text.decode("ascii", "replace")), where=str(path))


def _create(path: Path) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=".master-key-")  # made with mode 0600
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(base64.urlsafe_b64encode(secrets.token_bytes(KEY_BYTES)) + b"\n")
            file.flush()
            os.fsync(file.fileno())
        with contextlib.suppress(FileExistsError):  # another process was first: its key is the one
            os.link(temporary, path)
    finally:
        Path(temporary).unlink()
    _sync_folder(path.parent)


def _sync_folder(folder: Path) -> None:
    """Keep the file's name through a power cut, as the database keeps what is sealed under the key."""
    if os.name != "posix":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
