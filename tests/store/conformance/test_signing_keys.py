"""The key ring's rows."""

from dataclasses import replace

import pytest

from gatepass_server.domain.errors import NotFound
from gatepass_server.store.ports import Store
from tests.support.samples import NOW, sample_key


def test_keys_are_listed_by_activation_and_then_by_kid(store: Store) -> None:
    keys = [sample_key("z", activates_at=1), sample_key("B", activates_at=2), sample_key("a", activates_at=2)]
    with store.write() as uow:
        for key in reversed(keys):
            uow.signing_keys.add(key)
    with store.read() as uow:
        assert list(uow.signing_keys.all()) == keys


def test_a_kid_is_taken_once_and_the_transaction_stays_usable(store: Store) -> None:
    with store.write() as uow:
        uow.signing_keys.add(sample_key())
        with pytest.raises(ValueError, match="k1"):
            uow.signing_keys.add(replace(sample_key(), alg="ES256"))
        assert list(uow.signing_keys.all()) == [sample_key()]


def test_the_times_of_one_key_are_set(store: Store) -> None:
    with store.write() as uow:
        uow.signing_keys.add(sample_key("k1"))
        uow.signing_keys.add(sample_key("k2"))
        uow.signing_keys.schedule("k1", activates_at=NOW - 9, retires_at=NOW + 1, gone_at=NOW + 2)
        changed = replace(sample_key("k1"), activates_at=NOW - 9, retires_at=NOW + 1, gone_at=NOW + 2)
        assert list(uow.signing_keys.all()) == [changed, sample_key("k2")]
        uow.signing_keys.schedule("k1", activates_at=NOW, retires_at=None, gone_at=None)
        assert list(uow.signing_keys.all()) == [sample_key("k1"), sample_key("k2")]


def test_the_sealed_bytes_of_one_key_are_replaced(store: Store) -> None:
    with store.write() as uow:
        uow.signing_keys.add(sample_key("k1"))
        uow.signing_keys.add(sample_key("k2"))
        uow.signing_keys.reseal("k2", b"new\x00")
        assert [key.sealed for key in uow.signing_keys.all()] == [sample_key().sealed, b"new\x00"]


@pytest.mark.parametrize("kid", ["K1", "", "k1\0", "\udfff"], ids=ascii)
def test_a_key_that_is_not_there_cannot_be_changed(store: Store, kid: str) -> None:
    with store.write() as uow:
        uow.signing_keys.add(sample_key("k1"))
        with pytest.raises(NotFound):
            uow.signing_keys.schedule(kid, activates_at=1, retires_at=None, gone_at=None)
        with pytest.raises(NotFound):
            uow.signing_keys.reseal(kid, b"new")
        assert list(uow.signing_keys.all()) == [sample_key("k1")]
