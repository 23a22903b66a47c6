"""One list as it is published: read, packed, tagged and signed, and each of these only when something changed."""

import gzip
import hashlib
import threading
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final

from gatepass import Signer, base64url
from gatepass_server.domain.clock import Clock
from gatepass_server.domain.errors import Busy
from gatepass_server.status.reading import Reading

LIFETIME: Final = 7200
"""Seconds from ``iat`` to ``exp``: as long as an API may go on while this server is away, if its policy lets it.

A list is signed anew at every full hour, so that an API that has just asked can always go on for one."""

_TYPE: Final = "statuslist+jwt"
_EFFORT: Final = 6
"""Of zlib. The highest, 9, saves a seventh and takes fourteen times as long where one session in a hundred ended."""

_SET_BACK: Final = 60
"""Seconds that ``iat`` stands still rather than go back, when a clock is set; APIs take no list from further ahead."""

_PATIENCE: Final = 2.0
"""Seconds to wait for the thread that reads."""


@dataclass(frozen=True, slots=True)
class SignedList:
    """A list, signed.

    Attributes:
        token: A JWS in compact form (draft-ietf-oauth-status-list-21 section 5.1).
        packed: The same, as gzip.
        etag: The same in all processes for the same content, however often it was signed: a weak one
            (RFC 9110 section 8.8.3).
        issued: ``iat``.
    """

    token: bytes
    packed: bytes
    etag: str
    issued: int


@dataclass(frozen=True, slots=True)
class _Content:
    """What stands in a list: its bits, packed for ``lst``, and their digest."""

    version: int
    lst: str
    digest: bytes


class PublishedList:
    """One list. Safe to share between threads.

    Args:
        uri: its address: ``sub``.
        ttl: seconds for which an API may keep it.
        age: seconds for which what was read counts as the present.
        issuer: ``iss``.
        signer: gives the signer of the key that is active now.
    """

    def __init__(
        self,
        reading: Reading,
        clock: Clock,
        signer: Callable[[], Signer],
        *,
        uri: str,
        issuer: str,
        ttl: int,
        age: float,
    ) -> None:
        self._reading = reading
        self._clock = clock
        self._signer = signer
        self._uri = uri
        self._issuer = issuer
        self._ttl = ttl
        self._age = age
        self._lock = threading.Lock()
        self._content: _Content | None = None
        self._signed: SignedList | None = None

    def etag(self) -> str:
        """The tag of the list as it is now; nothing is signed for it.

        Raises:
            Busy, OperatorError: the list cannot be read, or no key can sign.
        """
        signer = self._signer()
        with self._alone():
            return self._tag(self._read(), signer)

    def signed(self) -> SignedList:
        """The list as it is now.

        It is signed anew when its content, its key or the hour has changed, and also when it was signed in an earlier
        second than it was read: several servers' clocks differ, and an API takes no list that is older than its own.

        Raises:
            Busy, OperatorError: the list cannot be read, or no key can sign.
        """
        signer = self._signer()
        with self._alone():
            content = self._read()
            etag = self._tag(content, signer)
            known = self._signed
            issued = int(self._reading.at)
            if known is not None and 0 < known.issued - issued <= _SET_BACK:
                issued = known.issued
            if known is None or (known.etag, known.issued) != (etag, issued):
                known = self._signed = self._sign(content, etag, issued, signer)
            return known

    @contextmanager
    def _alone(self) -> Iterator[None]:
        if not self._lock.acquire(timeout=_PATIENCE):
            raise Busy(
                "The server is busy. Please try again shortly.",
                retry_after=1,
                reason=f"too many wait for {self._uri}",
            )
        try:
            yield
        finally:
            self._lock.release()

    def _read(self) -> _Content:
        now = self._clock()
        if not self._reading.is_fresh(now, self._age):
            self._reading.read(now)
        content = self._content
        if content is None or content.version != self._reading.version:
            bits = self._reading.bits
            lst = base64url.encode(zlib.compress(bits, _EFFORT)).decode("ascii")
            content = self._content = _Content(self._reading.version, lst, hashlib.sha256(bits).digest())
        return content

    def _tag(self, content: _Content, signer: Signer) -> str:
        hour = int(self._reading.at) // (LIFETIME // 2)
        said = f"{self._uri}\n{self._issuer}\n{signer.kid}\n{self._ttl}\n{hour}\n".encode()
        return f'W/"{hashlib.sha256(said + content.digest).hexdigest()[:32]}"'

    def _sign(self, content: _Content, etag: str, issued: int, signer: Signer) -> SignedList:
        claims: dict[str, Any] = {
            "iss": self._issuer,
            "sub": self._uri,
            "iat": issued,
            "exp": issued + LIFETIME,
            "ttl": self._ttl,
            "status_list": {"bits": 1, "lst": content.lst},
        }
        token = signer.sign(claims, typ=_TYPE).encode("ascii")
        return SignedList(
            token=token, packed=gzip.compress(token, _EFFORT, mtime=0), etag=etag, issued=issued
        )
