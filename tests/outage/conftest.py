"""An issuer over real HTTP, and a program that checks its tokens."""

from collections.abc import Iterator

import pytest

from gatepass import Key, Signer
from tests.outage.program import AUDIENCE, Mint, Program, start
from tests.outage.site import Site


@pytest.fixture(scope="session")
def key() -> Key:
    return Key.generate("ES256")


@pytest.fixture(scope="session")
def strange_key() -> Key:
    return Key.generate("ES256")


@pytest.fixture
def site(key: Key) -> Iterator[Site]:
    site = Site(key)
    yield site
    site.kill()


@pytest.fixture(params=["issuer", "address"])
def program(site: Site, request: pytest.FixtureRequest) -> Program:
    """Once with discovery and once with the address of the keys."""
    return start(site, by_issuer=request.param == "issuer")


@pytest.fixture
def mint(site: Site, key: Key) -> Mint:
    """``mint(signed_by, kid=...)``: a token of the site's issuer."""

    def make(signed_by: Key = key, kid: str | None = None) -> str:
        named = signed_by if kid is None else signed_by.named(kid)
        return Signer(named, issuer=site.url, audience=AUDIENCE).issue("user-1", expires_in=600)

    return make
