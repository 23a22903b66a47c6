"""Keys in a file that may be replaced while the program runs."""

from __future__ import annotations

import hashlib
import logging
import os
import threading
import time
from typing import TYPE_CHECKING, Final

from gatepass.errors import KeyFormatError, plain
from gatepass.forks import mend_after_forks
from gatepass.jwk import keys_from_jwks
from gatepass.key_files import load_key
from gatepass.key_sources.bounded_file import NotReadableError, read_regular_file
from gatepass.observer import SILENT, Observer, guarded
from gatepass.sources import NamedKeys, PinnedKeys
from gatepass.strict_json import decode_object

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from gatepass.keys import Key

MAX_BYTES: Final = 256 * 1024
"""Size of the file."""

INTERVAL: Final = 1.0
"""Seconds between two looks at the file."""

_log = logging.getLogger("gatepass")


class FileKeys:
    """The keys in a file, read again when it changes.

    A JWK set is looked up by ``kid``; a file with a single key, in any form that ``load_key`` takes, serves
    whatever ``kid`` a token has. Of private keys only the public half is kept.

    At most once per ``interval`` a token makes the file be looked at. A new file that is broken, half written or
    gone leaves the known keys in place, and the log tells why. Put a new file in place by renaming it, or change
    it where it lies; its time, size and number in the file system are watched, and links are followed.

    Args:
        path: Where the file lies.
        interval: Seconds.
        observer: Is told of ``keys.hit``, ``keys.unknown``, ``keys.fetched`` (the file was read) and
            ``keys.failed``.
        monotonic: A clock in seconds that never goes back.

    Raises:
        KeyFormatError: There is no such file, or no key in it.
        ValueError: The interval makes no sense.
    """

    def __init__(
        self,
        path: str | os.PathLike[str],
        *,
        interval: float = INTERVAL,
        observer: Observer | None = None,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        if not interval > 0:
            raise ValueError("interval is a number of seconds, more than 0.")
        self._path = path
        self._interval = interval
        self._monotonic = monotonic
        self._observer = SILENT if observer is None or observer is SILENT else guarded(observer)
        self._watched = self._observer is not SILENT
        self._failure = ""
        self._known: tuple[Key, ...] = ()
        try:
            data, facts = read_regular_file(path, MAX_BYTES, follow=True)
        except NotReadableError as error:
            raise KeyFormatError(f"The key file {os.fspath(path)!r} cannot be read: {error}.") from None
        self._source = self._parse(data)
        self._digest = _sha256(data)  # not the data, which may hold a private key
        self._seen: object = _mark(facts)
        self._settled = False
        self._next_look = self._monotonic() + interval
        self.after_fork()
        mend_after_forks(self)

    def find(self, kid: str | None, alg: str) -> Sequence[Key]:
        """Return the keys that may have signed such a token."""
        keys = self._source.find(kid, alg)
        if self._watched:
            self._observer.count("keys.hit" if keys else "keys.unknown")
        return keys

    def due(self, kid: str | None, alg: str) -> bool:  # noqa: ARG002 - the protocol's; a file is read whole
        """Tell whether the file changed; looks at most once per interval."""
        now = self._monotonic()
        if now < self._next_look:
            return False
        self._next_look = now + self._interval
        return not self._settled or self._look() != self._seen

    def refresh(self, kid: str | None, alg: str) -> None:  # noqa: ARG002 - the protocol's; a file is read whole
        """Read the file, unless another thread is at it."""
        if self._lock.acquire(blocking=False):
            try:
                self._reload()
            finally:
                self._lock.release()

    def after_fork(self) -> None:
        """Go on in a child, where nobody reads the file."""
        self._lock = threading.Lock()

    def _look(self) -> object:
        try:
            return _mark(os.stat(self._path))  # noqa: PTH116 - a path of any kind
        except OSError:
            return None

    def _reload(self) -> None:
        began = self._monotonic()
        try:
            data, facts = read_regular_file(self._path, MAX_BYTES, follow=True)
        except NotReadableError as error:
            self._seen, self._settled, self._digest = None, True, b""
            self._fail(str(error), began)
            return
        mark, digest = _mark(facts), _sha256(data)
        same = digest == self._digest
        # Two changes within one tick of the file system's clock leave the same mark, so what was just read is
        # read once more at the next look, and counts only when it was still the same then.
        self._settled = mark == self._seen and same
        self._seen, self._digest = mark, digest
        if same:
            return
        try:
            self._source = self._parse(data)
        except KeyFormatError as error:
            self._fail(str(error), began)
            return
        self._failure = ""
        _log.info("the keys in %s were read again", self._path)
        self._observer.count("keys.fetched", self._monotonic() - began)

    def _fail(self, reason: str, began: float) -> None:
        if reason != self._failure:
            _log.warning(
                "the key file %s is not used, the keys before it go on to serve: %s",
                self._path,
                plain(reason),
            )
        self._failure = reason
        self._observer.count("keys.failed", self._monotonic() - began)

    def _parse(self, data: bytes) -> NamedKeys | PinnedKeys:
        is_set, keys = _keys_in(data)
        same = {key: key for key in self._known}
        self._known = tuple(same.get(key, key) for key in keys)
        return NamedKeys(self._known) if is_set else PinnedKeys(self._known)


def _keys_in(data: bytes) -> tuple[bool, tuple[Key, ...]]:
    """Return whether it is a JWK set, and its keys."""
    text = data.removeprefix(b"\xef\xbb\xbf").strip()
    if text.startswith(b"{"):
        try:
            members = decode_object(text)
        except ValueError as error:
            raise KeyFormatError(f"This looks like JSON, but it is {error}.") from None
        if "keys" in members:
            return True, keys_from_jwks(members)
    key = load_key(data)
    return False, (key.public() if key.is_private else key,)


def _sha256(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()


def _mark(facts: os.stat_result) -> tuple[int, ...]:
    return facts.st_mtime_ns, facts.st_size, facts.st_ino, facts.st_dev
