"""The operator's hand on the key ring: make, import, rotate, retire, reseal."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager

from gatepass.jwk import key_from_jwk
from gatepass.keys import Key
from gatepass_server.audit.log import AuditLog, Pen
from gatepass_server.crypto.sealing import Sealer
from gatepass_server.domain.audit import OPERATOR, SYSTEM, EventKind
from gatepass_server.domain.clock import Clock, whole_seconds
from gatepass_server.domain.errors import InvalidInput, NotFound
from gatepass_server.domain.signing_keys import KeyRecord, KeyState
from gatepass_server.keys import schedule
from gatepass_server.keys.admission import sealing_purpose
from gatepass_server.keys.sealed_secrets import reseal_all
from gatepass_server.store.ports import Store, UnitOfWork

_LOCK = "signing-keys"
_RSA_BITS = (2048, 8192)
"""The sizes of RSA keys that are made here; importing takes larger ones, which take minutes to make."""


class KeyKeeper:
    """Changes the ring in one transaction each, alone among all processes.

    Args:
        publish_lead: seconds for which a new key is published before it signs.
        changed: called after a change, so that this process's own ring rereads at once.
    """

    def __init__(
        self,
        store: Store,
        sealer: Sealer,
        clock: Clock,
        audit: AuditLog,
        *,
        publish_lead: int,
        changed: Callable[[], None],
    ) -> None:
        self._store = store
        self._sealer = sealer
        self._clock = clock
        self._audit = audit
        self._publish_lead = publish_lead
        self._changed = changed

    def list(self) -> list[tuple[KeyRecord, KeyState]]:
        """Every key with its state."""
        now = whole_seconds(self._clock)
        with self._store.read() as uow:
            return [(record, record.state(now)) for record in uow.signing_keys.all()]

    def ensure_first(self, algorithm: str) -> None:
        """Make the first key of an empty ring; processes that start at once make one between them.

        It signs from a minute ago on, so that a server whose clock is behind has a key too.
        """
        self._ensure(algorithm, is_there=bool)

    def ensure(self, algorithm: str) -> None:
        """Make the first key of an algorithm, before a program is registered that is to have tokens signed with it."""
        now = whole_seconds(self._clock)
        self._ensure(
            algorithm,
            is_there=lambda records: any(
                record.is_in_line(now) for record in schedule.line(records, algorithm)
            ),
        )

    def generate(self, algorithm: str, *, bits: int = 2048, activate: bool = False) -> KeyRecord:
        """Make a key. It signs after the publishing lead, or at once with ``activate`` or as the first of its line."""
        key = Key.generate(algorithm, bits=bits)
        with self._alone() as (uow, pen):
            return self._introduce(uow, pen, key, algorithm, activate=activate, kind=EventKind.KEY_CREATED)

    def adopt(self, key: Key, *, algorithm: str | None = None, activate: bool = False) -> KeyRecord:
        """Take in a private key made elsewhere. Its ``kid`` is its RFC 7638 thumbprint, whatever it was called.

        Raises:
            InvalidInput: the algorithm does not fit the key, or the key is or was in the ring.
        """
        chosen = algorithm or key.default_algorithm
        if chosen not in key.algorithms:
            raise InvalidInput(f"This key cannot sign with {chosen}; it fits {', '.join(key.algorithms)}.")
        named = key.named(key.thumbprint)
        with self._alone() as (uow, pen):
            return self._introduce(uow, pen, named, chosen, activate=activate, kind=EventKind.KEY_IMPORTED)

    def rotate(self, algorithm: str | None = None, *, now: bool = False) -> Sequence[KeyRecord]:
        """Replace the key that signs by a new one of the same algorithm and size, in each line.

        Normally the new key is published first and signs after the lead; the old one stays in the JWK set until the
        last token it signed has expired. With ``now``, for the day a key is stolen, the new key signs at once and
        every older key leaves the JWK set at once: the tokens they signed stop working. Other processes follow
        within ``ring.REFRESH_SECONDS``.

        Args:
            algorithm: of the one line to rotate; without it all are.
            now: whether it is an emergency.

        Raises:
            NotFound: no key is active.
        """
        current = {
            record.alg: record
            for record, state in self.list()
            if state is KeyState.ACTIVE and algorithm in {None, record.alg}
        }
        if not current:
            which = "" if algorithm is None else f" --alg {algorithm}"
            raise NotFound(f"No such key is active. Make one: gatepass keys generate{which} --activate")
        keys = {alg: Key.generate(alg, bits=_bits_like(record)) for alg, record in current.items()}
        with self._alone() as (uow, pen):
            if now:
                return self._replace_all(uow, pen, keys, algorithm)
            return [
                self._introduce(uow, pen, key, alg, activate=False, kind=EventKind.KEY_ROTATED)
                for alg, key in keys.items()
            ]

    def retire(self, kid: str) -> KeyRecord:
        """Take a key out of the line of those that sign or will; what it signed stays verifiable.

        Raises:
            NotFound: there is no such key, or it is gone.
            InvalidInput: it is the only active key of an algorithm that is needed.
        """
        with self._alone() as (uow, pen):
            now = whole_seconds(self._clock)
            records = uow.signing_keys.all()
            record = next((record for record in records if record.kid == kid), None)
            if record is None or record.state(now) is KeyState.GONE:
                raise NotFound(f"There is no key {kid!r} in the ring. See: gatepass keys list")
            line = schedule.line(records, record.alg)
            may_end = self._may_end(uow, record.alg, records, now)
            changed = {
                other.kid: other for other in schedule.step_out(record, line, now=now, may_end=may_end)
            }
            _reschedule(uow, changed.values())
            if kid in changed:
                _note(uow, pen, EventKind.KEY_RETIRED, record, actor=OPERATOR)
            return changed.get(kid, record)

    def reseal(self) -> int:
        """Seal every private key and house secret under the first master key; how many were sealed anew.

        Keys that are gone stay as they are: they are never opened again.

        Raises:
            CannotUnseal: none of the master keys opens one; nothing was changed.
        """
        changed = 0
        with self._alone() as (uow, pen):
            now = whole_seconds(self._clock)
            for record in uow.signing_keys.all():
                if record.state(now) is not KeyState.GONE and not self._sealer.is_current(record.sealed):
                    purpose = sealing_purpose(record.kid)
                    secret = self._sealer.open(record.sealed, purpose=purpose)
                    uow.signing_keys.reseal(record.kid, self._sealer.seal(secret, purpose=purpose))
                    changed += 1
            changed += reseal_all(uow, self._sealer)
            if changed:
                pen.note(uow, EventKind.SECRETS_RESEALED, actor=OPERATOR, count=str(changed))
        return changed

    @contextmanager
    def _alone(self) -> Iterator[tuple[UnitOfWork, Pen]]:
        pen = self._audit.pen()
        with self._store.write() as uow:
            uow.lock(_LOCK)
            yield uow, pen
        self._changed()

    def _ensure(self, algorithm: str, *, is_there: Callable[[Sequence[KeyRecord]], bool]) -> None:
        if is_there([record for record, _ in self.list()]):
            return
        key = Key.generate(algorithm)
        with self._alone() as (uow, pen):
            if not is_there(uow.signing_keys.all()):
                at = whole_seconds(self._clock) - schedule.STRAGGLERS
                record = self._add(uow, key, algorithm, activates_at=at)
                _note(uow, pen, EventKind.KEY_CREATED, record, actor=SYSTEM)

    def _introduce(
        self, uow: UnitOfWork, pen: Pen, key: Key, algorithm: str, *, activate: bool, kind: EventKind
    ) -> KeyRecord:
        now = whole_seconds(self._clock)
        records = uow.signing_keys.all()
        known = next((record for record in records if record.kid == key.kid), None)
        if known is not None:
            raise InvalidInput(f"This key is in the ring already, as {key.kid} ({known.state(now)}).")
        line = schedule.line(records, algorithm)
        signs = any(record.state(now) is KeyState.ACTIVE for record in line)
        at = now + self._publish_lead if signs and not activate else now
        _reschedule(uow, schedule.make_way(line, at=at, now=now))
        record = self._add(uow, key, algorithm, activates_at=at)
        _note(uow, pen, kind, record, actor=OPERATOR)
        return record

    def _replace_all(
        self, uow: UnitOfWork, pen: Pen, keys: Mapping[str, Key], algorithm: str | None
    ) -> Sequence[KeyRecord]:
        """Every key of the algorithm (or of all) is gone from now on, also of lines that have ended."""
        at = whole_seconds(self._clock)
        records = uow.signing_keys.all()
        old = records if algorithm is None else schedule.line(records, algorithm)
        dropped = schedule.drop_all(old, now=at)
        _reschedule(uow, dropped)
        for record in dropped:
            if record.alg not in keys:
                _note(uow, pen, EventKind.KEY_RETIRED, record, actor=OPERATOR)
        made = []
        for alg, key in keys.items():
            record = self._add(uow, key, alg, activates_at=at)
            gone = " ".join(old.kid for old in schedule.line(dropped, alg))
            _note(uow, pen, EventKind.KEY_ROTATED, record, actor=OPERATOR, withdrawn=gone)
            made.append(record)
        return made

    def _may_end(self, uow: UnitOfWork, algorithm: str, records: Sequence[KeyRecord], now: int) -> bool:
        """Whether no program was promised tokens of this algorithm, and keys of another one sign."""
        others = any(record.alg != algorithm and record.state(now) is KeyState.ACTIVE for record in records)
        needed = {alg for client in uow.clients.all() for alg in client.metadata.algorithms}
        return others and algorithm not in needed

    def _add(self, uow: UnitOfWork, key: Key, algorithm: str, *, activates_at: int) -> KeyRecord:
        record = KeyRecord(
            kid=key.kid,
            alg=algorithm,
            public_jwk=json.dumps(key.public_jwk(algorithm), separators=(",", ":")),
            sealed=self._sealer.seal(key.to_private_der(), purpose=sealing_purpose(key.kid)),
            created_at=whole_seconds(self._clock),
            activates_at=activates_at,
        )
        uow.signing_keys.add(record)
        return record


def _note(
    uow: UnitOfWork, pen: Pen, kind: EventKind, record: KeyRecord, *, actor: str, **details: str
) -> None:
    pen.note(uow, kind, actor=actor, kid=record.kid, alg=record.alg, **details)


def _reschedule(uow: UnitOfWork, records: Iterable[KeyRecord]) -> None:
    for record in records:
        uow.signing_keys.schedule(
            record.kid,
            activates_at=record.activates_at,
            retires_at=record.retires_at,
            gone_at=record.gone_at,
        )


def _bits_like(record: KeyRecord) -> int:
    """The size of a key that replaces ``record``; only RSA keys have a choice."""
    least, most = _RSA_BITS
    return min(max(key_from_jwk(json.loads(record.public_jwk)).bits, least), most)
