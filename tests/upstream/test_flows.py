"""Signing in through another house for a program: back into its request, with the demands that it made."""

from urllib.parse import parse_qs, urlsplit

import pytest

from tests.support.clock import FakeClock
from tests.support.relying_party import RelyingParty
from tests.support.through import OURS, Traveller, code_on, path_of


def flow_of(program: RelyingParty, **changed: str | None) -> str:
    """The handle of a request that waits for a person."""
    answer = program.authorize(**changed)
    assert answer.status_code == 303, answer.text
    return parse_qs(urlsplit(answer.headers["Location"]).query)["flow"][0]


def test_the_person_comes_back_to_the_request_that_waits(ann: Traveller) -> None:
    program = RelyingParty.of(ann.house)
    flow = flow_of(program)
    page = ann.house.client.get(f"/sign-in?flow={flow}").text
    assert f'href="/sign-in/through/corp?flow={flow}"' in page
    answer = ann.come_back(f"?flow={flow}")
    assert answer.headers["Location"] == f"/oauth2/authorize?flow={flow}"
    assert "max_age" not in ann.other.asked
    onward = path_of(ann.house.client.get(answer.headers["Location"]).headers["Location"])
    assert onward.startswith("/consent?flow=")


@pytest.mark.compliance("OpenID Connect Core 1.0", "3.1.2.1", "prompt=login and max_age are handed on")
@pytest.mark.parametrize(
    ("asked", "sent"),
    [
        ({"prompt": "login"}, {"prompt": "login", "max_age": "0"}),
        ({"max_age": "60"}, {"max_age": "60"}),
        ({"max_age": "0"}, {"prompt": "login", "max_age": "0"}),
    ],
    ids=str,
)
def test_a_program_that_wants_a_fresh_sign_in_gets_one(
    ann: Traveller, clock: FakeClock, asked: dict[str, str], sent: dict[str, str]
) -> None:
    ann.come_back()
    clock.advance(3600)
    program = RelyingParty.of(ann.house)
    flow = flow_of(program, **asked)
    answer = ann.come_back(f"?flow={flow}")
    assert {name: ann.other.asked.get(name) for name in sent} == sent
    onward = path_of(ann.house.client.get(answer.headers["Location"]).headers["Location"])
    assert onward.startswith("/consent?flow=")


def test_a_house_that_lets_the_person_pass_without_it_is_not_believed(
    ann: Traveller, clock: FakeClock
) -> None:
    program = RelyingParty.of(ann.house)
    for claims in ({"auth_time": int(clock()) - 300}, {"auth_time": None}, {"auth_time": "now"}):
        ann.other.person |= claims
        flow = flow_of(program, max_age="60")
        answer = ann.come_back(f"?flow={flow}")
        assert (answer.status_code, code_on(answer.text)) == (403, "upstream_not_recent")
        assert f'href="/sign-in?flow={flow}"' in answer.text
        assert ann.me() is None


def test_a_flow_that_is_over_is_told_before_anybody_is_sent_away(ann: Traveller) -> None:
    answer = ann.house.client.get("/sign-in/through/corp?flow=gp_fl_old", headers=OURS)
    assert answer.status_code == 400
    assert ann.other.asked == {}


def test_a_second_person_in_one_browser_stays_beside_the_first(ann: Traveller) -> None:
    ann.come_back()
    first = ann.me()
    ann.other.person = {"sub": "2", "email": "bob@example.com", "email_verified": True, "name": "Bob"}
    ann.come_back("?account=another")
    second = ann.me()
    assert first is not None
    assert second is not None
    assert second["email"] == "bob@example.com"
    page = ann.house.client.get("/choose-account").text
    assert "Ann Other" in page
    assert "Bob" in page
    ann.other.person |= {"sub": "248289"}
    ann.come_back("?account=another")
    again = ann.me()
    assert again is not None
    assert again["public_id"] == first["public_id"]


def test_without_another_the_one_before_is_signed_out(ann: Traveller) -> None:
    ann.come_back()
    before = ann.house.browser().current
    assert before is not None
    ann.other.person = {"sub": "2", "email": "bob@example.com", "email_verified": True, "name": "Bob"}
    ann.come_back()
    with ann.house.gatepass.store.read() as uow:
        ended = uow.sessions.with_user(before.session.id)
    assert ended is not None
    assert ended.session.ended_at is not None


def test_the_answer_is_redirected_without_telling_where_it_came_from(ann: Traveller) -> None:
    answer = ann.house.client.get("/sign-in/through/corp", headers=OURS)
    assert path_of(answer.headers["Location"]).startswith("/authorize?")
    cookie = answer.headers["Set-Cookie"]
    for part in ("__Host-gatepass-through=gp_br_", "Secure", "HttpOnly", "SameSite=Lax", "Path=/"):
        assert part in cookie
