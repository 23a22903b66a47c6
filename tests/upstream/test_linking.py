"""Identities of one's own account: added on purpose, removed as long as another way in is left."""

from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

import pytest

from gatepass_server.domain.identities import Identity
from tests.support.clock import FakeClock
from tests.support.house import EMAIL, PASSWORD
from tests.support.other_house import OtherHouse, openid_settings, other_house
from tests.support.through import OURS, Traveller, code_on, path_of
from tests.upstream.conftest import Build

PAGE = "/account/identities"


def sign_in_with_password(traveller: Traveller, email: str = EMAIL) -> None:
    traveller.house.sign_up(email)
    form = {"email": email, "password": PASSWORD}
    assert traveller.house.client.post("/sign-in", data=form, headers=OURS).status_code == 303


def proof(traveller: Traveller) -> str:
    """The ``csrf_token`` of whoever is signed in."""
    return str(traveller.house.client.get("/me").headers["X-CSRF-Token"])


def begin(traveller: Traveller, **form: str) -> str:
    """Ask to add the other house; the path with which the person comes back from there."""
    form = {"add": traveller.name, "csrf_token": proof(traveller), **form}
    page = traveller.house.client.post(PAGE, data=form, headers=OURS)
    assert page.status_code == 200, page.text
    address = page.text.partition('content="0;url=')[2].partition('"')[0].replace("&amp;", "&")
    return path_of(traveller.other.allow(address))


def confirm(traveller: Traveller, came: str, **form: str) -> tuple[int, str]:
    """Come back and confirm; the status, and where it leads or the code of the trouble."""
    back = traveller.house.client.get(came)
    if back.status_code != 303:
        return back.status_code, code_on(back.text)
    there = back.headers["Location"]
    page = traveller.house.client.get(there)
    if page.status_code != 200:
        return page.status_code, code_on(page.text)
    attempt = parse_qs(urlsplit(there).query)["attempt"][0]
    sent = {"attempt": attempt, "csrf_token": proof(traveller), **form}
    answer = traveller.house.client.post(f"/sign-in/through/{traveller.name}/finish", data=sent, headers=OURS)
    return answer.status_code, answer.headers.get("Location") or code_on(answer.text)


def identities(traveller: Traveller, email: str = EMAIL) -> list[Identity]:
    user = traveller.house.gatepass.administration.find(email)
    with traveller.house.gatepass.store.read() as uow:
        return list(uow.identities.of_user(user.id))


def kinds(traveller: Traveller) -> list[str]:
    return [row.kind for row in traveller.house.gatepass.audit_trail.after(0, limit=1000)]


def test_who_is_signed_in_adds_an_identity_and_signs_in_with_it_from_then_on(ann: Traveller) -> None:
    sign_in_with_password(ann)
    assert confirm(ann, begin(ann)) == (303, "/account/identities?done=linked")
    assert [one.label for one in identities(ann)] == ["ann"]
    assert "identity.linked" in kinds(ann)
    ann.house.client = ann.house.app.test_client()
    ann.come_back()
    me = ann.me()
    assert me is not None
    assert me["email"] == EMAIL


def test_who_signed_in_long_ago_proves_anew_who_they_are(ann: Traveller, clock: FakeClock) -> None:
    sign_in_with_password(ann)
    clock.advance(301)
    form = {"add": "corp", "csrf_token": proof(ann)}
    assert ann.house.client.post(PAGE, data=form, headers=OURS).status_code == 400
    wrong = ann.house.client.post(PAGE, data={**form, "password": "wrong"}, headers=OURS)
    assert wrong.status_code == 403
    assert ann.other.asked == {}
    assert confirm(ann, begin(ann, password=PASSWORD)) == (303, "/account/identities?done=linked")


def test_who_has_no_password_proves_it_through_an_identity(
    build: Build, other: OtherHouse, clock: FakeClock
) -> None:
    ann = build()
    ann.come_back()
    clock.advance(301)
    form = {"add": "corp", "csrf_token": proof(ann)}
    assert ann.house.client.post(PAGE, data=form, headers=OURS).status_code == 403
    page = ann.house.client.get(PAGE).text
    assert 'href="/sign-in/through/corp?next=%2Faccount%2Fidentities&amp;again=yes"' in page
    assert ann.come_back("?next=/account/identities&again=yes").headers["Location"] == PAGE
    assert (other.asked["prompt"], other.asked["max_age"]) == ("login", "0")
    assert (
        ann.house.client.post(PAGE, data={**form, "csrf_token": proof(ann)}, headers=OURS).status_code == 200
    )


def test_a_page_of_another_site_adds_nothing(ann: Traveller) -> None:
    sign_in_with_password(ann)
    for form, headers in (
        ({"add": "corp"}, OURS),
        ({"add": "corp", "csrf_token": proof(ann)}, {"Sec-Fetch-Site": "cross-site"}),
    ):
        assert ann.house.client.post(PAGE, data=form, headers=headers).status_code == 403
    assert confirm(ann, begin(ann), csrf_token="forged")[0] == 403
    assert identities(ann) == []


def test_what_one_session_began_is_not_given_to_another(ann: Traveller) -> None:
    sign_in_with_password(ann)
    came = begin(ann)
    sign_in_with_password(ann, "eve@example.com")
    assert confirm(ann, came) == (400, "unknown_attempt")
    assert identities(ann) == identities(ann, "eve@example.com") == []


def test_an_identity_of_another_account_is_not_taken_from_it(ann: Traveller) -> None:
    ann.come_back()
    ann.house.client = ann.house.app.test_client()
    sign_in_with_password(ann, "eve@example.com")
    assert confirm(ann, begin(ann)) == (409, "identity_taken")
    assert identities(ann, "eve@example.com") == []


def test_the_last_way_in_stays_until_there_is_another(ann: Traveller, clock: FakeClock) -> None:
    ann.come_back()
    (identity,) = identities(ann)
    form = {"remove": identity.id, "csrf_token": proof(ann)}
    assert ann.house.client.post(PAGE, data=form, headers=OURS).status_code == 409
    assert len(identities(ann)) == 1
    new = {"new_password": PASSWORD, "csrf_token": proof(ann)}
    answer = ann.house.client.post("/account/password", data=new, headers=OURS)
    assert (answer.status_code, answer.headers.get("Location")) == (
        303,
        "/account/password?done=password_set",
    )
    answer = ann.house.client.post(PAGE, data={**form, "csrf_token": proof(ann)}, headers=OURS)
    assert (answer.status_code, answer.headers.get("Location")) == (303, "/account/identities?done=unlinked")
    assert identities(ann) == []
    assert {"password.changed", "identity.removed"} <= set(kinds(ann))
    clock.advance(1)
    assert ann.house.try_log_in(EMAIL, PASSWORD).status_code == 201


def test_a_first_password_is_set_by_who_has_proved_a_short_time_ago_who_they_are(
    ann: Traveller, clock: FakeClock
) -> None:
    ann.come_back()
    clock.advance(301)
    new = {"new_password": PASSWORD, "csrf_token": proof(ann)}
    assert ann.house.client.post("/account/password", data=new, headers=OURS).status_code == 403
    assert not ann.house.gatepass.administration.find(EMAIL).has_password
    ann.come_back("?again=yes")
    for text, status in (("short", 400), (PASSWORD, 303)):
        new = {"new_password": text, "csrf_token": proof(ann)}
        assert ann.house.client.post("/account/password", data=new, headers=OURS).status_code == status


def test_nobody_removes_an_identity_of_somebody_else(ann: Traveller) -> None:
    ann.come_back()
    (identity,) = identities(ann)
    ann.house.client = ann.house.app.test_client()
    sign_in_with_password(ann, "eve@example.com")
    form = {"remove": identity.id, "csrf_token": proof(ann)}
    assert ann.house.client.post(PAGE, data=form, headers=OURS).status_code == 404
    assert len(identities(ann)) == 1


def test_whoever_came_through_an_identity_that_is_removed_is_signed_out(ann: Traveller) -> None:
    """Somebody who has got hold of the account at the other house does not stay."""
    sign_in_with_password(ann)
    assert confirm(ann, begin(ann))[0] == 303
    hers, thiefs = ann.house.client, ann.house.app.test_client()
    ann.house.client = thiefs
    assert ann.come_back().status_code == 303
    assert ann.me() is not None
    ann.house.client = hers
    (identity,) = identities(ann)
    form = {"remove": identity.id, "csrf_token": proof(ann)}
    assert ann.house.client.post(PAGE, data=form, headers=OURS).status_code == 303
    assert ann.me() is not None
    ann.house.client = thiefs
    assert ann.me() is None


def test_who_has_a_password_proves_with_it_who_they_are_not_through_a_house_that_may_not_have_asked(
    ann: Traveller,
) -> None:
    """Who sits down at somebody's browser passes through the other house, and would have a way in of their own."""
    sign_in_with_password(ann)
    assert confirm(ann, begin(ann))[0] == 303
    ann.come_back()
    form = {"add": "corp", "csrf_token": proof(ann)}
    assert ann.house.client.post(PAGE, data=form, headers=OURS).status_code == 400
    ann.other.person["sub"] = "another"
    assert confirm(ann, begin(ann, password=PASSWORD))[0] == 303


def test_an_outage_after_the_password_signs_nobody_out(ann: Traveller, clock: FakeClock) -> None:
    sign_in_with_password(ann)
    clock.advance(301)
    ann.other.published = lambda document: document.update(issuer="https://away.example")
    form = {"add": "corp", "csrf_token": proof(ann), "password": PASSWORD}
    answer = ann.house.client.post(PAGE, data=form, headers=OURS)
    assert (answer.status_code, code_on(answer.text)) == (502, "upstream_unavailable")
    assert ann.me() is not None
    nobody = {"add": "nobody", "csrf_token": proof(ann), "password": PASSWORD}
    clock.advance(301)
    assert ann.house.client.post(PAGE, data=nobody, headers=OURS).status_code == 404
    assert ann.me() is not None


@pytest.mark.parametrize("which", ["corp", "second"])
def test_of_two_identities_either_may_go(
    build: Build, other: OtherHouse, clock: FakeClock, which: str
) -> None:
    with other_house(clock) as second:
        ann = build({"corp": openid_settings(other), "second": openid_settings(second)})
        ann.come_back()
        there = replace(ann, other=second, name="second")
        assert confirm(there, begin(there))[0] == 303
        gone = next(one for one in identities(ann) if one.provider == which)
        form = {"remove": gone.id, "csrf_token": proof(ann)}
        assert ann.house.client.post(PAGE, data=form, headers=OURS).status_code == 303
        assert [one.provider for one in identities(ann)] == [{"corp", "second"}.difference({which}).pop()]
