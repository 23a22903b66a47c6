"""Private keys at rest: under the master key, and bound to their row."""

from collections.abc import Callable

import pytest
from sqlalchemy import create_engine, text

from gatepass import Key
from gatepass_server.crypto.sealing import CannotUnseal, Sealer
from gatepass_server.domain.signing_keys import KeyRecord
from gatepass_server.keys.keeper import KeyKeeper
from gatepass_server.keys.ring import REFRESH_SECONDS, KeyRing
from gatepass_server.store.sql import SqlStore
from gatepass_server.store.sql.urls import parse_url
from tests.support.clock import FakeClock
from tests.support.key_house import LEAD, MASTER, KeyHouse, published

OTHER = b"o" * 32


def rows(store: SqlStore) -> list[KeyRecord]:
    with store.read() as uow:
        return list(uow.signing_keys.all())


def reseal_by_hand(store: SqlStore, kid: str, sealed: bytes) -> None:
    with store.write() as uow:
        uow.signing_keys.reseal(kid, sealed)


def test_no_private_byte_is_in_the_database(store: SqlStore, house: KeyHouse) -> None:
    key = Key.generate("ES256")
    house.keeper.adopt(key)
    der = key.to_private_der()
    secret = der[36:68]  # the private number in a P-256 PKCS#8
    (row,) = rows(store)
    assert secret in der
    assert secret not in row.sealed
    assert '"d"' not in row.public_jwk
    assert "sealed" not in repr(row)


def test_another_master_key_opens_nothing_and_says_what_to_do(
    store: SqlStore, house: KeyHouse, clock: FakeClock
) -> None:
    house.keeper.generate("ES256")
    stranger = KeyHouse(store, clock, OTHER)
    with pytest.raises(CannotUnseal, match=r"sealed under another master key.*GATEPASS_MASTER_KEY_FILE"):
        stranger.ring.signer()
    assert stranger.ring.jwks() == {"keys": []}


@pytest.mark.parametrize(
    "change",
    [
        lambda sealed: sealed[:0],
        lambda sealed: sealed[:8],
        lambda sealed: sealed[:21],
        lambda sealed: sealed[:-1],
        lambda sealed: sealed + b"\0",
        lambda sealed: sealed[:-1] + bytes([sealed[-1] ^ 1]),
        lambda sealed: bytes([2]) + sealed[1:],
        lambda sealed: sealed[:12] + bytes([sealed[12] ^ 1]) + sealed[13:],
    ],
)
def test_changed_bytes_do_not_open(
    store: SqlStore, house: KeyHouse, other_ring: KeyRing, change: Callable[[bytes], bytes]
) -> None:
    kid = house.keeper.generate("ES256").kid
    (row,) = rows(store)
    reseal_by_hand(store, kid, change(row.sealed))
    with pytest.raises(CannotUnseal, match=r"sealed under another|changed or moved"):
        other_ring.signer()
    assert published(other_ring) == set()


def test_a_private_key_moved_to_another_row_does_not_open(
    store: SqlStore, house: KeyHouse, other_ring: KeyRing
) -> None:
    first = house.keeper.generate("ES256")
    second = house.keeper.generate("ES256", activate=True)
    sealed = next(row.sealed for row in rows(store) if row.kid == first.kid)
    reseal_by_hand(store, second.kid, sealed)
    with pytest.raises(CannotUnseal, match="changed or moved after it was written"):
        other_ring.signer()


def test_a_row_by_somebody_without_the_master_key_is_neither_published_nor_used(
    store: SqlStore,
    house: KeyHouse,
    ring: KeyRing,
    clock: FakeClock,
    caplog: pytest.LogCaptureFixture,
) -> None:
    ours = house.keeper.generate("ES256")
    theirs = KeyHouse(store, clock, OTHER).keeper.generate("ES256", activate=True)
    ring.forget()
    assert published(ring) == {ours.kid}
    assert ring.find(theirs.kid, "ES256") == []
    assert "a signing key is refused" in caplog.text
    assert theirs.kid in caplog.text


@pytest.mark.parametrize("swap", ["other key", "private members", "not JSON"])
def test_a_public_key_that_is_not_the_other_half_is_not_published(
    ready_database_url: str, house: KeyHouse, other_ring: KeyRing, swap: str
) -> None:
    kid = house.keeper.generate("ES256").kid
    jwk = {
        "other key": str(Key.generate("ES256").named(kid).public_jwk("ES256")).replace("'", '"'),
        "private members": '{"kty":"oct","k":"AAAA"}',
        "not JSON": "{",
    }[swap]
    url = parse_url(ready_database_url)
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text("UPDATE gatepass_signing_keys SET public_jwk = :jwk"), {"jwk": jwk})
    engine.dispose()
    assert other_ring.jwks() == {"keys": []}
    with pytest.raises(CannotUnseal, match=r"public key of .* was changed"):
        other_ring.signer()


def test_a_key_that_is_mended_is_taken_again(
    store: SqlStore, house: KeyHouse, other_ring: KeyRing, clock: FakeClock
) -> None:
    kid = house.keeper.generate("ES256").kid
    (row,) = rows(store)
    reseal_by_hand(store, kid, b"damaged")
    assert published(other_ring) == set()
    reseal_by_hand(store, kid, row.sealed)
    clock.advance(REFRESH_SECONDS)
    assert published(other_ring) == {kid}


class TestMasterKeyRotation:
    def test_the_new_one_seals_both_open_and_after_resealing_the_old_one_can_go(
        self, store: SqlStore, house: KeyHouse, clock: FakeClock
    ) -> None:
        house.keeper.generate("ES256")
        token = house.ring.signer().issue("ada")
        both = KeyHouse(store, clock, OTHER, MASTER)
        assert both.verifier.verify(token).subject == "ada"
        both.keeper.rotate()
        assert both.keeper.reseal() == 1  # the new key is under the new master key already
        assert both.keeper.reseal() == 0
        alone = KeyHouse(store, clock, OTHER)
        assert alone.verifier.verify(token).subject == "ada"
        assert alone.ring.signer().kid == house.ring.signer().kid
        clock.advance(REFRESH_SECONDS)
        house.ring.forget()
        assert published(KeyHouse(store, clock, MASTER).ring) == set()

    def test_a_server_that_runs_meanwhile_goes_on_signing_and_publishing(
        self, store: SqlStore, house: KeyHouse, other_ring: KeyRing, clock: FakeClock
    ) -> None:
        first = house.keeper.generate("ES256")
        second = house.rotate()
        assert published(other_ring) == {first.kid, second.kid}
        assert KeyHouse(store, clock, OTHER, MASTER).keeper.reseal() == 2
        clock.advance(REFRESH_SECONDS)
        assert published(other_ring) == {first.kid, second.kid}
        assert other_ring.signer().kid == first.kid
        clock.advance(LEAD)
        assert other_ring.signer().kid == second.kid

    def test_if_one_key_does_not_open_none_is_changed(
        self, store: SqlStore, keeper: KeyKeeper, clock: FakeClock
    ) -> None:
        keeper.generate("ES256")
        broken = keeper.generate("ES256")
        reseal_by_hand(store, broken.kid, b"damaged")
        before = rows(store)
        with pytest.raises(CannotUnseal):
            KeyHouse(store, clock, OTHER, MASTER).keeper.reseal()
        assert rows(store) == before

    def test_a_key_that_is_gone_does_not_hold_the_old_master_key(
        self, store: SqlStore, keeper: KeyKeeper, clock: FakeClock
    ) -> None:
        gone = keeper.generate("ES256")
        keeper.rotate(now=True)
        reseal_by_hand(store, gone.kid, b"damaged")
        assert KeyHouse(store, clock, OTHER, MASTER).keeper.reseal() == 1


def test_two_seals_of_one_secret_differ_and_open_for_their_purpose_alone(sealer: Sealer) -> None:
    seals = [sealer.seal(b"secret", purpose="a") for _ in range(2)]
    assert seals[0] != seals[1]
    assert [sealer.open(sealed, purpose="a") for sealed in seals] == [b"secret"] * 2
    with pytest.raises(CannotUnseal, match="changed or moved"):
        sealer.open(seals[0], purpose="b")


@pytest.mark.parametrize("keys", [[], [b"short"], [b"x" * 33], [MASTER, b""]])
def test_a_sealer_takes_keys_of_32_bytes_only(keys: list[bytes]) -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        Sealer(lambda: keys).seal(b"x", purpose="a")
