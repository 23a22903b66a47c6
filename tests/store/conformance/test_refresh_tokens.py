"""Families of refresh tokens: one good token each, which gives its place to its successor once."""

from dataclasses import replace

import pytest

from gatepass_server.store.ports import Store
from tests.support.samples import NOW, sample_family, sample_rotation, sample_session, sample_user


@pytest.fixture(autouse=True)
def _session(store: Store) -> None:
    with store.write() as uow:
        uow.users.add(sample_user())
        uow.sessions.add(sample_session())
        uow.refresh_tokens.add(sample_family())


def test_a_token_gives_its_place_to_its_successor_once(store: Store) -> None:
    rotation = sample_rotation()
    rotated = replace(
        sample_family(),
        digest=rotation.successor,
        generation=1,
        expires_at=NOW + 5 + 900,
        previous=rotation.spent,
        salt=rotation.salt,
        rotated_at=NOW + 5,
    )
    with store.write() as uow:
        assert uow.refresh_tokens.rotate(rotation, now=NOW + 5, idle=900).told()
        assert not uow.refresh_tokens.rotate(sample_rotation("t1", "t3"), now=NOW + 6, idle=900).told()
    with store.read() as uow:
        assert uow.refresh_tokens.find(rotation.family) == rotated


def test_a_successor_has_a_successor_and_nothing_is_kept_of_what_came_before(store: Store) -> None:
    with store.write() as uow:
        uow.refresh_tokens.rotate(sample_rotation(), now=NOW, idle=900)
        uow.refresh_tokens.rotate(sample_rotation("t2", "t3"), now=NOW + 1, idle=900)
        second = uow.refresh_tokens.find(sample_rotation("t2", "t3").family)
    assert second is not None
    assert second.generation == 2
    assert second.previous == sample_rotation("t2").spent


def test_a_session_is_prolonged_by_its_family_while_the_token_is_rotated(store: Store) -> None:
    family = sample_family().family
    with store.write() as uow:
        prolonged = uow.sessions.prolong_by_family(family, now=NOW + 5, idle=900)
        rotated = uow.refresh_tokens.rotate(sample_rotation(), now=NOW + 5, idle=900)
        assert rotated.told()
        live = prolonged.told()
    assert live is not None
    assert (live.session.id, live.session.last_seen_at) == (sample_family().session_id, NOW + 5)
    with store.write() as uow:
        assert uow.sessions.with_user(live.session.id) == live
        assert uow.sessions.prolong_by_family(b"unknown", now=NOW + 5, idle=900).told() is None
        uow.sessions.end(live.session.id, NOW + 6)
        assert uow.sessions.prolong_by_family(family, now=NOW + 6, idle=900).told() is None


def test_a_token_of_another_family_rotates_nothing(store: Store) -> None:
    with store.write() as uow:
        uow.refresh_tokens.add(sample_family("other"))
        stranger = replace(sample_rotation(), family=sample_family("other").family)
        assert not uow.refresh_tokens.rotate(stranger, now=NOW, idle=900).told()
        assert uow.refresh_tokens.find(sample_family("other").family) == sample_family("other")


def test_an_expired_token_rotates_nothing(store: Store) -> None:
    end = sample_family().expires_at
    with store.write() as uow:
        assert not uow.refresh_tokens.rotate(sample_rotation(), now=end, idle=900).told()
        assert uow.refresh_tokens.rotate(sample_rotation(), now=end - 1, idle=900).told()


def test_an_unknown_family_is_not_found(store: Store) -> None:
    with store.write() as uow:
        assert uow.refresh_tokens.find(b"unknown") is None
        assert uow.refresh_tokens.find(b"") is None
        unknown = replace(sample_rotation(), family=b"")
        assert not uow.refresh_tokens.rotate(unknown, now=NOW, idle=900).told()


def test_an_answer_that_nobody_read_keeps_no_transaction_open(store: Store) -> None:
    kept: list[object] = []

    def give_up() -> None:
        with store.write() as uow:
            kept.append(uow.refresh_tokens.rotate(sample_rotation(), now=NOW, idle=900))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        give_up()
    with store.write() as uow:
        assert uow.refresh_tokens.find(sample_family().family) == sample_family()
        kept.append(uow.refresh_tokens.rotate(sample_rotation(), now=NOW, idle=900))
    with store.write() as uow:
        assert uow.refresh_tokens.find(sample_family().family) != sample_family()
