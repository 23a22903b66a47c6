"""Tokens that cannot be checked at the moment are neither good nor bad, with every adapter over real HTTP."""

from collections.abc import Iterator

import httpx
import pytest

from gatepass.testing import FakeIssuer
from tests.adapters.adapters import NAMES
from tests.adapters.conftest import AUDIENCE, serving
from tests.support.server import free_port


@pytest.fixture(scope="module")
def silent() -> FakeIssuer:
    """An issuer at whose address nobody answers."""
    return FakeIssuer(f"http://127.0.0.1:{free_port()}", audience=AUDIENCE)


@pytest.fixture(scope="module", params=[*NAMES, "django-asgi"])
def cut_off(request: pytest.FixtureRequest, silent: FakeIssuer) -> Iterator[httpx.Client]:
    """A program that has never seen its issuer's keys."""
    with serving(request.param, ISSUER=silent.name) as client:
        yield client


@pytest.mark.compliance("RFC 9110", "15.6.4", "503 says when to try again")
def test_without_keys_a_request_is_told_when_to_try_again(cut_off: httpx.Client, silent: FakeIssuer) -> None:
    for path in ("/protected", "/scoped", "/open", "/all"):
        answer = cut_off.get(path, headers=silent.headers())
        assert answer.status_code == 503
        assert answer.json() == {"message": "Tokens cannot be checked at the moment"}
        assert int(answer.headers["Retry-After"]) > 0
        assert "WWW-Authenticate" not in answer.headers


def test_what_needs_no_keys_is_answered_as_ever(cut_off: httpx.Client) -> None:
    assert cut_off.get("/open").json() == {"caller": None}
    assert cut_off.get("/protected").status_code == 401
    assert cut_off.get("/protected", headers={"Authorization": "Bearer x"}).status_code == 401
    assert cut_off.get("/.well-known/oauth-protected-resource").status_code == 200
