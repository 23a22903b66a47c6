"""The claim ``status``: what it must look like, and what a policy asks of it."""

from typing import Any

import pytest

from gatepass import InvalidClaimsError, StatusUnavailableError
from gatepass.status import StatusReference, reference_of
from tests.status.conftest import MakeWorld
from tests.status.lists import World

DRAFT = "draft-ietf-oauth-status-list-21"
URI = "https://example.com/statuslists/1"


@pytest.mark.compliance(DRAFT, "6.2", "status_list names a list and an index in it")
@pytest.mark.parametrize("more", [{}, {"other": 1}])
def test_a_status_claim_is_read(more: dict[str, Any]) -> None:
    claims = {"status": {"status_list": {"idx": 7, "uri": URI, **more}, **more}}
    assert reference_of(claims) == StatusReference(URI, 7)


def test_a_token_without_the_claim_has_no_reference() -> None:
    assert reference_of({"iss": "x"}) is None


@pytest.mark.compliance(DRAFT, "6.2", "a status claim that is not as described makes the token invalid")
@pytest.mark.parametrize(
    "status",
    [
        None,
        "active",
        1,
        [],
        {},
        {"status_list": None},
        {"status_list": []},
        {"status_list": {}},
        {"status_list": {"idx": 0}},
        {"status_list": {"uri": URI}},
        {"status_list": {"idx": -1, "uri": URI}},
        {"status_list": {"idx": True, "uri": URI}},
        {"status_list": {"idx": 1.0, "uri": URI}},
        {"status_list": {"idx": "1", "uri": URI}},
        {"status_list": {"idx": 0, "uri": ""}},
        {"status_list": {"idx": 0, "uri": [URI]}},
        {"status_list": {"idx": 0, "uri": None}},
    ],
)
def test_a_malformed_status_claim_is_an_invalid_claim(status: object) -> None:
    with pytest.raises(InvalidClaimsError):
        reference_of({"status": status})


@pytest.mark.compliance(DRAFT, "8.3", "without a status that can be checked nothing can be said of the token")
def test_a_token_with_none_but_unknown_mechanisms_cannot_be_checked() -> None:
    with pytest.raises(StatusUnavailableError) as caught:
        reference_of({"status": {"status_assertion": {}}})
    assert "status_assertion" in caught.value.reason


def test_an_unknown_mechanism_beside_the_known_one_is_left_alone() -> None:
    claims = {"status": {"identifier_list": 1, "status_list": {"idx": 0, "uri": URI}}}
    assert reference_of(claims) == StatusReference(URI, 0)


def test_a_policy_may_demand_the_claim(world: World, make_world: MakeWorld) -> None:
    assert world.feed.reference_of({}) is None
    with pytest.raises(InvalidClaimsError) as caught:
        make_world(required=True).feed.reference_of({})
    assert caught.value.reason == "status is missing"
