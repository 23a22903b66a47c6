"""One issuer and one process per program for all tests of a file."""

from collections.abc import Iterator

import httpx
import pytest

from gatepass.testing import FakeIssuer
from tests.adapters.adapters import NAMES, running

AUDIENCE = "https://api.test"


@pytest.fixture(scope="module")
def issuer() -> Iterator[FakeIssuer]:
    issuer = FakeIssuer(audience=AUDIENCE)
    with issuer.serve():
        yield issuer


@pytest.fixture(scope="module", params=NAMES)
def api(request: pytest.FixtureRequest, issuer: FakeIssuer) -> Iterator[httpx.Client]:
    """The program of the shared suite with one adapter."""
    program = ["-m", f"tests.adapters.apps.{request.param}"]
    with running(program, ISSUER=issuer.name, AUDIENCE=AUDIENCE) as url, httpx.Client(base_url=url) as client:
        yield client


@pytest.fixture(scope="module", params=NAMES)
def example(request: pytest.FixtureRequest, issuer: FakeIssuer) -> Iterator[httpx.Client]:
    """The runnable example of one adapter."""
    program = [f"examples/frameworks/{request.param}_app.py"]
    with running(program, ISSUER=issuer.name, AUDIENCE=AUDIENCE) as url, httpx.Client(base_url=url) as client:
        yield client
