"""Config OP: the discovery document (OpenID Connect Discovery section 3, RFC 8414 section 2)."""

from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.support.house import ISSUER, House

DOCUMENT = "/.well-known/openid-configuration"
_URLS = ("authorization_endpoint", "token_endpoint", "userinfo_endpoint", "jwks_uri")
_LISTS = ("response_types_supported", "subject_types_supported", "id_token_signing_alg_values_supported")


@pytest.fixture
def told(house: House) -> dict[str, Any]:
    """The document."""
    answer = house.get(DOCUMENT)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "application/json"
    return dict(answer.get_json())


@pytest.mark.oidf("oidcc-discovery-endpoint-verification")
@pytest.mark.compliance("OIDC Discovery", "4.3", "the issuer is the address before the well-known path")
def test_the_issuer_is_where_the_document_lies(told: dict[str, Any]) -> None:
    assert told["issuer"] == ISSUER
    parts = urlsplit(told["issuer"])
    assert (parts.scheme, parts.query, parts.fragment) == ("https", "", "")


@pytest.mark.oidf("oidcc-discovery-endpoint-verification")
@pytest.mark.compliance("OIDC Discovery", "3", "every member that must be there")
def test_every_required_member_is_there_and_every_address_is_https(told: dict[str, Any]) -> None:
    assert all(told[name] for name in (*_URLS, *_LISTS))
    addresses = {name: value for name, value in told.items() if name.endswith(("_endpoint", "_uri"))}
    assert all(urlsplit(value).scheme == "https" for value in addresses.values()), addresses
    assert all(value.startswith(f"{ISSUER}/") for value in addresses.values())


@pytest.mark.oidf("oidcc-discovery-endpoint-verification")
@pytest.mark.compliance("OIDC Discovery", "3", "what must be among the values")
def test_what_must_be_supported_is_said_to_be(told: dict[str, Any]) -> None:
    assert "code" in told["response_types_supported"]
    assert told["subject_types_supported"] == ["public"]
    assert "RS256" in told["id_token_signing_alg_values_supported"]
    assert "none" not in told["id_token_signing_alg_values_supported"]
    assert "openid" in told["scopes_supported"]
    assert "authorization_code" in told["grant_types_supported"]
    assert "client_secret_basic" in told["token_endpoint_auth_methods_supported"]
    assert told["claims_parameter_supported"] is True
    assert {"sub", "iss", "auth_time", "acr"} <= set(told["claims_supported"])
    assert told["code_challenge_methods_supported"] == ["S256"]


@pytest.mark.oidf("oidcc-discovery-endpoint-verification")
@pytest.mark.compliance("RFC 8414", "2", "members have the types that the registry gives them")
def test_members_have_their_types(told: dict[str, Any]) -> None:
    for name, value in told.items():
        if name.endswith(("_supported", "_required")) and isinstance(value, list):
            assert value, name
            assert all(isinstance(one, str) and one for one in value), name
            assert len(value) == len(set(value)), name
        elif name.endswith(("_parameter_supported", "_session_supported", "_logout_supported")):
            assert isinstance(value, bool), name
    assert all(" " not in scope and scope.isascii() for scope in told["scopes_supported"])
    assert told["ui_locales_supported"] == ["en", "zh-CN"]


@pytest.mark.oidf("oidcc-discovery-endpoint-verification")
@pytest.mark.compliance("OIDC Core", "10.1", "keys have ids, each another, and no private members")
def test_the_keys_can_be_fetched_and_told_apart(house: House, told: dict[str, Any]) -> None:
    answer = house.get(told["jwks_uri"].removeprefix(ISSUER))
    assert answer.headers["Content-Type"] in {"application/json", "application/jwk-set+json"}
    keys = answer.get_json()["keys"]
    assert all(key["kid"] and key["use"] == "sig" for key in keys)
    assert len({key["kid"] for key in keys}) == len(keys)
    assert not any(key.keys() & {"d", "p", "q", "dp", "dq", "qi", "k"} for key in keys)


@pytest.mark.compliance("RFC 8414", "3", "the same document at the well-known address of OAuth")
def test_oauth_finds_the_same_document(house: House, told: dict[str, Any]) -> None:
    assert house.get("/.well-known/oauth-authorization-server").get_json() == told
