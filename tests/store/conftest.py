"""What the tests of the store share."""

from collections.abc import Iterator

import pytest

from tests.support.processes import Processes, processes


@pytest.fixture(scope="session")
def four_processes() -> Iterator[Processes]:
    """Four processes that race."""
    with processes(4) as running:
        yield running
