"""Invitations to register programs: spent one by one, and no more often than they say."""

from contextlib import suppress
from threading import Barrier, Thread

from gatepass_server.domain.invitations import Invitation
from gatepass_server.store.ports import Store
from tests.support.samples import NOW


def invitation(name: str = "Blue", *, uses: int = 1, digest: bytes = b"one") -> Invitation:
    return Invitation(digest=digest, name=name, created_at=NOW, expires_at=NOW + 60, uses_left=uses)


def add(store: Store, *them: Invitation) -> None:
    with store.write() as uow:
        for one in them:
            uow.invitations.add(one)


def test_an_invitation_is_read_as_it_was_kept(store: Store) -> None:
    add(store, invitation(), invitation("Red", digest=b"two"))
    with store.read() as uow:
        assert uow.invitations.find(b"one") == invitation()
        assert uow.invitations.find(b"three") is None
        assert [one.name for one in uow.invitations.all()] == ["Blue", "Red"]


def test_it_is_spent_as_often_as_it_says_and_not_after_its_end(store: Store) -> None:
    add(store, invitation(uses=2))
    with store.write() as uow:
        assert uow.invitations.spend(b"one", NOW)
        assert not uow.invitations.spend(b"one", NOW + 60)
        assert uow.invitations.spend(b"one", NOW + 59)
        assert not uow.invitations.spend(b"one", NOW)
        assert not uow.invitations.spend(b"unknown", NOW)


def test_a_use_of_a_transaction_that_is_rolled_back_is_not_lost(store: Store) -> None:
    add(store, invitation())

    def fail() -> None:
        with store.write() as uow:
            uow.invitations.spend(b"one", NOW)
            raise ArithmeticError

    with suppress(ArithmeticError):
        fail()
    with store.write() as uow:
        assert uow.invitations.spend(b"one", NOW)


def test_of_many_who_spend_at_once_no_more_succeed_than_it_has_uses(store: Store) -> None:
    add(store, invitation(uses=5))
    barrier = Barrier(8)
    won: list[bool] = []

    def work() -> None:
        barrier.wait(30)
        for _ in range(3):
            with store.write() as uow:
                won.append(uow.invitations.spend(b"one", NOW))

    threads = [Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(won, reverse=True)[:6] == [True] * 5 + [False]


def test_they_are_removed_by_name_and_pruned_by_age(store: Store) -> None:
    add(store, invitation(), invitation(digest=b"two"), invitation("Red", digest=b"three"))
    with store.write() as uow:
        assert uow.invitations.remove("Blue") == 2
        assert uow.invitations.remove("Blue") == 0
        assert uow.invitations.prune(NOW + 60) == 0
        assert uow.invitations.prune(NOW + 61) == 1
