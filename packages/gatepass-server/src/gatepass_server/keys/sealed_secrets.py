"""Secrets of the house that no operator chooses: random, sealed at rest, the same in every process."""

import secrets

from gatepass_server.crypto.sealing import Sealer
from gatepass_server.domain.clock import Clock, whole_seconds
from gatepass_server.store.ports import Store, UnitOfWork
from gatepass_server.store.ports.patience import land

_BYTES = 32


class HouseSecrets:
    """Gives a secret by its name, made at its first use. It is read from the store once in a process.

    Ask before a transaction begins: it opens one of its own.
    """

    def __init__(self, store: Store, sealer: Sealer, clock: Clock) -> None:
        self._store = store
        self._sealer = sealer
        self._clock = clock
        self._known: dict[str, bytes] = {}

    def __call__(self, name: str) -> bytes:
        """The secret: 32 random bytes.

        Raises:
            CannotUnseal: the master key that sealed it is not here.
        """
        known = self._known.get(name)
        if known is None:
            known = self._known[name] = self._sealer.open(self._sealed(name), purpose=purpose_of(name))
        return known

    def _sealed(self, name: str) -> bytes:
        with self._store.read() as uow:
            found = uow.sealed_secrets.find(name)
        if found is not None:
            return found
        fresh = self._sealer.seal(secrets.token_bytes(_BYTES), purpose=purpose_of(name))
        with self._store.write() as uow:
            sealed = uow.sealed_secrets.add(name, fresh, now=whole_seconds(self._clock))
        land()  # what may not have been kept is not remembered
        return sealed


def purpose_of(name: str) -> str:
    """What a secret is sealed for."""
    return f"house secret {name}"


def reseal_all(uow: UnitOfWork, sealer: Sealer) -> int:
    """Seal every secret under the first master key; how many were sealed anew.

    Raises:
        CannotUnseal: none of the master keys opens one.
    """
    changed = 0
    for name, sealed in uow.sealed_secrets.all().items():
        if not sealer.is_current(sealed):
            secret = sealer.open(sealed, purpose=purpose_of(name))
            uow.sealed_secrets.reseal(name, sealer.seal(secret, purpose=purpose_of(name)))
            changed += 1
    return changed
