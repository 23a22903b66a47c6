"""Programs are read once in a second, and anew when this process has changed them."""

from collections.abc import Callable

import pytest

from gatepass_server.domain.clients import ClientMetadata
from tests.support.clock import FakeClock
from tests.support.house import House

MACHINE = ClientMetadata(grant_types=("client_credentials",), scope="orders:read")


@pytest.fixture
def two(open_house: Callable[..., House]) -> tuple[House, House]:
    """Two servers on one database."""
    return open_house(), open_house()


def test_what_another_server_changed_counts_within_a_second(
    two: tuple[House, House], clock: FakeClock
) -> None:
    here, there = two
    client, _ = here.gatepass.clients.create("Reports", MACHINE)
    assert here.provider.directory.find(client.id) == client
    there.gatepass.clients.delete(client.id)
    clock.advance(1)
    assert here.provider.directory.find(client.id) is None


def test_what_this_server_changed_counts_at_once(two: tuple[House, House]) -> None:
    house, _ = two
    client, _ = house.gatepass.clients.create("Reports", MACHINE)
    assert house.provider.directory.find(client.id) == client
    house.gatepass.clients.change(client.id, name="Reports 2")
    found = house.provider.directory.find(client.id)
    assert found is not None
    assert found.name == "Reports 2"
    house.gatepass.clients.delete(client.id)
    assert house.provider.directory.find(client.id) is None


def test_strangers_are_not_remembered(two: tuple[House, House], clock: FakeClock) -> None:
    house, _ = two
    for number in range(20):
        assert house.provider.directory.find(f"nobody-{number}") is None
    assert not house.provider.directory._known
    client, _ = house.gatepass.clients.create("Reports", MACHINE)
    assert house.provider.directory.find(client.id) == client
    clock.advance(-5)  # a clock that was set back does not keep an old copy alive
    assert house.provider.directory.find(client.id) == client
