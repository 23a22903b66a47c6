"""Signing in through an OpenID Connect provider."""

from tests.support.through import Traveller


def test_whoever_comes_for_the_first_time_gets_an_account(ann: Traveller) -> None:
    answer = ann.come_back()
    assert (answer.status_code, answer.headers["Location"]) == (303, "/account")
    me = ann.me()
    assert me is not None
    assert (me["name"], me["email"]) == ("Ann Other", "Ann@example.com")
