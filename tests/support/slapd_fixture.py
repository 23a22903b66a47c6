"""One OpenLDAP server for each module of tests, where it is installed."""

import os
from collections.abc import Iterator

import pytest

from tests.support.slapd import Slapd, find_slapd, running_slapd


@pytest.fixture(scope="module")
def slapd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Slapd]:
    if find_slapd() is None:
        assert not os.environ.get("CI"), "slapd must be installed where CI runs"
        pytest.skip("slapd is not installed")
    with running_slapd(tmp_path_factory.mktemp("slapd")) as server:
        yield server
