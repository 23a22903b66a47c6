"""Basic OP, and Form Post Basic OP: the modules about whether a person is asked, and how long ago they were."""

import pytest

from tests.conformance.conftest import BOTH_MODES
from tests.conformance.suite import Answer, Program, Tokens
from tests.support.clock import FakeClock

pytestmark = BOTH_MODES


def in_silence(program: Program, first: Tokens, **asked: str) -> Tokens:
    """A second authorization of which the person sees nothing: it is about the same person and the same sign-in."""
    answer = program.authorize(**asked)
    assert answer.asked == ()
    second = program.redeem(answer)
    assert second.claims["sub"] == first.claims["sub"]
    assert second.claims["auth_time"] == first.claims["auth_time"]
    return second


def asked_again(program: Program, first: Tokens, **asked: str) -> tuple[Answer, Tokens]:
    """A second authorization for which the person signs in anew: later than the first."""
    answer = program.authorize(**asked)
    assert answer.asked == ("/sign-in",)
    second = program.redeem(answer)
    assert second.claims["sub"] == first.claims["sub"]
    assert second.claims["auth_time"] > first.claims["auth_time"]
    return answer, second


@pytest.mark.oidf("oidcc-prompt-login")
def test_prompt_login_asks_again(program: Program, clock: FakeClock) -> None:
    first = program.sign_in()
    clock.advance(2)
    asked_again(program, first, prompt="login")


@pytest.mark.oidf("oidcc-prompt-none-not-logged-in")
def test_prompt_none_shows_nothing_to_who_is_not_signed_in(program: Program) -> None:
    answer = program.refused(
        "login_required", "interaction_required", "account_selection_required", prompt="none"
    )
    assert answer.asked == ()


@pytest.mark.oidf("oidcc-prompt-none-logged-in")
def test_prompt_none_asks_nobody_who_is_signed_in(program: Program, clock: FakeClock) -> None:
    first = program.sign_in()
    clock.advance(2)
    in_silence(program, first, prompt="none")


@pytest.mark.oidf("oidcc-max-age-1")
def test_who_signed_in_longer_ago_than_max_age_is_asked_again(program: Program, clock: FakeClock) -> None:
    first = program.sign_in()
    clock.advance(2)
    _, second = asked_again(program, first, max_age="1")
    assert clock.now - second.claims["auth_time"] <= 1


@pytest.mark.oidf("oidcc-max-age-10000")
def test_who_signed_in_lately_is_not_asked_again(program: Program, clock: FakeClock) -> None:
    first = program.sign_in(max_age="15000")
    clock.advance(2)
    in_silence(program, first, max_age="10000")


@pytest.mark.oidf("oidcc-id-token-hint")
def test_a_hint_that_names_who_is_signed_in_needs_no_page(program: Program, clock: FakeClock) -> None:
    first = program.sign_in()
    clock.advance(2)
    in_silence(program, first, prompt="none", id_token_hint=first.body["id_token"])
