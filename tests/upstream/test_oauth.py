"""Signing in through houses without OpenID Connect: by settings alone."""

from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlsplit

import pytest

from tests.support.other_house import OtherHouse, oauth1_settings, oauth2_settings
from tests.support.through import OURS, Traveller, code_on
from tests.upstream.conftest import Build


def by_oauth2(build: Build, other: OtherHouse, **options: Any) -> Traveller:
    return build({"club": oauth2_settings(other, **options)})


def by_oauth1(build: Build, other: OtherHouse, **options: Any) -> Traveller:
    return build({"bird": oauth1_settings(other, **options)})


def subject_of(traveller: Traveller) -> tuple[str, str]:
    """What is kept of whoever is signed in: issuer and subject."""
    me = traveller.me()
    assert me is not None
    with traveller.house.gatepass.store.read() as uow:
        (identity,) = uow.identities.of_user(me["public_id"])
    return identity.issuer, identity.subject


def test_the_userinfo_endpoint_says_who_it_is(build: Build, other: OtherHouse) -> None:
    other.person = {"data": {"id": 1234}, "email": "ann@example.com", "email_verified": True, "name": "Ann"}
    ann = by_oauth2(build, other, subject="data.id")
    assert ann.come_back().status_code == 303
    assert subject_of(ann) == (other.url, "1234")
    assert other.asked["code_challenge_method"] == "S256"
    assert "nonce" not in other.asked


@pytest.mark.parametrize("subject", [None, "", True, 1.5, ["1"], {"id": 1}, "a" * 501, "a\0b"])
def test_what_names_nobody_lets_nobody_in(build: Build, other: OtherHouse, subject: object) -> None:
    other.person["sub"] = subject
    ann = by_oauth2(build, other)
    answer = ann.come_back()
    assert (answer.status_code, code_on(answer.text)) == (403, "upstream_untrusted")


def test_e_mail_addresses_of_a_list_of_their_own_count_where_they_are_primary_and_verified(
    build: Build, other: OtherHouse
) -> None:
    other.person = {"id": 7, "login": "ann", "email": "public@example.com"}
    other.emails = [
        {"email": "old@example.com", "primary": False, "verified": True},
        {"email": "ann@example.com", "primary": True, "verified": True},
    ]
    ann = by_oauth2(build, other, subject="id", login="login", emails_url=f"{other.url}/emails")
    ann.come_back()
    me = ann.me()
    assert me is not None
    assert (me["email"], me["name"]) == ("ann@example.com", "ann")


def test_a_house_with_names_of_its_own_for_everything_is_spoken_to_in_its_way(
    build: Build, other: OtherHouse
) -> None:
    """As WeChat is: appid and secret in a GET, the token in the query, a fragment, and two names of a person."""
    other.person = {"openid": "o1", "unionid": "u1", "nickname": "小安"}
    other.tokens = lambda found: found.update(openid="o1")
    ann = by_oauth2(
        build,
        other,
        client_auth="post",
        client_id_name="appid",
        client_secret_name="secret",
        token_method="GET",
        token_in="query",
        userinfo_parameters={"openid": "openid"},
        fragment="wechat_redirect",
        subject="unionid openid",
        name="nickname",
        pkce=False,
    )
    address = ann.leave()
    assert address.endswith("#wechat_redirect")
    asked = dict(parse_qsl(urlsplit(address).query))
    assert asked["appid"] == "gatepass"
    assert "code_challenge" not in asked
    answer = ann.come_back()
    redeemed = other.redeemed[-1]
    assert (redeemed["appid"], redeemed["secret"]) == ("gatepass", "a secret between two houses")
    there = answer.headers["Location"]
    page = ann.house.client.get(there)
    assert "小安" in page.text
    form = {
        "attempt": parse_qs(urlsplit(there).query)["attempt"][0],
        "name": "小安",
        "email": "an@example.com",
    }
    assert ann.house.client.post("/sign-in/through/club/finish", data=form, headers=OURS).status_code == 303
    assert subject_of(ann) == (other.url, "u1")


def test_a_code_that_is_refused_lets_nobody_in(build: Build, other: OtherHouse) -> None:
    ann = by_oauth2(build, other)

    def refuse(found: dict[str, Any]) -> None:
        found.clear()
        found["error"] = "bad_verification_code"

    other.tokens = refuse
    answer = ann.come_back()
    assert code_on(answer.text) == "upstream_untrusted"


# ---- OAuth 1.0a ----


@pytest.mark.compliance("RFC 5849", "2", "request token, authorization, access token, each signed")
def test_oauth_1_signs_people_in(build: Build, other: OtherHouse) -> None:
    other.person = {"id_str": "77", "screen_name": "ann", "name": "Ann", "email": "ann@example.com"}
    bird = by_oauth1(build, other, subject="id_str", login="screen_name")
    there = bird.come_back().headers["Location"]
    form = {
        "attempt": parse_qs(urlsplit(there).query)["attempt"][0],
        "name": "Ann",
        "email": "ann@example.com",
    }
    assert bird.house.client.post("/sign-in/through/bird/finish", data=form, headers=OURS).status_code == 303
    assert subject_of(bird) == (other.url, "77")


@pytest.mark.compliance(
    "RFC 5849", "2.1", "a callback that is not confirmed is OAuth 1.0, which can be hijacked"
)
def test_a_callback_that_is_not_confirmed_is_not_used(build: Build, other: OtherHouse) -> None:
    other.tokens = lambda found: found.pop("oauth_callback_confirmed")
    bird = by_oauth1(build, other)
    answer = bird.house.client.get("/sign-in/through/bird", headers=OURS)
    assert (answer.status_code, code_on(answer.text)) == (502, "upstream_unavailable")


def test_oauth_1_is_bound_to_the_browser_and_good_once(build: Build, other: OtherHouse) -> None:
    bird = by_oauth1(build, other)
    came = bird.allow()
    ours, bird.house.client = bird.house.client, bird.house.app.test_client()
    bird.leave()
    assert code_on(bird.house.client.get(came).text) == "unknown_attempt"
    bird.house.client = ours
    assert bird.house.client.get(came).status_code == 303
    assert code_on(bird.house.client.get(came).text) == "unknown_attempt"


def test_who_says_no_at_an_oauth_1_house_is_told_so(build: Build, other: OtherHouse) -> None:
    bird = by_oauth1(build, other)
    token = dict(parse_qsl(urlsplit(bird.leave()).query))["oauth_token"]
    answer = bird.house.client.get(f"/sign-in/through/bird/callback?denied={token}")
    assert code_on(answer.text) == "upstream_denied"
