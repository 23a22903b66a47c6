"""The pytest plugin of Gatepass: fixtures with real tokens, good and bad.

It is a package of its own so that pytest, which loads it at every start, loads neither the library nor
``cryptography`` before a test asks for them. Switch it off with ``-p no:gatepass``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator

    from gatepass.testing import BadToken, FakeIssuer

_BAD = "gatepass_bad_token"


@pytest.fixture(scope="session")
def gatepass_issuer() -> FakeIssuer:
    """A ``gatepass.testing.FakeIssuer``, the same one in all tests: give its ``verifier()`` to your app.

    Keys and clock are set back after every test. Define a fixture of this name for another audience or
    algorithm: ``return FakeIssuer(audience="orders-api")``; the fixtures below then use yours.
    """
    from gatepass.testing import FakeIssuer  # noqa: PLC0415 - loaded only where a test asks for it

    return FakeIssuer()


@pytest.fixture
def gatepass_token(gatepass_issuer: FakeIssuer) -> Callable[..., str]:
    """Make tokens: ``gatepass_token(scopes=["orders:read"])``, ``gatepass_token(expired=True)``.

    It is ``gatepass_issuer.token``, which says what can be asked for.
    """
    return gatepass_issuer.token


@pytest.fixture
def gatepass_headers(gatepass_issuer: FakeIssuer) -> Callable[..., dict[str, str]]:
    """Make a request's headers with a token: ``client.get("/orders", headers=gatepass_headers())``.

    It is ``gatepass_issuer.headers`` and takes what ``gatepass_token`` takes.
    """
    return gatepass_issuer.headers


@pytest.fixture
def gatepass_bad_token(request: pytest.FixtureRequest, gatepass_issuer: FakeIssuer) -> BadToken:
    """A token that must be refused: the test runs once for every kind, with the kind in its name.

    A ``gatepass.testing.BadToken`` with ``token``, ``headers``, and the ``code`` of the refusal. For some kinds
    only, name them: ``@pytest.mark.parametrize("gatepass_bad_token", ["expired", "forged"], indirect=True)``.
    """
    return gatepass_issuer.bad_token(request.param)


@pytest.fixture(scope="session")
def gatepass_served_issuer() -> Iterator[FakeIssuer]:
    """A ``FakeIssuer`` apart from ``gatepass_issuer`` that publishes its keys over real HTTP on this machine.

    For programs that find keys by the issuer's address, which is its ``name``. Keys and clock are set back after
    every test, but what a program fetched it may remember.
    """
    from gatepass.testing import FakeIssuer  # noqa: PLC0415 - loaded only where a test asks for it

    issuer = FakeIssuer()
    with issuer.serve():
        yield issuer


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run a test that asks for a bad token once for every kind, unless it names the kinds itself."""
    if _BAD in metafunc.fixturenames and not _names_the_kinds(metafunc):
        from gatepass.testing import BAD_TOKENS  # noqa: PLC0415 - loaded only where a test asks for it

        metafunc.parametrize(_BAD, list(BAD_TOKENS), indirect=True)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item) -> Generator[None, None, None]:
    """Set issuers back when all that a test used has been put away."""
    yield
    used = getattr(item, "funcargs", None) or {}
    for name in ("gatepass_issuer", "gatepass_served_issuer"):
        if name in used:
            used[name].reset()


def _names_the_kinds(metafunc: pytest.Metafunc) -> bool:
    return any(
        _BAD in (names if isinstance(names, (list, tuple)) else [name.strip() for name in names.split(",")])
        for mark in metafunc.definition.iter_markers("parametrize")
        for names in [mark.args[0] if mark.args else mark.kwargs.get("argnames", "")]
    )
