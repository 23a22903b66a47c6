"""A house with an account, and the program of the suite in front of it. The store is proven elsewhere: SQLite here."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from gatepass_server.domain.clients import ClientMetadata
from tests.conformance.dynamic import serve_site
from tests.conformance.suite import PLAIN, Program
from tests.support.clock import FakeClock
from tests.support.house import House, cheap_settings
from tests.support.one_database import ready_database_url  # noqa: F401 - a fixture, which pytest finds here
from tests.support.relying_party import give_rsa_key
from tests.support.visitor import Visitor

BOTH_MODES = pytest.mark.parametrize("mode", [None, "form_post"], ids=["basic", "form_post"])
"""The plans Basic and Form Post Basic have the same modules."""


@pytest.fixture(scope="module")
def clock() -> FakeClock:
    """A clock that stands still until ``clock.advance(seconds)``."""
    return FakeClock()


@pytest.fixture(scope="module")
def house(
    sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory, clock: FakeClock
) -> Iterator[House]:
    """A house in which Ann has an account. The tests of a file share it; each has its own program and browser."""
    folder = tmp_path_factory.mktemp("house")
    url = f"sqlite:///{shutil.copy(sqlite_template, folder / 'gatepass.db')}"
    house = House(cheap_settings(url, folder / "data", auto_upgrade=False), clock)
    house.sign_up()
    yield house
    house.gatepass.close()


@pytest.fixture
def open_door(open_house: Callable[..., House]) -> House:
    """A house of its own, where anybody may register programs."""
    house = open_house(registration="open")
    give_rsa_key(house, PLAIN)
    house.sign_up()
    return house


@pytest.fixture
def site(monkeypatch: pytest.MonkeyPatch) -> dict[str, object]:
    """What the suite's own site answers, by address."""
    return serve_site(monkeypatch)


@pytest.fixture
def person(house: House) -> Visitor:
    """Ann's browser, in which nobody is signed in yet."""
    return Visitor(house)


@pytest.fixture
def mode() -> str | None:
    """The response mode that programs ask for."""
    return None


@pytest.fixture
def register(house: House, person: Visitor, mode: str | None) -> Callable[..., Program]:
    """Register a program: ``register(metadata)``."""

    def register(metadata: ClientMetadata = PLAIN) -> Program:
        return Program.of(house, person, metadata, mode)

    return register


@pytest.fixture
def program(register: Callable[..., Program]) -> Program:
    """The suite's first client."""
    return register()
