"""One OpenLDAP server for each module of tests, where it is installed."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.clock import FakeClock
from tests.support.house import House, cheap_settings
from tests.support.slapd import BASE, SEARCHER, SECRET, Slapd, find_slapd, running_slapd

MakeHouse = Callable[..., House]


@pytest.fixture(scope="module")
def slapd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Slapd]:
    if find_slapd() is None:
        assert not os.environ.get("CI"), "slapd must be installed where CI runs"
        pytest.skip("slapd is not installed")
    folder: Path = tmp_path_factory.mktemp("slapd")
    with running_slapd(folder) as server:
        yield server


@pytest.fixture
def make_house(ready_sqlite_url: str, tmp_path: Path, clock: FakeClock, slapd: Slapd) -> Iterator[MakeHouse]:
    """Makes a house whose people's passwords the directory judges."""
    houses: list[House] = []

    def make(**options: Any) -> House:
        given = {
            "ldap_url": slapd.url,
            "ldap_ca_file": str(slapd.certificate),
            "ldap_bind_dn": SEARCHER,
            "ldap_bind_password": SECRET,
            "ldap_base": BASE,
            **options,
        }
        houses.append(House(cheap_settings(ready_sqlite_url, tmp_path, **given), clock))
        return houses[-1]

    yield make
    for house in houses:
        house.gatepass.close()


@pytest.fixture
def house(make_house: MakeHouse) -> House:
    return make_house()
