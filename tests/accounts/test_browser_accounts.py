"""Signing in again as the same person, and as several in one browser."""

from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Thread

import pytest

from gatepass_server.accounts.browser_accounts import MOST_OTHERS, BrowserState, SignedIn
from gatepass_server.crypto.cookie_handles import CookieHandle
from gatepass_server.crypto.passwords import PasswordHasher, Verdict
from gatepass_server.domain.errors import TooManyAttempts, WrongCredentials
from gatepass_server.domain.secret import Secret
from tests.support.clock import FakeClock
from tests.support.house import EMAIL, PASSWORD, House, cheap_settings

ADDRESS, BOB = "192.0.2.7", "bob@example.com"


@pytest.fixture
def house(ready_database_url: str, tmp_path: Path, clock: FakeClock) -> Iterator[House]:
    settings = cheap_settings(ready_database_url, tmp_path / "data", login_failures_per_account=3)
    house = House(settings, clock)
    for email in (EMAIL, BOB):
        assert house.sign_up(email).status_code == 201
    yield house
    house.gatepass.close()


def state(house: House, signed_in: SignedIn | None = None) -> BrowserState:
    if signed_in is None:
        return BrowserState(None)
    return house.gatepass.browser_accounts.state(signed_in.cookie, signed_in.others)


def sign_in(
    house: House,
    before: SignedIn | None = None,
    email: str = EMAIL,
    password: str = PASSWORD,
    *,
    keep: bool = True,
) -> SignedIn:
    return house.gatepass.browser_accounts.sign_in(
        state(house, before), email, Secret(password), keep=keep, address=ADDRESS, device="test"
    )


def events(house: House) -> list[tuple[str, str]]:
    found = house.gatepass.audit_trail.after(0, limit=100)
    return [(row.kind, row.details) for row in found if row.kind.startswith(("log_in", "session"))]


def while_a_password_is_hashed(monkeypatch: pytest.MonkeyPatch, happens: Callable[[], object]) -> None:
    """Let ``happens`` happen once, after a password was found right."""
    verify, pending = PasswordHasher.verify, [happens]

    def slow(self: PasswordHasher, stored: str, password: str) -> Verdict:
        verdict = verify(self, stored, password)
        if verdict.right and pending:
            pending.pop()()
        return verdict

    monkeypatch.setattr(PasswordHasher, "verify", slow)


@pytest.mark.compliance("OIDC Core", "2", "auth_time is when the person last proved who they are")
def test_the_same_person_again_has_the_same_session_and_a_new_proof(house: House, clock: FakeClock) -> None:
    first = sign_in(house)
    clock.advance(1000)
    second = sign_in(house, first)
    before, after = first.logged_in.session, second.logged_in.session
    assert before.id == after.id
    assert after.authenticated_at == before.authenticated_at + 1000
    assert after.expires_at == before.expires_at
    assert after.idle_expires_at == before.idle_expires_at + 1000
    assert house.gatepass.cookie_sessions.recognise(first.cookie) is None
    found = house.gatepass.cookie_sessions.recognise(second.cookie)
    assert found is not None
    assert found.session == after
    assert events(house)[-1] == ("log_in.succeeded", '{"mode":"cookie","renewed":"yes"}')


def test_however_the_address_is_written(house: House) -> None:
    first = sign_in(house)
    second = sign_in(house, first, "  ANN@Example.COM ")
    assert second.logged_in.session.id == first.logged_in.session.id


def test_a_wrong_password_leaves_the_session_as_it_is_and_counts(house: House) -> None:
    first = sign_in(house)
    for _ in range(3):
        with pytest.raises(WrongCredentials):
            sign_in(house, first, password="wrong")
    with pytest.raises(TooManyAttempts):
        sign_in(house, first)
    assert state(house, first).current is not None
    assert [kind for kind, _ in events(house)].count("log_in.failed") == 3


def test_who_was_disabled_does_not_come_in_again(house: House) -> None:
    first = sign_in(house)
    before = state(house, first)
    house.gatepass.administration.disable(EMAIL)
    with pytest.raises(WrongCredentials):
        house.gatepass.browser_accounts.sign_in(
            before, EMAIL, Secret(PASSWORD), keep=True, address=ADDRESS, device="test"
        )


def test_a_session_that_ends_while_the_password_is_hashed_is_followed_by_a_new_one(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = sign_in(house)
    current = state(house, first).current
    assert current is not None
    while_a_password_is_hashed(monkeypatch, lambda: house.gatepass.log_out.current(current.live))
    second = sign_in(house, first)
    assert second.logged_in.session.id != first.logged_in.session.id
    assert house.gatepass.cookie_sessions.recognise(second.cookie) is not None


def test_a_new_password_of_meanwhile_is_the_one_that_counts(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = sign_in(house)
    new = Secret("another fine long password")
    while_a_password_is_hashed(monkeypatch, lambda: house.gatepass.administration.set_password(EMAIL, new))
    with pytest.raises(WrongCredentials):
        sign_in(house, first)


def test_two_tabs_that_prove_it_at_once_both_come_in(house: House) -> None:
    first = sign_in(house)
    done: list[SignedIn] = []
    tabs = [Thread(target=lambda: done.append(sign_in(house, first))) for _ in range(2)]
    for tab in tabs:
        tab.start()
    for tab in tabs:
        tab.join()
    assert len(done) == 2
    assert all(house.gatepass.cookie_sessions.recognise(one.cookie) for one in done)


def test_another_person_is_kept_beside_the_new_one(house: House) -> None:
    ann = sign_in(house)
    bob = sign_in(house, ann, BOB)
    both = state(house, bob)
    assert [account.live.user.email for account in both.all] == [BOB, EMAIL]
    assert bob.others == (ann.cookie,)
    again = sign_in(house, bob)
    assert again.logged_in.session.id == ann.logged_in.session.id
    assert [account.live.user.email for account in state(house, again).all] == [EMAIL, BOB]


def test_or_signed_out_where_nobody_asked_to_keep_them(house: House) -> None:
    ann = sign_in(house)
    bob = sign_in(house, ann, BOB, keep=False)
    assert bob.others == ()
    assert house.gatepass.cookie_sessions.recognise(ann.cookie) is None
    assert events(house)[-1] == ("session.ended", '{"cause":"replaced"}')


def test_the_one_who_waited_longest_goes_when_there_are_too_many(house: House) -> None:
    signed_in: list[SignedIn] = []
    for number in range(MOST_OTHERS + 2):
        house.sign_up(f"p{number}@example.com")
        signed_in.append(sign_in(house, signed_in[-1] if signed_in else None, f"p{number}@example.com"))
    assert len(signed_in[-1].others) == MOST_OTHERS
    alive = [house.gatepass.cookie_sessions.peek(one.cookie) is not None for one in signed_in]
    assert alive == [False, *[True] * (MOST_OTHERS + 1)]


def test_to_be_looked_at_is_no_use_of_a_session(house: House, clock: FakeClock) -> None:
    ann = sign_in(house)
    bob = sign_in(house, ann, BOB)
    clock.advance(600)
    state(house, bob)
    waiting = house.gatepass.cookie_sessions.peek(ann.cookie)
    current = house.gatepass.cookie_sessions.peek(bob.cookie)
    assert waiting is not None
    assert current is not None
    assert waiting.session.last_seen_at == clock.now - 600
    assert current.session.last_seen_at == clock.now


def test_cookies_of_nobody_are_nobody(house: House) -> None:
    found = house.gatepass.browser_accounts.state(CookieHandle.new(), [CookieHandle.new()] * 9)
    assert found == BrowserState(None)
    assert found.chosen("anybody") is None
