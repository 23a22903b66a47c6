"""Another house tells that a session of its own has ended."""

from typing import Any

import pytest

from tests.support.clock import FakeClock
from tests.support.house import EMAIL, PASSWORD
from tests.support.through import OURS, Traveller

PATH = "/sign-in/through/corp/logout"


def tell(traveller: Traveller, token: str) -> int:
    """What the other house is answered."""
    answer = traveller.house.app.test_client().post(PATH, data={"logout_token": token})
    assert answer.headers["Cache-Control"] == "no-store"
    return answer.status_code


@pytest.mark.compliance("OpenID Connect Back-Channel Logout 1.0", "2.6", "the sessions that it is about end")
def test_the_sessions_that_began_through_it_end(ann: Traveller) -> None:
    ann.come_back()
    assert ann.me() is not None
    assert tell(ann, ann.other.logout_token()) == 200
    assert ann.me() is None


@pytest.mark.parametrize(
    "claims",
    [
        {"sub": "another"},
        {"sid": "another"},
    ],
    ids=str,
)
def test_those_of_another_person_or_session_go_on(ann: Traveller, claims: dict[str, Any]) -> None:
    ann.come_back()
    assert tell(ann, ann.other.logout_token(**claims)) == 200
    assert ann.me() is not None


def test_a_token_may_name_the_session_alone(ann: Traveller) -> None:
    ann.come_back()
    assert tell(ann, ann.other.logout_token(sub=None, sid="another")) == 200
    assert ann.me() is not None
    forged = ann.other.logout_token(sub=None)
    assert tell(ann, forged[:-8] + "AAAAAAAA") == 400
    assert tell(ann, ann.other.logout_token(sub=None, aud="another")) == 400
    assert tell(ann, ann.other.logout_token(sub=None, iss="https://evil.example")) == 400
    assert tell(ann, ann.other.logout_token(sub=None, exp=1_700_000_000)) == 400
    assert ann.me() is not None
    assert tell(ann, ann.other.logout_token(sub=None)) == 200
    assert ann.me() is None


def test_without_a_session_all_of_the_person_end_but_those_with_a_password(ann: Traveller) -> None:
    ann.come_back()
    ours, ann.house.client = ann.house.client, ann.house.app.test_client()
    ann.other.spoil = lambda claims: claims.update(sid="another")
    ann.come_back()
    user = ann.house.gatepass.administration.find(EMAIL)
    with ann.house.gatepass.store.write() as uow:
        uow.users.set_password_hash(user.id, ann.house.gatepass.hasher.hash(PASSWORD))
    theirs, ann.house.client = ann.house.client, ann.house.app.test_client()
    ann.house.client.post("/sign-in", data={"email": EMAIL, "password": PASSWORD}, headers=OURS)
    assert tell(ann, ann.other.logout_token(sid=None)) == 200
    assert ann.me() is not None
    for client in (ours, theirs):
        ann.house.client = client
        assert ann.me() is None


@pytest.mark.compliance("OpenID Connect Back-Channel Logout 1.0", "2.6", "what is checked of a log-out token")
@pytest.mark.parametrize(
    "claims",
    [
        {"iss": "https://evil.example"},
        {"aud": "another"},
        {"events": None},
        {"events": {}},
        {"events": {"http://schemas.openid.net/event/backchannel-logout": "yes"}},
        {"nonce": "n"},
        {"jti": None},
        {"iat": None},
        {"iat": 1_700_000_000},
        {"exp": 1_700_000_000},
        {"sub": None, "sid": None},
    ],
    ids=str,
)
def test_a_token_that_is_no_log_out_token_for_us_ends_nothing(ann: Traveller, claims: dict[str, Any]) -> None:
    ann.come_back()
    assert tell(ann, ann.other.logout_token(**claims)) == 400
    assert ann.me() is not None


def test_an_id_token_and_texts_end_nothing(ann: Traveller) -> None:
    ann.come_back()
    for token in (ann.other.id_token(nonce="n"), ann.other.id_token(), "", "no token"):
        assert tell(ann, token) == 400
    assert ann.me() is not None


def test_a_token_is_good_once(ann: Traveller, clock: FakeClock) -> None:
    token = ann.other.logout_token()
    assert tell(ann, token) == 200
    clock.advance(1)
    ann.come_back()
    assert tell(ann, token) == 400
    assert ann.me() is not None


def test_there_is_no_such_address_for_a_house_that_is_not_in_the_settings(ann: Traveller) -> None:
    answer = ann.house.client.post("/sign-in/through/other/logout", data={"logout_token": "a"})
    assert answer.status_code == 404
