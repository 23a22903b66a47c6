"""What the signed-out page loads in frames."""

from dataclasses import replace

import pytest

from gatepass_server.protocol.log_out.front_channel import MOST, MOST_OF_ONE, origins_of, with_parameters
from tests.log_out.conftest import Town


@pytest.mark.compliance(
    "Front-Channel Logout 1.0", "2", "the address is loaded with iss and sid in its query"
)
def test_each_program_that_wants_it_is_loaded_with_issuer_and_session(town: Town) -> None:
    town.add_client("rp", frontchannel_logout_uri="https://rp.example/bye?a=b")
    town.add_client("silent")
    town.sign_in_to("rp", "grant")
    town.sign_in_to("silent", "other")
    town.sign_in_to("gone", "third")
    assert town.leaving(town.live) == ["https://rp.example/bye?a=b&iss=https%3A%2F%2Fauth.example&sid=grant"]
    assert town.session("grant").session.ended_at is not None


def test_a_sign_in_that_has_ended_loads_nothing(town: Town) -> None:
    town.add_client("rp", frontchannel_logout_uri="https://rp.example/bye")
    town.sign_in_to("rp", "grant")
    live = town.live
    town.leaving(live)
    assert town.leaving(live) == []


def test_of_one_program_the_newest_are_loaded_and_of_all_no_more_than_a_page_bears(town: Town) -> None:
    now = int(town.clock.now)
    for client in range(MOST):
        town.add_client(f"rp{client}", frontchannel_logout_uri=f"https://rp{client}.example/bye")
        for grant in range(MOST_OF_ONE + 2):
            town.sign_in_to(f"rp{client}", f"{client}-{grant}", created_at=now + client * 10 + grant)
    frames = town.leaving(town.live)
    assert len(frames) == MOST
    assert [frame.rpartition("sid=")[2] for frame in frames[:4]] == ["19-4", "19-3", "19-2", "18-4"]


def test_only_the_grants_of_this_sign_in_are_loaded(town: Town) -> None:
    town.add_client("rp", frontchannel_logout_uri="https://rp.example/bye")
    town.sign_in_to("rp", "elsewhere", parent_id="another")
    assert town.leaving(replace(town.live)) == []


def test_the_policy_names_the_origins_and_no_more() -> None:
    frames = ["https://a.example/x?iss=1", "https://a.example/y", "https://b.example:8443/z"]
    assert origins_of(frames) == ["https://a.example", "https://b.example:8443"]


def test_parameters_are_added_to_what_is_there() -> None:
    assert with_parameters("https://a.example/x", s="a b&c") == "https://a.example/x?s=a+b%26c"
    assert with_parameters("https://a.example/x?", s="1") == "https://a.example/x?s=1"
    assert with_parameters("https://a.example/x?q=2", s="1") == "https://a.example/x?q=2&s=1"
    assert with_parameters("com.example:/bye", s="1") == "com.example:/bye?s=1"
