"""Accounts: unique by e-mail key, found exactly, listed by code point."""

from dataclasses import replace

import pytest

from gatepass_server.domain.accounts import User
from gatepass_server.domain.errors import EmailTaken
from gatepass_server.store.ports import Store
from tests.support.samples import NOW, sample_user

INJECTION = "'; DROP TABLE gatepass_users; --"
NO_TEXT_OF_ANY_ACCOUNT = ["", "absent", "a\0b", "\0", "half \ud800 pair", INJECTION, "x" * 10**6]


@pytest.mark.parametrize(
    "user",
    [
        sample_user(),
        replace(sample_user(is_admin=True), disabled_at=NOW, email_verified=True, updated_at=NOW + 3),
    ],
)
def test_an_account_is_read_back_as_it_was_added(store: Store, user: User) -> None:
    with store.write() as uow:
        uow.users.add(user)
    with store.read() as uow:
        assert uow.users.by_id(user.id) == user
        assert uow.users.by_email(user.email_key) == user


def test_a_second_account_with_the_same_e_mail_is_refused_and_the_first_is_untouched(store: Store) -> None:
    with store.write() as uow:
        uow.users.add(sample_user("u1", "ann@example.com"))
    with store.write() as uow, pytest.raises(EmailTaken):
        uow.users.add(replace(sample_user("u2", "ann@example.com"), name="Other"))
    with store.read() as uow:
        assert uow.users.by_id("u2") is None
        assert uow.users.by_email("ann@example.com") == sample_user("u1", "ann@example.com")


def test_a_second_account_with_the_same_id_is_refused(store: Store) -> None:
    with store.write() as uow:
        uow.users.add(sample_user("u1", "ann@example.com"))
        with pytest.raises(EmailTaken):
            uow.users.add(sample_user("u1", "bob@example.com"))
        assert uow.users.by_email("bob@example.com") is None


def test_a_refused_account_leaves_the_transaction_usable(store: Store) -> None:
    with store.write() as uow:
        uow.users.add(sample_user("u1"))
        with pytest.raises(EmailTaken):
            uow.users.add(sample_user("u1"))
        uow.users.add(sample_user("u2"))
    with store.read() as uow:
        assert [user.id for user in uow.users.page(after=None, limit=10)] == ["u1", "u2"]


def test_ids_and_keys_are_compared_exactly(store: Store) -> None:
    with store.write() as uow:
        uow.users.add(sample_user("u1", "ann@example.com"))
        uow.users.add(replace(sample_user("U1"), email_key="Ann@example.com"))
        uow.users.add(replace(sample_user("u1 "), email_key="ann@example.com "))
    with store.read() as uow:
        for user_id in ("u1", "U1", "u1 "):
            found = uow.users.by_id(user_id)
            assert found is not None
            assert found.id == user_id
        assert uow.users.by_email("ANN@EXAMPLE.COM") is None


@pytest.mark.parametrize("text", NO_TEXT_OF_ANY_ACCOUNT, ids=lambda text: ascii(text)[:24])
def test_what_no_account_can_have_is_not_found(store: Store, text: str) -> None:
    with store.write() as uow:
        uow.users.add(sample_user())
        assert uow.users.by_id(text) is None
        assert uow.users.by_email(text) is None
        assert not uow.users.disable(text, NOW)
        assert not uow.users.replace_password_hash(text, old="$argon2id$sample", new="new")
        assert uow.users.by_id("u1") == sample_user()


def test_pages_follow_the_code_points_of_the_ids(store: Store) -> None:
    ids = ["10", "9", "A", "Z", "_", "a", "aa", "b", "z", "é", "李", "\uffff", "\U0001f600"]
    with store.write() as uow:
        for user_id in reversed(ids):
            uow.users.add(sample_user(user_id, f"{ids.index(user_id)}@example.com"))
    seen: list[str] = []
    with store.read() as uow:
        after = None
        while page := uow.users.page(after=after, limit=4):
            assert len(page) <= 4
            seen += [user.id for user in page]
            after = seen[-1]
    assert seen == ids


@pytest.mark.parametrize(("after", "expected"), [("a", ["b"]), ("aa", ["b"]), ("b", []), ("", ["a", "b"])])
def test_a_page_starts_past_a_place_that_need_not_exist(
    store: Store, after: str, expected: list[str]
) -> None:
    with store.write() as uow:
        uow.users.add(sample_user("a"))
        uow.users.add(sample_user("b"))
    with store.read() as uow:
        assert [user.id for user in uow.users.page(after=after, limit=9)] == expected


@pytest.mark.parametrize("after", ["\0", "half \ud800 pair"])
def test_nothing_follows_an_id_that_cannot_be(store: Store, after: str) -> None:
    with store.write() as uow:
        uow.users.add(sample_user("z"))
        assert list(uow.users.page(after=after, limit=9)) == []


def test_a_password_hash_is_replaced_only_while_it_is_the_old_one(store: Store) -> None:
    with store.write() as uow:
        uow.users.add(sample_user())
        assert uow.users.replace_password_hash("u1", old="$argon2id$sample", new="second")
        assert not uow.users.replace_password_hash("u1", old="$argon2id$sample", new="third")
        assert uow.users.by_id("u1") == replace(sample_user(), password_hash="second")


def test_an_account_is_disabled_once(store: Store) -> None:
    with store.write() as uow:
        uow.users.add(sample_user())
        assert uow.users.disable("u1", NOW + 5)
        assert not uow.users.disable("u1", NOW + 9)
        assert uow.users.by_email("u1@example.com") == replace(sample_user(), disabled_at=NOW + 5)


def test_an_account_is_confirmed_as_long_as_it_is_enabled_and_has_the_same_hash(store: Store) -> None:
    user = sample_user("u1")
    with store.write() as uow:
        uow.users.add(user)
        assert uow.users.confirm("u1", password_hash=user.password_hash)
        assert not uow.users.confirm("u1", password_hash="another")
        assert not uow.users.confirm("u2", password_hash=user.password_hash)
        uow.users.disable("u1", NOW)
        assert not uow.users.confirm("u1", password_hash=user.password_hash)


def test_a_disabled_account_is_enabled_once(store: Store) -> None:
    with store.write() as uow:
        uow.users.add(sample_user())
        assert not uow.users.enable("u1")
        uow.users.disable("u1", NOW)
        assert uow.users.enable("u1")
        assert not uow.users.enable("u1")
        assert not uow.users.enable("unknown")
        assert uow.users.by_id("u1") == sample_user()


def test_a_hash_is_set_whatever_it_was(store: Store) -> None:
    with store.write() as uow:
        uow.users.add(sample_user())
        uow.users.add(sample_user("u2"))
        assert uow.users.set_password_hash("u1", "$new")
        assert not uow.users.set_password_hash("unknown", "$new")
        hashes = [user.password_hash for user in uow.users.page(after=None, limit=9)]
    assert hashes == ["$new", sample_user("u2").password_hash]


def test_a_role_is_changed_once(store: Store) -> None:
    with store.write() as uow:
        uow.users.add(sample_user())
        assert uow.users.set_admin("u1", is_admin=True)
        assert not uow.users.set_admin("u1", is_admin=True)
        assert not uow.users.set_admin("unknown", is_admin=True)
        assert uow.users.by_id("u1") == sample_user(is_admin=True)


def test_what_is_told_of_a_person_changes_with_the_time_of_the_change(store: Store) -> None:
    with store.write() as uow:
        uow.users.add(sample_user())
        assert uow.users.set_name("u1", "Zoë", NOW + 1)
        assert not uow.users.set_name("u1", "Zoë", NOW + 2)
        assert uow.users.by_id("u1") == replace(sample_user(), name="Zoë", updated_at=NOW + 1)
        assert uow.users.set_email_verified("u1", NOW + 3, verified=True)
        assert not uow.users.set_email_verified("u1", NOW + 4, verified=True)
        changed = replace(sample_user(), name="Zoë", email_verified=True, updated_at=NOW + 3)
        assert uow.users.by_id("u1") == changed
        assert not uow.users.set_name("unknown", "Zoë", NOW)
        assert not uow.users.set_email_verified("unknown", NOW, verified=True)


def test_an_account_of_the_tables_before_has_changed_when_it_was_made(store: Store) -> None:
    with store.write() as uow:
        uow.users.add(replace(sample_user(), updated_at=0))
        found = uow.users.by_id("u1")
    assert found is not None
    assert found.updated_at == NOW


def test_accounts_are_searched_by_the_beginning_of_their_keys_in_the_order_of_the_keys(store: Store) -> None:
    keys = ["a@x", "an%@x", "an@x", "ann@x", "anna@x", "an\U0010ffff@x", "Ann@x", "b@x"]
    with store.write() as uow:
        for number, key in enumerate(reversed(keys)):
            uow.users.add(replace(sample_user(f"u{number}"), email_key=key))

    def found(prefix: str, after: str | None = None, limit: int = 9) -> list[str]:
        with store.read() as uow:
            return [user.email_key for user in uow.users.search(prefix, after=after, limit=limit)]

    assert found("an") == ["an%@x", "an@x", "ann@x", "anna@x"]
    assert found("an%") == ["an%@x"]
    assert found("ann@x") == ["ann@x"]
    assert found("an", limit=2) == ["an%@x", "an@x"]
    assert found("an", after="u5") == ["ann@x", "anna@x"]
    assert found("an", after="unknown") == []
    assert [found(text) for text in ("c", "\0", "\ud800")] == [[], [], []]
    assert found("an", after="\0") == []


def test_another_admin_is_one_who_is_enabled(store: Store) -> None:
    with store.write() as uow:
        uow.users.add(sample_user("u1", is_admin=True))
        uow.users.add(sample_user("u2", is_admin=True))
        uow.users.add(sample_user("u3"))
        assert uow.users.has_other_admin("u1")
        assert uow.users.disable("u2", NOW)
        assert not uow.users.has_other_admin("u1")
        assert uow.users.has_other_admin("u2")
        assert uow.users.has_other_admin("u3")
