"""Which hosts are asked is not for whoever may write into a token."""

import pytest

from gatepass import StatusUnavailableError
from gatepass.status.places import Places
from tests.status.conftest import MakeWorld
from tests.status.lists import World


@pytest.mark.parametrize(
    "uri",
    [
        "https://auth.example.com/status-lists/1",
        "https://auth.example.com:443/status-lists/1",
        "https://auth.example.com/status-lists?n=1",
        "https://AUTH.example.com/1",
        "https://cdn.example.com/lists/1",
    ],
)
def test_lists_lie_at_the_issuers_origin_or_at_one_that_is_named(uri: str) -> None:
    assert Places("https://auth.example.com/realm", ["https://cdn.example.com"]).refusal(uri) == ""


@pytest.mark.parametrize(
    "uri",
    [
        "https://example.com/1",
        "https://auth.example.com:8443/1",
        "http://auth.example.com/1",
        "https://auth.example.com.evil.example/1",
        "https://auth.example.com@evil.example/1",
        "https://evil.example\\@auth.example.com/1",
        "https://auth.example.com/1#2",
        "https://auth.example.com/1#",
        "http://127.0.0.1/1",
        "http://169.254.169.254/latest",
        "http://[::1]:8000/",
        "file:///etc/passwd",
        "//auth.example.com/1",
        "/status-lists/1",
        "urn:list:1",
        "https://auth.example.com/\r\nX: 1",
        "https://auth.example.com/\u0131",
        "",
    ],
)
def test_no_other_host_is_asked(world: World, uri: str) -> None:
    assert not world.waits(uri=uri)
    with pytest.raises(StatusUnavailableError):
        world.ask(uri=uri)
    assert world.site.asked == []


def test_lists_of_an_issuer_on_this_machine_may_lie_there() -> None:
    assert Places("http://127.0.0.1:8000", []).refusal("http://127.0.0.1:8000/1") == ""
    assert Places("http://127.0.0.1:8000", []).refusal("http://127.0.0.1:5432/1")


def test_an_issuer_that_is_no_address_names_no_origin() -> None:
    assert Places("my-issuer", []).refusal("https://my-issuer/1")
    assert Places("my-issuer", ["https://lists.example.com"]).refusal("https://lists.example.com/1") == ""


def test_the_reason_says_what_to_do(world: World) -> None:
    with pytest.raises(StatusUnavailableError) as caught:
        world.ask(uri="https://cdn.example.com/1")
    assert "origins" in caught.value.reason


def test_only_so_many_lists_are_kept_and_the_one_least_asked_for_gives_way(make_world: MakeWorld) -> None:
    world = make_world(max_lists=2)
    first, second, third = (f"https://auth.example.com/{number}" for number in range(3))
    world.ask(uri=first)
    world.pass_time(1)
    world.ask(uri=second)
    world.pass_time(1)
    world.ask(uri=first)
    world.ask(uri=third)
    assert [uri for uri, _ in world.site.asked] == [first, second, third]
    world.ask(uri=first)
    assert len(world.site.asked) == 3
    world.pass_time(1)
    world.ask(uri=second)
    assert len(world.site.asked) == 4


def test_where_places_are_short_lists_in_use_take_turns_but_new_ones_come_only_so_fast(
    make_world: MakeWorld,
) -> None:
    world = make_world(max_lists=2)
    for number in range(3):
        world.ask(uri=f"https://auth.example.com/{number}")
    for number in range(3, 100):
        with pytest.raises(StatusUnavailableError) as caught:
            world.ask(uri=f"https://auth.example.com/{number}")
        assert caught.value.retry_after == 1
    assert len(world.site.asked) == 3
    world.pass_time(0.2)
    world.ask(uri="https://auth.example.com/3")


def test_many_lists_are_kept_at_once(world: World) -> None:
    for _ in range(2):
        for number in range(100):
            world.ask(uri=f"https://auth.example.com/{number}")
    assert len(world.site.asked) == 100


def test_lists_are_kept_only_up_to_a_size(make_world: MakeWorld) -> None:
    world = make_world(max_kept_bytes=300)  # each has 128
    for number in range(3):
        world.ask(uri=f"https://auth.example.com/{number}")
        world.pass_time(2)
    world.ask(uri="https://auth.example.com/2")
    world.ask(uri="https://auth.example.com/1")
    assert len(world.site.asked) == 3
    world.ask(uri="https://auth.example.com/0")
    assert len(world.site.asked) == 4
