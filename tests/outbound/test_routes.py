"""Where names lead, and where nobody goes."""

import socket

import pytest

from gatepass_server.domain.allowed_places import NOWHERE, parse_allowed_places
from gatepass_server.outbound.errors import Forbidden, Unreachable
from gatepass_server.outbound.places import read_place
from gatepass_server.outbound.routes import MAX_ADDRESSES, find_route, system_resolver
from tests.outbound.conftest import Going, Names
from tests.outbound.site import Site, answer

PUBLIC = "1.1.1.1"


def route(url: str, *answers: str, allow: str = "") -> list[str]:
    """The addresses of one place whose name has these."""
    place = read_place(url, plain_http=True)
    return [str(one) for one in find_route(place, parse_allowed_places(allow), lambda _: answers)]


def test_a_public_address_is_reached_at_the_port_of_its_scheme() -> None:
    assert route("https://keys.test/", PUBLIC) == [PUBLIC]
    assert route("https://keys.test:443/", PUBLIC) == [PUBLIC]
    assert route("http://keys.test/", PUBLIC) == [PUBLIC]


@pytest.mark.parametrize("port", [22, 25, 80, 6379, 8443])
def test_another_port_is_refused_until_the_host_is_allowed(port: int) -> None:
    with pytest.raises(Forbidden, match="port"):
        route(f"https://keys.test:{port}/", PUBLIC)
    assert route(f"https://keys.test:{port}/", PUBLIC, allow="keys.test") == [PUBLIC]


def test_one_private_address_among_public_ones_closes_the_name() -> None:
    with pytest.raises(Forbidden, match=r"10\.0\.0\.1 is not a public address"):
        route("https://keys.test/", PUBLIC, "10.0.0.1")


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "2130706433",
        "0x7f000001",
        "0x7f.1",
        "0177.0.0.1",
        "127.1",
        "0",
        "[::1]",
        "[::ffff:127.0.0.1]",
    ],
)
def test_no_spelling_of_this_machine_passes(host: str) -> None:
    place = read_place(f"https://{host}/", plain_http=False)
    with pytest.raises((Forbidden, Unreachable)):
        find_route(place, NOWHERE, system_resolver)


def test_an_allowed_host_may_be_private_and_its_neighbour_may_not() -> None:
    assert route("https://app.internal:8443/", "10.0.0.1", allow="app.internal") == ["10.0.0.1"]
    assert route("https://APP.internal:8443/", "10.0.0.1", allow="App.Internal") == ["10.0.0.1"]
    with pytest.raises(Forbidden):
        route("https://other.internal:8443/", "10.0.0.1", allow="app.internal")
    with pytest.raises(Forbidden):
        route("https://sub.app.internal/", "10.0.0.1", allow="app.internal")


def test_an_allowed_network_holds_what_lies_in_it_and_no_more() -> None:
    assert route("https://a.test:8443/", "10.1.2.3", "fd00::1", allow="10.1.0.0/16, fd00::/8") == [
        "10.1.2.3",
        "fd00::1",
    ]
    with pytest.raises(Forbidden):
        route("https://a.test/", "10.2.0.1", allow="10.1.0.0/16")


def test_a_host_that_is_allowed_by_its_name_still_does_not_lead_to_the_credentials_of_the_machine() -> None:
    with pytest.raises(Forbidden, match="link-local"):
        route("https://app.internal/", "169.254.169.254", allow="app.internal")
    assert route("https://app.internal/", "169.254.1.1", allow="169.254.1.1") == ["169.254.1.1"]


def test_a_name_that_leads_nowhere_is_said_to() -> None:
    for answers in ((), ("nonsense",)):
        with pytest.raises(Unreachable, match="has no address"):
            route("https://keys.test/", *answers)


def test_a_name_with_many_addresses_has_few_tried_and_all_judged() -> None:
    many = [f"1.1.1.{number}" for number in range(40)]
    assert route("https://keys.test/", *many) == many[:MAX_ADDRESSES]
    with pytest.raises(Forbidden):
        route("https://keys.test/", *many, "127.0.0.1")


def test_the_name_is_looked_up_once_and_the_connection_goes_to_what_was_judged(
    site: Site, names: Names, going: Going, monkeypatch: pytest.MonkeyPatch
) -> None:
    # DNS rebinding: the second answer would be another machine.
    names.answers["keys.test"] = [["127.0.0.1"], ["169.254.169.254"]]

    def never(*_: object, **__: object) -> object:
        raise AssertionError("a second look-up")

    monkeypatch.setattr(socket, "getaddrinfo", never)
    monkeypatch.setattr(socket, "create_connection", never)
    site.reply = answer(b'{"a":1}')
    assert going().get(site.url()).body == b'{"a":1}'
    assert names.asked == ["keys.test"]


def test_the_second_look_up_is_judged_like_the_first(site: Site, names: Names, going: Going) -> None:
    names.answers["keys.test"] = [["127.0.0.1"], ["169.254.169.254"]]
    outbound = going()
    outbound.get(site.url())
    with pytest.raises(Forbidden):
        outbound.get(site.url())


def test_without_the_setting_this_machine_is_not_even_connected_to(site: Site, going: Going) -> None:
    with pytest.raises(Forbidden, match="loopback"):
        going(allow="").get(site.url())
    assert site.connections == 0


def test_an_address_that_does_not_answer_is_passed_over(site: Site, names: Names, going: Going) -> None:
    names.answers["keys.test"] = [["127.0.0.2", "127.0.0.1"]]
    assert going(allow="127.0.0.0/8").get(site.url()).status == 200
