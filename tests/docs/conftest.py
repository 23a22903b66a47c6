"""A server for the sessions that the documents print."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.server import Server, serving


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    with serving(tmp_path) as running:
        yield running
