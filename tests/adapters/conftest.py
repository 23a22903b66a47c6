"""One issuer and one process per program for all tests of a run, which are ordered by program."""

from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import pytest

from gatepass.testing import FakeIssuer
from tests.adapters import django_project  # noqa: F401 - Django wants its settings before a test imports it
from tests.adapters.adapters import ADAPTERS, NAMES, running

AUDIENCE = "https://api.test"


@pytest.fixture(scope="session")
def issuer() -> Iterator[FakeIssuer]:
    issuer = FakeIssuer(audience=AUDIENCE)
    with issuer.serve():
        yield issuer


@contextmanager
def serving(name: str, **environment: str) -> Iterator[httpx.Client]:
    """The program of the shared suite with one adapter, and a client of it."""
    adapter = ADAPTERS[name]
    settings = {"AUDIENCE": AUDIENCE, **adapter.environment, **environment}
    with running(adapter.program, **settings) as url, httpx.Client(base_url=url) as client:
        yield client


@pytest.fixture(scope="session", params=ADAPTERS)
def api(request: pytest.FixtureRequest, issuer: FakeIssuer) -> Iterator[httpx.Client]:
    """The program of the shared suite with one adapter."""
    with serving(request.param, ISSUER=issuer.name) as client:
        yield client


@pytest.fixture(scope="module", params=NAMES)
def example(request: pytest.FixtureRequest, issuer: FakeIssuer) -> Iterator[httpx.Client]:
    """The runnable example of one adapter, told only who the issuer is."""
    program = [f"examples/frameworks/{request.param}_app.py"]
    with running(program, ISSUER=issuer.name) as url, httpx.Client(base_url=url) as client:
        yield client
