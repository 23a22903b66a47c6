"""Tokens that are bound to a key, with every adapter over real HTTP (RFC 9449)."""

from collections.abc import Iterator

import httpx
import pytest

from gatepass import Key
from gatepass.dpop import make_proof
from gatepass.testing import FakeIssuer
from tests.adapters.adapters import NAMES
from tests.adapters.conftest import serving


@pytest.fixture(scope="module")
def key() -> Key:
    """The client's."""
    return Key.generate("ES256")


@pytest.fixture
def bound(issuer: FakeIssuer, key: Key) -> str:
    return issuer.token("user-7", claims={"cnf": {"jkt": key.thumbprint}})


def ask(
    api: httpx.Client, key: Key, token: str, *, method: str = "GET", path: str = "/protected", at: str = ""
) -> httpx.Response:
    url = f"{str(api.base_url).rstrip('/')}{at or path}"
    proof = make_proof(key, method=method, url=url, token=token)
    return api.get(path, headers={"Authorization": f"DPoP {token}", "DPoP": proof})


def challenges(answer: httpx.Response) -> str:
    return ", ".join(answer.headers.get_list("WWW-Authenticate"))


@pytest.mark.compliance("RFC 9449", "7.1", "a bound token with a good proof is accepted")
def test_a_bound_token_with_its_proof_is_let_in(api: httpx.Client, key: Key, bound: str) -> None:
    assert ask(api, key, bound).json() == {"caller": "user-7"}
    assert ask(api, key, bound, path="/protected?a=b", at="/protected").json() == {"caller": "user-7"}


@pytest.mark.compliance("RFC 9449", "7.2", "a bound token is refused as a plain bearer token")
def test_a_bound_token_is_no_bearer_token(api: httpx.Client, bound: str) -> None:
    answer = api.get("/protected", headers={"Authorization": f"Bearer {bound}"})
    assert answer.status_code == 401
    assert 'error="invalid_token"' in challenges(answer)
    assert "DPoP " in challenges(answer)
    assert api.get("/protected", headers={"x-access-token": bound}).status_code == 401


@pytest.mark.compliance("RFC 9449", "4.3", "a proof names method, address and token, and is fresh and new")
def test_a_proof_for_something_else_is_refused(
    api: httpx.Client, key: Key, bound: str, issuer: FakeIssuer
) -> None:
    for wrong in (
        ask(api, key, bound, method="POST"),
        ask(api, key, bound, at="/open"),
        ask(api, Key.generate("ES256"), bound),
        api.get("/protected", headers={"Authorization": f"DPoP {bound}"}),
        api.get("/protected", headers={"Authorization": f"DPoP {bound}", "DPoP": "x"}),
    ):
        assert wrong.status_code == 401
        assert "DPoP " in challenges(wrong)
    assert ask(api, key, issuer.token("user-7")).status_code == 401  # not bound at all


@pytest.mark.compliance("RFC 9449", "11.1", "a proof is good once")
def test_a_proof_is_good_once(api: httpx.Client, key: Key, bound: str) -> None:
    proof = make_proof(key, method="GET", url=f"{str(api.base_url).rstrip('/')}/protected", token=bound)
    headers = {"Authorization": f"DPoP {bound}", "DPoP": proof}
    assert api.get("/protected", headers=headers).status_code == 200
    again = api.get("/protected", headers=headers)
    assert again.status_code == 401
    assert 'error="invalid_dpop_proof"' in challenges(again)


@pytest.fixture(scope="module")
def with_nonces(issuer: FakeIssuer, request: pytest.FixtureRequest) -> Iterator[httpx.Client]:
    with serving(request.param, ISSUER=issuer.name, NONCES="1") as client:
        yield client


@pytest.mark.compliance("RFC 9449", "9", "a proof without the nonce is told which one to use")
@pytest.mark.parametrize("with_nonces", NAMES, indirect=True)
def test_a_client_learns_the_nonce_and_goes_on(with_nonces: httpx.Client, key: Key, bound: str) -> None:
    told = ask(with_nonces, key, bound)
    assert told.status_code == 401
    assert 'error="use_dpop_nonce"' in challenges(told)
    url = f"{str(with_nonces.base_url).rstrip('/')}/protected"
    proof = make_proof(key, method="GET", url=url, token=bound, nonce=told.headers["DPoP-Nonce"])
    answer = with_nonces.get("/protected", headers={"Authorization": f"DPoP {bound}", "DPoP": proof})
    assert answer.status_code == 200
