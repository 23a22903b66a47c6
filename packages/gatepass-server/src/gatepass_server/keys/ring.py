"""The key ring: which key signs now, and which public keys the world may verify with."""

import json
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from gatepass import Signer
from gatepass.jwk import key_from_jwk
from gatepass.keys import Key
from gatepass_server.crypto.sealing import Sealer
from gatepass_server.domain.clock import Clock, whole_seconds
from gatepass_server.domain.errors import OperatorError
from gatepass_server.domain.signing_keys import KeyRecord, KeyState
from gatepass_server.store.ports import Store

REFRESH_SECONDS = 5
"""How long a process trusts its copy of the ring; an emergency rotation reaches every process within it."""


@dataclass(frozen=True, slots=True)
class RingEntry:
    """A record with its public key, parsed once."""

    record: KeyRecord
    public: Key


class KeyRing:
    """A process's copy of the ring, reread from the store every few seconds.

    It is the ``KeySource`` of the server's own verifier and the source of ``/.well-known/jwks.json``. A private
    key is unsealed and parsed once in a process, when it first signs.
    """

    def __init__(self, store: Store, sealer: Sealer, clock: Clock, *, issuer: str, audience: str) -> None:
        self._store = store
        self._sealer = sealer
        self._clock = clock
        self._issuer = issuer
        self._audience = audience
        self._lock = threading.Lock()
        self._entries: tuple[RingEntry, ...] = ()
        self._read_at: float | None = None
        self._signers: dict[str, Signer] = {}

    def signer(self) -> Signer:
        """The signer of the active key; of several active ones, the one activated last.

        Raises:
            OperatorError: no key is active, or its sealed private key does not open.
        """
        now = whole_seconds(self._clock)
        active = [entry for entry in self._current() if entry.record.state(now) is KeyState.ACTIVE]
        if not active:
            raise OperatorError("No signing key is active. Make one: gatepass keys generate --activate")
        record = active[-1].record
        signer = self._signers.get(record.kid)
        if signer is None:
            signer = self._signers[record.kid] = self._make_signer(record)
        return signer

    def find(self, kid: str | None, alg: str) -> Sequence[Key]:
        """The published public keys that a token's header names (the library's ``KeySource``)."""
        return [
            entry.public
            for entry in self._published()
            if (kid is None or entry.record.kid == kid) and alg == entry.record.alg
        ]

    def jwks(self) -> dict[str, Any]:
        """The JWK set (RFC 7517 section 5): next, active and retiring keys; never a private or shared one."""
        return {"keys": [json.loads(entry.record.public_jwk) for entry in self._published()]}

    def algorithms(self) -> list[str]:
        """The algorithms of the published keys, in the order of the ring."""
        return list(dict.fromkeys(entry.record.alg for entry in self._published()))

    def forget(self) -> None:
        """Reread the ring at the next use."""
        self._read_at = None

    def _published(self) -> list[RingEntry]:
        now = whole_seconds(self._clock)
        return [entry for entry in self._current() if entry.record.state(now) is not KeyState.GONE]

    def _current(self) -> tuple[RingEntry, ...]:
        if self._is_fresh():
            return self._entries
        with self._lock:  # one thread rereads; the others wait a millisecond rather than read old keys
            if not self._is_fresh():
                self._reread()
            return self._entries

    def _is_fresh(self) -> bool:
        return self._read_at is not None and 0 <= self._clock() - self._read_at < REFRESH_SECONDS

    def _reread(self) -> None:
        with self._store.read() as uow:
            records = uow.signing_keys.all()
        known = {entry.record.kid: entry.public for entry in self._entries}
        self._entries = tuple(
            RingEntry(record, known.get(record.kid) or key_from_jwk(json.loads(record.public_jwk)))
            for record in records
        )
        self._read_at = self._clock()

    def _make_signer(self, record: KeyRecord) -> Signer:
        der = self._sealer.open(record.sealed, purpose=sealing_purpose(record.kid))
        key = Key.from_private_der(der, trusted=True)  # authenticated by the seal: no second primality test
        return Signer(
            key, issuer=self._issuer, audience=self._audience, algorithm=record.alg, clock=self._clock
        )


def sealing_purpose(kid: str) -> str:
    """What a sealed private key is bound to."""
    return f"signing-key:{kid}"
