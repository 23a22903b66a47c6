"""The key ring: which key signs now, and which public keys the world may verify with."""

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from gatepass import Signer
from gatepass.keys import Key
from gatepass_server.crypto.sealing import Sealer
from gatepass_server.domain.clock import Clock, whole_seconds
from gatepass_server.domain.errors import OperatorError
from gatepass_server.domain.signing_keys import KeyRecord, KeyState
from gatepass_server.keys.admission import Admitted, Refused, judge, sealing_purpose
from gatepass_server.store.ports import Store
from gatepass_server.store.ports.patience import is_in_event_loop, must_not_wait, take_up

REFRESH_SECONDS = 5
"""How long a process trusts its copy of the ring; an emergency rotation reaches every process within it."""

_UNKNOWN_KID_SECONDS = 1
"""How old the copy may be when a token names a key that is not in it: another process may have just made it."""


class Signers(Protocol):
    """What gives the signer of the key that is active now."""

    def __call__(self, algorithm: str = "") -> Signer:
        """The signer for an algorithm, or the usual one."""
        ...


@dataclass(frozen=True, slots=True)
class _Copy:
    """The rows as they were at one moment, in the order of their activation."""

    read_at: float
    rows: tuple[Admitted | Refused, ...]


@dataclass(frozen=True, slots=True)
class _Second:
    """What one copy of the rows says in one second: who is published, and who signs, by the algorithm asked for."""

    copy: _Copy
    now: int
    published: Sequence[Admitted]
    signers: dict[str, Signer]


class KeyRing:
    """A process's copy of the ring, reread from the store every few seconds.

    It is the ``KeySource`` of the server's own verifier and the source of ``/.well-known/jwks.json``. A private
    key is parsed once in a process, when it first signs.

    Args:
        usual: the algorithm of the key that signs what nobody asked to have signed otherwise.
    """

    def __init__(
        self, store: Store, sealer: Sealer, clock: Clock, *, issuer: str, audience: str, usual: str = ""
    ) -> None:
        self._store = store
        self._sealer = sealer
        self._clock = clock
        self._issuer = issuer
        self._audience = audience
        self._usual = usual
        self._lock = threading.Lock()
        self._copy: _Copy | None = None
        self._changes = 0
        self._signers: dict[str, Signer] = {}
        self._second: _Second | None = None

    def signer(self, algorithm: str = "") -> Signer:
        """The signer of the active key of the usual algorithm; if it has none, of the one activated last.

        Args:
            algorithm: of a key for that alone, where a program asked for it.

        Raises:
            OperatorError: no such key is active, or its sealed private key does not open.
        """
        second = self._this_second()
        signer = second.signers.get(algorithm)
        if signer is None:
            signer = second.signers[algorithm] = self._chosen(algorithm, second.now)
        return signer

    def _chosen(self, algorithm: str, now: int) -> Signer:
        active = self._active(algorithm, now)
        usable = [row for row in active if isinstance(row, Admitted)]
        if not usable:
            for row in active:
                if isinstance(row, Refused):
                    raise row.error
            which = f" for {algorithm}" if algorithm else ""
            option = f" --alg {algorithm}" if algorithm else ""
            raise OperatorError(
                f"No signing key is active{which}. Make one: gatepass keys generate{option} --activate"
            )
        record = usable[-1].record
        signer = self._signers.get(record.kid)
        if signer is None:
            signer = self._signers[record.kid] = self._make_signer(record)
        return signer

    def _active(self, algorithm: str, now: int) -> Sequence[Admitted | Refused]:
        """Rows of keys that sign now, the one activated last at the end."""
        for age in (REFRESH_SECONDS, 0):  # another process may have just made such a key
            rows = [row for row in self._current(age).rows if row.record.state(now) is KeyState.ACTIVE]
            named = [row for row in rows if row.record.alg == (algorithm or self._usual)]
            if named or not algorithm:
                return named or rows
        return []

    def algorithms(self) -> tuple[str, ...]:
        """The algorithms of the keys that sign now, each once."""
        now = whole_seconds(self._clock)
        rows = [row.record for row in self._published()]
        return tuple(dict.fromkeys(row.alg for row in rows if row.state(now) is KeyState.ACTIVE))

    def find(self, kid: str | None, alg: str) -> Sequence[Key]:
        """The published public keys that a token's header names (the library's ``KeySource``)."""
        found = _named(self._published(), kid, alg)
        if found or kid is None:
            return found
        return _named(self._published(max_age=_UNKNOWN_KID_SECONDS), kid, alg)

    def jwks(self) -> dict[str, Any]:
        """The JWK set (RFC 7517 section 5): next, active and retiring keys; never a private or shared one."""
        return {"keys": [row.public.public_jwk(row.record.alg) for row in self._published()]}

    def fresh(self, *, sooner: float = 0.0) -> object | None:
        """What stands for the keys as they are known just now; another once they are reread, None where they must be.

        Whoever keeps what was made of them keeps it no longer than that.

        Args:
            sooner: seconds before that moment in which it is None already.
        """
        copy = self._copy
        return copy if copy is not None and self._is_fresh(copy, REFRESH_SECONDS - sooner) else None

    def forget(self) -> None:
        """Reread the ring at the next use, even if a thread is rereading it just now."""
        self._changes += 1
        self._copy = None

    def _published(self, *, max_age: float = REFRESH_SECONDS) -> Sequence[Admitted]:
        return self._this_second(max_age).published

    def _this_second(self, max_age: float = REFRESH_SECONDS) -> _Second:
        now = whole_seconds(self._clock)
        copy = self._current(max_age)
        second = self._second
        if second is None or second.copy is not copy or second.now != now:
            rows = [row for row in copy.rows if isinstance(row, Admitted)]
            published = [row for row in rows if row.record.state(now) is not KeyState.GONE]
            second = self._second = _Second(copy, now, published, {})
        return second

    def _current(self, max_age: float = REFRESH_SECONDS) -> _Copy:
        copy = self._copy
        if copy is None or not self._is_fresh(copy, max_age):
            if copy is not None and is_in_event_loop() and not must_not_wait():
                return copy  # it was fresh when the request began, which has spent something since and must go on
            take_up(self._lock)  # one thread rereads; the others wait a millisecond rather than read old keys
            try:
                copy = self._copy
                if copy is None or not self._is_fresh(copy, max_age):
                    copy = self._reread(copy)
            finally:
                self._lock.release()
        return copy

    def _is_fresh(self, copy: _Copy, max_age: float) -> bool:
        return 0 <= self._clock() - copy.read_at < max_age

    def _reread(self, old: _Copy | None) -> _Copy:
        changes = self._changes
        now = self._clock()  # before the rows are read, so that the copy is never older than it says
        with self._store.look() as uow:
            records = uow.signing_keys.all()
        known = {row.record.kid: row for row in old.rows} if old else {}
        rows = tuple(
            judge(record, self._sealer, known=known.get(record.kid))
            for record in records
            if record.state(int(now)) is not KeyState.GONE
        )
        copy = _Copy(now, rows)
        kept = {row.record.kid for row in rows}
        self._signers = {kid: signer for kid, signer in self._signers.items() if kid in kept}
        self._copy = copy if changes == self._changes else None
        return copy

    def _make_signer(self, record: KeyRecord) -> Signer:
        der = self._sealer.open(record.sealed, purpose=sealing_purpose(record.kid))
        key = Key.from_private_der(der, trusted=True)  # authenticated by the seal: no second primality test
        return Signer(
            key, issuer=self._issuer, audience=self._audience, algorithm=record.alg, clock=self._clock
        )


def _named(rows: Sequence[Admitted], kid: str | None, alg: str) -> list[Key]:
    return [row.public for row in rows if (kid is None or row.record.kid == kid) and alg == row.record.alg]
