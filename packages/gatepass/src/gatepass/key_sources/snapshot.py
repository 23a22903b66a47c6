"""Keys kept in a file, so that a program that starts while its issuer is away can still check tokens."""

from __future__ import annotations

import json
import logging
import os
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from gatepass.clocks import now_of
from gatepass.errors import plain, quote
from gatepass.jwk import keys_from_jwks
from gatepass.key_sources.bounded_file import NotReadableError, read_regular_file
from gatepass.strict_json import decode_object

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from gatepass.keys import Key

MAX_BYTES: Final = 256 * 1024
"""Size of a snapshot; a hundred of the longest keys that are common take half of it."""

SKEW: Final = 60.0
"""Seconds by which a snapshot may seem to come from the future: clocks are set now and then."""

_END: Final = 1e15  # seconds; comparing with it leaves out numbers that no arithmetic takes

_FORM: Final = "gatepass keys 1"

_log = logging.getLogger("gatepass")


class Snapshot:
    """A file with public keys, the name of whom they belong to, and when they were fetched.

    Whoever can write the file decides which tokens are accepted. So it is written with mode 0600, and read only
    if it belongs to the user of this program (or to root), nobody else may write it, and it is no link.
    Whatever is wrong with it is told in the log, and the keys are fetched as if it were not there.

    Args:
        path: Where it lies; the folder must be there.
        name: Whose keys it keeps.
        max_age: Seconds after which it is too old.
        clock: Seconds since the epoch.
    """

    def __init__(
        self, path: str | os.PathLike[str], name: str, max_age: float, clock: Callable[[], float]
    ) -> None:
        self._path = Path(path)
        self._name = name
        self._max_age = max_age
        self._clock = clock

    def load(self) -> tuple[tuple[Key, ...], float] | None:
        """Return the keys and their age in seconds; ``None`` where there are none that may be used."""
        try:
            data, facts = read_regular_file(self._path, MAX_BYTES, follow=False)
            _check_owner(facts)
            return self._read(decode_object(data))
        except (NotReadableError, ValueError) as error:
            if self._path.is_symlink() or self._path.exists():
                _log.warning("the snapshot of keys %s is not used: %s", self._path, plain(error))
            else:
                _log.info("there is no snapshot of keys at %s yet", self._path)
            return None

    def save(self, keys: Sequence[Key]) -> None:
        """Write the file anew, whole or not at all; where that fails the log tells."""
        try:
            content = {
                "form": _FORM,
                "name": self._name,
                "saved": now_of(self._clock),
                "keys": [_public(key) for key in keys],
            }
            _write(self._path, json.dumps(content).encode())
        except (OSError, ValueError) as error:
            _log.warning("the snapshot of keys %s was not written: %s", self._path, plain(error))

    def _read(self, content: dict[str, Any]) -> tuple[tuple[Key, ...], float]:
        if content.get("form") != _FORM:
            raise ValueError("it is not a snapshot of keys")
        if content.get("name") != self._name:
            raise ValueError(f"it holds the keys of {quote(content.get('name'))}")
        saved = content.get("saved")
        if not isinstance(saved, (int, float)) or isinstance(saved, bool):
            raise ValueError("it does not say when it was saved")  # noqa: TRY004 - the file is wrong, not a Python type
        if not 0 <= saved < _END:
            raise ValueError("it was saved at no time that a clock shows")
        age = now_of(self._clock) - saved
        if age < -SKEW:
            raise ValueError("it comes from the future")
        if age >= self._max_age:
            raise ValueError(f"it is older than {self._max_age:g} s")
        return keys_from_jwks(content), max(age, 0.0)


def _public(key: Key) -> dict[str, str]:
    jwk = key.public_jwk()
    if len(key.algorithms) > 1:  # bound to none
        del jwk["alg"]
    return jwk


def _check_owner(facts: os.stat_result) -> None:
    if not hasattr(os, "geteuid"):  # Windows: modes and owners say nothing there
        return
    if facts.st_uid not in {os.geteuid(), 0}:
        raise ValueError("it belongs to another user")
    if facts.st_mode & 0o022:
        raise ValueError("others than its owner may write it")


def _write(path: Path, data: bytes) -> None:
    if len(data) > MAX_BYTES:
        raise ValueError(f"it would be larger than {MAX_BYTES} bytes")
    import tempfile  # noqa: PLC0415 - only who keeps a snapshot loads it

    # Made with mode 0600 under a name that nobody can guess, and then put in the place of the old one at once.
    descriptor, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with open(descriptor, "wb") as file:  # noqa: PTH123 - a descriptor, not a path
            file.write(data)
            file.flush()
            os.fsync(descriptor)
        Path(name).replace(path)
    except BaseException:
        with suppress(OSError):
            Path(name).unlink()
        raise
