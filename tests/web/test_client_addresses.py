"""Whose address is counted: the peer's, or what trusted proxies say."""

from collections.abc import Callable

import pytest

from tests.support.house import House

PEER = {"REMOTE_ADDR": "198.51.100.7"}


def statuses(house: House, routes: list[str], peer: str = "198.51.100.7") -> list[int]:
    """Failures of different accounts, each with another ``X-Forwarded-For``."""
    return [
        house.try_log_in(
            f"u{number}@example.com",
            headers={"X-Forwarded-For": route} if route else {},
            environ_base={"REMOTE_ADDR": peer},
        ).status_code
        for number, route in enumerate(routes)
    ]


def test_without_trusted_proxies_the_header_is_not_believed(open_house: Callable[..., House]) -> None:
    house = open_house(login_failures_per_address=2)
    assert statuses(house, ["203.0.113.1", "203.0.113.2", "203.0.113.3"]) == [403, 403, 429]


def test_what_the_trusted_proxy_appended_counts_and_what_stands_left_of_it_does_not(
    open_house: Callable[..., House],
) -> None:
    house = open_house(login_failures_per_address=2, trusted_proxies=1)
    assert statuses(house, [f"192.0.2.{number}, 203.0.113.1" for number in range(3)]) == [403, 403, 429]
    assert statuses(house, ["203.0.113.1, 203.0.113.2"]) == [403]


def test_with_two_proxies_the_outer_one_is_asked(open_house: Callable[..., House]) -> None:
    house = open_house(login_failures_per_address=1, trusted_proxies=2)
    assert statuses(house, ["6.6.6.6, 203.0.113.1, 10.0.0.1", "7.7.7.7, 203.0.113.1, 10.0.0.2"]) == [403, 429]


@pytest.mark.parametrize("route", ["", "nonsense", "203.0.113.1, evil", "203.0.113.1:80", "\x00", "a" * 5000])
def test_a_proxy_that_appends_no_address_leaves_the_peers(
    open_house: Callable[..., House], route: str
) -> None:
    house = open_house(login_failures_per_address=1, trusted_proxies=1)
    assert statuses(house, ["", route]) == [403, 429]


@pytest.mark.compliance("RFC 6177", "2", "a site has many IPv6 addresses, so a /64 counts as one")
def test_an_ipv6_network_of_64_bits_counts_as_one_address(open_house: Callable[..., House]) -> None:
    house = open_house(login_failures_per_address=2)
    one_site = ["2001:db8:1:2::1", "2001:db8:1:2:ffff:ffff:ffff:ffff", "2001:0db8:1:2:0:0:0:9"]
    assert [statuses(house, [""], peer)[0] for peer in one_site] == [403, 403, 429]
    assert statuses(house, [""], "2001:db8:1:3::1") == [403]


def test_an_ipv4_address_is_the_same_when_it_comes_mapped(open_house: Callable[..., House]) -> None:
    house = open_house(login_failures_per_address=1)
    assert statuses(house, [""], "192.0.2.1") + statuses(house, [""], "::ffff:192.0.2.1") == [403, 429]
    assert statuses(house, [""], "::ffff:192.0.2.2") == [403]
