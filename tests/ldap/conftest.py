"""One OpenLDAP server for each module of tests, where it is installed."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.clock import FakeClock
from tests.support.house import House, cheap_settings
from tests.support.slapd import BASE, SEARCHER, SECRET, Slapd
from tests.support.slapd_fixture import slapd  # noqa: F401 - a fixture, which pytest finds in this file

MakeHouse = Callable[..., House]


@pytest.fixture
def make_house(ready_sqlite_url: str, tmp_path: Path, clock: FakeClock, slapd: Slapd) -> Iterator[MakeHouse]:  # noqa: F811 - the fixture
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
