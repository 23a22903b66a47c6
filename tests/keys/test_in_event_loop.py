"""Keys and secrets of the house, asked for in an event loop."""

import pytest

from gatepass_server.crypto.sealing import Sealer
from gatepass_server.keys.keeper import KeyKeeper
from gatepass_server.keys.ring import KeyRing
from gatepass_server.keys.sealed_secrets import HouseSecrets
from gatepass_server.store.ports.patience import Arriving, WithoutWaiting, WouldWait, note_kept, take_owed
from gatepass_server.store.sql import SqlStore
from tests.support.clock import FakeClock
from tests.support.event_loops import prepare


def test_the_ring_does_not_wait_for_a_thread_that_rereads_it(ring: KeyRing, keeper: KeyKeeper) -> None:
    keeper.ensure_first("ES256")
    ring.forget()
    with ring._lock, pytest.raises(WouldWait), WithoutWaiting():
        ring.signer()
    assert ring.signer().kid


def test_a_secret_is_known_when_it_was_kept(store: SqlStore, sealer: Sealer, clock: FakeClock) -> None:
    """What is on its way may never arrive, and two processes would have two."""
    prepare(store)
    with WithoutWaiting():
        secret = HouseSecrets(store, sealer, clock)("name")
        owed = take_owed()
    assert not isinstance(owed, Arriving)
    assert HouseSecrets(store, sealer, clock)("name") == secret


def test_who_has_spent_something_signs_with_the_keys_that_were_there(
    ring: KeyRing, keeper: KeyKeeper, clock: FakeClock
) -> None:
    """It cannot be begun anew, and a thread may be waiting for the database."""
    keeper.ensure_first("ES256")
    signer = ring.signer()
    clock.advance(60)
    with ring._lock, WithoutWaiting():
        note_kept(None)
        assert ring.signer() is signer
