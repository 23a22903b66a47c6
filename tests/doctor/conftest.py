"""An issuer that is well, until a test makes it ill."""

from collections.abc import Iterator

import pytest

from tests.doctor.fake_site import Site, running


@pytest.fixture
def site() -> Iterator[Site]:
    with running() as site:
        yield site
