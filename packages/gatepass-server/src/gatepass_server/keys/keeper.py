"""The operator's hand on the key ring: make, import, rotate, retire, reseal."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from gatepass.jwk import key_from_jwk
from gatepass.keys import Key
from gatepass_server.crypto.sealing import Sealer
from gatepass_server.domain.clock import Clock, whole_seconds
from gatepass_server.domain.errors import InvalidInput, NotFound
from gatepass_server.domain.signing_keys import KeyRecord, KeyState
from gatepass_server.keys.ring import sealing_purpose
from gatepass_server.store.ports import Store, UnitOfWork

_LOCK = "signing-keys"


class KeyKeeper:
    """Changes the ring in one transaction each, alone among all processes.

    Args:
        publish_lead: seconds for which a new key is published before it signs.
        token_ttl: seconds that the last token of a replaced key may still live.
        changed: called after a change, so that this process's own ring rereads at once.
    """

    def __init__(
        self,
        store: Store,
        sealer: Sealer,
        clock: Clock,
        *,
        publish_lead: int,
        token_ttl: int,
        changed: Callable[[], None],
    ) -> None:
        self._store = store
        self._sealer = sealer
        self._clock = clock
        self._publish_lead = publish_lead
        self._token_ttl = token_ttl
        self._changed = changed

    def list(self) -> list[tuple[KeyRecord, KeyState]]:
        """Every key with its state."""
        now = whole_seconds(self._clock)
        with self._store.read() as uow:
            return [(record, record.state(now)) for record in uow.signing_keys.all()]

    def ensure_first(self, algorithm: str) -> None:
        """Make the first key of an empty ring; processes that start at once make one between them."""
        if any(state is KeyState.ACTIVE for _, state in self.list()):
            return
        with self._alone() as uow:
            if not uow.signing_keys.all():
                self._add(uow, Key.generate(algorithm), algorithm, activates_at=whole_seconds(self._clock))

    def generate(self, algorithm: str, *, bits: int = 2048, activate: bool = False) -> KeyRecord:
        """Make a key. It signs after the publishing lead, or at once with ``activate``."""
        return self._introduce(Key.generate(algorithm, bits=bits), algorithm, activate=activate)

    def adopt(self, key: Key, *, algorithm: str | None = None, activate: bool = False) -> KeyRecord:
        """Take in a private key made elsewhere.

        Raises:
            InvalidInput: the algorithm does not fit the key, or the key is in the ring already.
        """
        chosen = algorithm or key.default_algorithm
        if chosen not in key.algorithms:
            raise InvalidInput(
                f"This key cannot sign with {chosen}; it fits {', '.join(key.algorithms)}.",
            )
        return self._introduce(key.named(key.thumbprint), chosen, activate=activate)

    def rotate(self, *, now: bool = False) -> KeyRecord:
        """Replace the active key by a new one of the same algorithm.

        Normally the new key is published first and signs after the lead; the old one stays in the JWK set until the
        last token it signed has expired. With ``now``, for the day a key is stolen, the new key signs at once and
        every older key leaves the JWK set at once: the tokens they signed stop working.
        """
        current = [record for record, state in self.list() if state is KeyState.ACTIVE]
        if not current:
            raise NotFound("No key is active. Make one: gatepass keys generate --activate")
        last = current[-1]
        key = Key.generate(last.alg, bits=max(2048, key_from_jwk(json.loads(last.public_jwk)).bits))
        if not now:
            return self._introduce(key, last.alg, activate=False)
        at = whole_seconds(self._clock)
        with self._alone() as uow:
            for record in uow.signing_keys.all():
                if record.state(at) is not KeyState.GONE:
                    uow.signing_keys.schedule(
                        record.kid, activates_at=min(record.activates_at, at), retires_at=at, gone_at=at
                    )
            return self._add(uow, key, last.alg, activates_at=at)

    def retire(self, kid: str) -> KeyRecord:
        """Take a key out of signing now; it stays in the JWK set until its last token has expired.

        Raises:
            NotFound: there is no such key, or it is gone.
            InvalidInput: it is the only active key.
        """
        at = whole_seconds(self._clock)
        with self._alone() as uow:
            records = {record.kid: record for record in uow.signing_keys.all()}
            record = records.get(kid)
            if record is None or record.state(at) is KeyState.GONE:
                raise NotFound(f"There is no key {kid!r} in the ring. See: gatepass keys list")
            others = [r for r in records.values() if r.kid != kid and r.state(at) is KeyState.ACTIVE]
            if record.state(at) is KeyState.ACTIVE and not others:
                raise InvalidInput("This is the only key that signs. Replace it: gatepass keys rotate")
            if record.state(at) is KeyState.NEXT:  # it has signed nothing; whoever made room for it stays
                self._retire(uow, record, retires_at=at, gone_at=at)
                for other in others:
                    if other.retires_at == record.activates_at:
                        uow.signing_keys.schedule(
                            other.kid, activates_at=other.activates_at, retires_at=None, gone_at=None
                        )
            else:
                self._retire(uow, record, retires_at=at, gone_at=at + self._token_ttl)
        return record

    def reseal(self) -> int:
        """Seal every private key under the first master key; how many were sealed anew."""
        changed = 0
        with self._alone() as uow:
            for record in uow.signing_keys.all():
                if not self._sealer.is_current(record.sealed):
                    purpose = sealing_purpose(record.kid)
                    secret = self._sealer.open(record.sealed, purpose=purpose)
                    uow.signing_keys.reseal(record.kid, self._sealer.seal(secret, purpose=purpose))
                    changed += 1
        return changed

    @contextmanager
    def _alone(self) -> Iterator[UnitOfWork]:
        with self._store.write() as uow:
            uow.lock(_LOCK)
            yield uow
        self._changed()

    def _introduce(self, key: Key, algorithm: str, *, activate: bool) -> KeyRecord:
        now = whole_seconds(self._clock)
        with self._alone() as uow:
            records = uow.signing_keys.all()
            if any(record.kid == key.kid for record in records):
                raise InvalidInput(f"This key is in the ring already, as {key.kid}.")
            signs = [record for record in records if record.state(now) is KeyState.ACTIVE]
            at = now if activate or not signs else now + self._publish_lead
            for record in records:
                if record.state(now) in {KeyState.ACTIVE, KeyState.NEXT} and record.retires_at is None:
                    self._retire(uow, record, retires_at=at, gone_at=at + self._token_ttl)
            return self._add(uow, key, algorithm, activates_at=at)

    def _retire(self, uow: UnitOfWork, record: KeyRecord, *, retires_at: int, gone_at: int) -> None:
        uow.signing_keys.schedule(
            record.kid, activates_at=record.activates_at, retires_at=retires_at, gone_at=gone_at
        )

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
