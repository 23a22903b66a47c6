"""Who people are elsewhere: one account for each issuer and subject, and never an account without a way in."""

from dataclasses import replace
from threading import Barrier, Thread

import pytest

from gatepass_server.domain.accounts import NO_PASSWORD
from gatepass_server.domain.identities import Identity, IdentityTaken, LastWayIn
from gatepass_server.domain.roles import Role
from gatepass_server.store.ports import Store
from tests.support.samples import NOW, sample_session, sample_user

ISSUER = "https://id.example.com"


def identity(identity_id: str = "i1", subject: str = "248289", *, user_id: str = "u1") -> Identity:
    return Identity(
        id=identity_id,
        user_id=user_id,
        provider="corp",
        issuer=ISSUER,
        subject=subject,
        email="ann@example.com",
        label="ann",
        created_at=NOW,
        last_used_at=NOW,
        tokens=b"\x00sealed",
    )


def keep(store: Store, *them: Identity, password: str = "$argon2id$sample") -> None:
    with store.write() as uow:
        for user_id in sorted({one.user_id for one in them}):
            uow.users.add(replace(sample_user(user_id), password_hash=password))
        for one in them:
            uow.identities.add(one)


def test_an_identity_is_read_back_as_it_was_kept(store: Store) -> None:
    second = replace(identity("i2", "另一个"), created_at=NOW + 1, tokens=None)
    keep(store, identity(), second)
    with store.read() as uow:
        assert uow.identities.find(ISSUER, "248289") == identity()
        assert uow.identities.of_user("u1") == [identity(), second]
        assert uow.identities.of_user("u2") == []
    assert "sealed" not in repr(identity())


@pytest.mark.compliance(
    "OpenID Connect Core 1.0", "5.7", "issuer and subject together name the person, compared exactly"
)
@pytest.mark.parametrize(
    ("issuer", "subject"),
    [
        (ISSUER, "248289 "),
        (f"{ISSUER}/", "248289"),
        ("https://ID.example.com", "248289"),
        ("", ""),
        ("a\0", "\0"),
    ],
)
def test_nothing_is_found_that_is_not_the_same_to_the_letter(store: Store, issuer: str, subject: str) -> None:
    keep(store, identity())
    with store.read() as uow:
        assert uow.identities.find(issuer, subject) is None


def test_a_second_account_cannot_have_the_same_identity_and_learns_whose_it_is(store: Store) -> None:
    keep(store, identity(), identity("i2", "other", user_id="u2"))
    with store.write() as uow:
        with pytest.raises(IdentityTaken) as refused:
            uow.identities.add(identity("i3", user_id="u2"))
        assert refused.value.holder == identity()
        with pytest.raises(IdentityTaken) as refused:
            uow.identities.add(identity("i2", "new"))
        assert refused.value.holder == identity("i2", "other", user_id="u2")
        uow.identities.add(replace(identity("i4", user_id="u2"), issuer="ldap:corp"))
    with store.read() as uow:
        assert [one.id for one in uow.identities.of_user("u1")] == ["i1"]
        assert [one.id for one in uow.identities.of_user("u2")] == ["i2", "i4"]


def test_a_use_is_noted_with_what_the_issuer_told(store: Store) -> None:
    keep(store, identity())
    with store.write() as uow:
        assert uow.identities.touch("i1", NOW + 9, email="new@example.com", label="new", tokens=b"other")
        assert not uow.identities.touch("i2", NOW, email="", label="", tokens=None)
    with store.read() as uow:
        assert uow.identities.find(ISSUER, "248289") == replace(
            identity(), last_used_at=NOW + 9, email="new@example.com", label="new", tokens=b"other"
        )


def test_it_is_removed_by_its_owner_alone(store: Store) -> None:
    keep(store, identity(), identity("i2", "other", user_id="u2"))
    with store.write() as uow:
        assert not uow.identities.remove("i1", "u2", usable=["corp"])
        assert not uow.identities.remove("i9\0", "u1", usable=["corp"])
        assert uow.identities.remove("i1", "u1", usable=[])
        assert not uow.identities.remove("i1", "u1", usable=["corp"])
        assert uow.identities.of_user("u1") == []


def test_the_last_way_in_is_not_removed(store: Store) -> None:
    keep(store, identity(), replace(identity("i2", "two"), provider="gone"), password=NO_PASSWORD)
    with store.write() as uow:
        with pytest.raises(LastWayIn):
            uow.identities.remove("i1", "u1", usable=["corp"])
        assert len(uow.identities.of_user("u1")) == 2
        assert uow.identities.remove("i2", "u1", usable=["corp"])
        with pytest.raises(LastWayIn):
            uow.identities.remove("i1", "u1", usable=["corp"])
        uow.users.set_password_hash("u1", "$argon2id$sample")
        assert uow.identities.remove("i1", "u1", usable=["corp"])


def test_of_two_who_remove_the_last_two_at_once_one_is_refused(store: Store) -> None:
    keep(store, identity(), identity("i2", "two"), password=NO_PASSWORD)
    barrier = Barrier(2)
    came: list[str] = []

    def work(identity_id: str) -> None:
        barrier.wait(30)
        try:
            with store.write() as uow:
                uow.identities.remove(identity_id, "u1", usable=["corp"])
        except LastWayIn:
            came.append("refused")
        else:
            came.append("removed")

    threads = [Thread(target=work, args=(name,)) for name in ("i1", "i2")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(came) == ["refused", "removed"]


def test_its_roles_follow_what_is_said_and_those_given_by_hand_stay(store: Store) -> None:
    keep(store, identity())
    with store.write() as uow:
        uow.lock("roles")
        for name in ("auditor", "cook", "waiter"):
            uow.roles.add(Role(name=name, permissions=(f"do:{name}",), created_at=NOW))
        uow.roles.give("u1", "cook")
        assert uow.identities.set_roles("i1", "u1", ["waiter", "cook", "unknown", "\0"])
        assert not uow.identities.set_roles("i1", "u1", ["cook", "waiter"])
        assert uow.identities.roles_of("i1") == ["cook", "waiter"]
        assert uow.roles.entitlements_of("u1").roles == ("cook", "waiter")
        assert uow.roles.names_of(["u1"]) == {"u1": ["cook", "waiter"]}
        assert uow.roles.given_to("u1") == ["cook"]
        assert uow.identities.set_roles("i1", "u1", ["auditor"])
        assert uow.roles.entitlements_of("u1").permissions == ("do:auditor", "do:cook")
        uow.identities.remove("i1", "u1", usable=[])
        assert uow.roles.entitlements_of("u1").roles == ("cook",)


def test_who_has_a_role_by_an_identity_alone_is_marked_as_having_some(store: Store) -> None:
    keep(store, identity())
    with store.write() as uow:
        uow.lock("roles")
        uow.roles.add(Role(name="cook", created_at=NOW))
        uow.identities.set_roles("i1", "u1", ["cook"])
        user = uow.users.by_id("u1")
    assert user is not None
    assert user.has_roles


def test_a_session_remembers_through_what_it_began(store: Store) -> None:
    keep(store, identity())
    session = replace(sample_session(), identity_id="i1", upstream_sid="08a5019c")
    with store.write() as uow:
        uow.sessions.add(session)
    with store.read() as uow:
        live = uow.sessions.with_user("s1")
    assert live is not None
    assert live.session == session
