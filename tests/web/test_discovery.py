"""The JWK set and the two documents that lead to it."""

import json
from collections.abc import Callable

import pytest

from gatepass import Verifier
from tests.support.clock import FakeClock
from tests.support.house import ISSUER, House
from tests.support.one_database import ready_database_url  # noqa: F401 - a fixture, which pytest finds here

JWKS = "/.well-known/jwks.json"
DOCUMENTS = ["/.well-known/openid-configuration", "/.well-known/oauth-authorization-server"]
PRIVATE = {"d", "p", "q", "dp", "dq", "qi", "oth", "k"}


@pytest.mark.parametrize("path", DOCUMENTS)
@pytest.mark.parametrize(
    "issuer", [ISSUER, "https://example.com/auth", "https://example.com/", "http://[::1]:80/A"]
)
@pytest.mark.compliance("RFC 8414", "3.3", "the issuer in the metadata is byte-identical")
def test_both_documents_give_the_issuer_byte_for_byte(
    open_house: Callable[..., House], path: str, issuer: str
) -> None:
    answer = open_house(issuer=issuer).client.get(path, headers={"Host": "evil.example.com"})
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "application/json")
    assert json.dumps(issuer).encode() in answer.data
    metadata = answer.get_json()
    assert metadata["issuer"] == issuer
    assert metadata["jwks_uri"] == issuer.rstrip("/") + JWKS
    assert "evil" not in answer.text


def test_public_documents_may_be_kept_and_read_by_any_browser_app(house: House) -> None:
    for path in (JWKS, *DOCUMENTS):
        answer = house.client.get(path)
        assert answer.headers["Cache-Control"] == "public, max-age=300"
        assert answer.headers["Access-Control-Allow-Origin"] == "*"


@pytest.mark.parametrize("algorithm", ["RS256", "PS512", "ES384", "EdDSA", "Ed25519"])
@pytest.mark.compliance("RFC 7517", "5", "a JWK set holds public keys")
def test_the_jwk_set_verifies_the_tokens_and_holds_nothing_private(
    open_house: Callable[..., House], clock: FakeClock, algorithm: str
) -> None:
    house = open_house(signing_algorithm=algorithm)
    jwks = house.client.get(JWKS).get_json()
    (key,) = jwks["keys"]
    assert not PRIVATE & set(key)
    assert (key["alg"], key["use"]) == (algorithm, "sig")
    principal = Verifier.from_jwks(jwks, issuer=ISSUER, audience=ISSUER, clock=clock).verify(house.token())
    assert principal.subject == house.gatepass.administration.find("ann@example.com").id


@pytest.mark.parametrize("path", DOCUMENTS)
@pytest.mark.compliance("RFC 8414", "3.1", "the path of an issuer follows the well-known part")
def test_an_issuer_with_a_path_is_found_at_the_top_of_its_site_too(
    open_house: Callable[..., House], path: str
) -> None:
    client = open_house(issuer="https://example.com/auth/").client
    assert client.get(f"{path}/auth").data == client.get(path).data
    assert client.get(f"{path}/other").status_code == 404
