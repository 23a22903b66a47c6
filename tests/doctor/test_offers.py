"""What the metadata offer, and what should not be offered."""

from typing import Any

import pytest

from gatepass_server.doctor import Verdict
from tests.doctor.asking import look_at
from tests.doctor.fake_site import Page, Site, page_of

W, F = Verdict.WARN, Verdict.FAIL
OFFERS: list[tuple[str, Verdict, dict[str, Any]]] = [
    ("sign_in.pkce", F, {"code_challenge_methods_supported": ...}),
    ("sign_in.pkce", F, {"code_challenge_methods_supported": ["plain"]}),
    ("sign_in.pkce_plain", W, {"code_challenge_methods_supported": ["plain", "S256"]}),
    ("sign_in.response_types", W, {"response_types_supported": ["code", "id_token token"]}),
    ("sign_in.response_types", W, {"response_types_supported": ["code", "token"]}),
    ("sign_in.response_types", F, {"response_types_supported": ["id_token"]}),
    ("sign_in.response_types", F, {"response_types_supported": []}),
    ("sign_in.grants", W, {"grant_types_supported": ...}),
    ("sign_in.password", F, {"grant_types_supported": ["authorization_code", "password"]}),
    ("sign_in.implicit", W, {"grant_types_supported": ["authorization_code", "implicit"]}),
    ("sign_in.iss", W, {"authorization_response_iss_parameter_supported": ...}),
    ("sign_in.iss", W, {"authorization_response_iss_parameter_supported": False}),
    ("algorithms.none", F, {"id_token_signing_alg_values_supported": ["RS256", "none"]}),
    ("algorithms.none", F, {"token_endpoint_auth_signing_alg_values_supported": ["None"]}),
    ("algorithms.none", W, {"request_object_signing_alg_values_supported": ["none", "ES256"]}),
    ("algorithms.secrets", W, {"id_token_signing_alg_values_supported": ["RS256", "HS256"]}),
    ("algorithms.clients", W, {"token_endpoint_auth_signing_alg_values_supported": ["HS256", "ES256"]}),
    ("algorithms.dpop", F, {"dpop_signing_alg_values_supported": ["HS256"]}),
    ("algorithms.rs256", W, {"id_token_signing_alg_values_supported": ["ES256"]}),
    ("algorithms.keys", W, {"id_token_signing_alg_values_supported": ["RS256", "ES256"]}),
    ("clients.token", W, {"token_endpoint_auth_methods_supported": ...}),
    ("clients.token", F, {"token_endpoint_auth_methods_supported": []}),
    ("clients.token", F, {"token_endpoint_auth_methods_supported": ["private_key_jwt"]}),
    ("clients.token", W, {"token_endpoint_auth_methods_supported": ["tls_client_auth"]}),
    ("clients.introspection", F, {"introspection_endpoint_auth_methods_supported": ["none"]}),
    ("clients.revocation", W, {"revocation_endpoint_auth_methods_supported": ...}),
    ("metadata.required", F, {"token_endpoint": ...}),
    ("metadata.required", F, {"response_types_supported": ...}),
    ("metadata.required", W, {"jwks_uri": ...}),
    ("metadata.openid", F, {"subject_types_supported": ...}),
    ("metadata.openid", W, {"scopes_supported": ["profile"]}),
    ("metadata.form", F, {"scopes_supported": "openid"}),
    ("metadata.form", F, {"grant_types_supported": ["authorization_code", 1]}),
    ("metadata.form", F, {"claims_parameter_supported": "true"}),
]


@pytest.mark.parametrize(("check", "verdict", "changes"), OFFERS, ids=lambda value: str(value)[:60])
def test_what_is_offered_is_judged(site: Site, check: str, verdict: Verdict, changes: dict[str, Any]) -> None:
    site.change(**changes)
    assert look_at(site.issuer).one(check).verdict is verdict


ENDPOINTS = ["authorization_endpoint", "token_endpoint", "jwks_uri", "registration_endpoint"]
ADDRESSES: list[tuple[object, Verdict]] = [
    ("/token", F),
    ("", F),
    (7, F),
    (["https://auth.example.com/token"], F),
    ("javascript:alert(1)", F),
    ("file:///etc/passwd", F),
    ("https://user:secret@auth.example.com/token", F),
    ("http://auth.example.com/token", F),
    ("https://127.0.0.1:1/token", W),
    ("http://127.0.0.1:1/token#part", F),
]


@pytest.mark.parametrize("name", ENDPOINTS)
@pytest.mark.parametrize(("address", "verdict"), ADDRESSES, ids=str)
def test_addresses_of_endpoints_are_judged(site: Site, name: str, address: object, verdict: Verdict) -> None:
    site.change(**{name: address})
    finding = look_at(site.issuer).one(f"endpoints.address.{name}")
    assert finding.verdict is verdict
    assert "secret" not in finding.found


@pytest.mark.parametrize(
    "name", ["authorize", "token", "userinfo", "introspect", "revoke", "end", "par", "device"]
)
@pytest.mark.parametrize("status", [404, 410, 500, 503])
def test_an_endpoint_that_is_away_or_broken_is_told(site: Site, name: str, status: int) -> None:
    site.pages[f"/{name}"] = Page(b"x", status=status)
    failures = look_at(site.issuer).all(F)
    assert [finding.check.partition(".")[0] for finding in failures] == ["endpoints"]
    assert str(status) in failures[0].found


@pytest.mark.parametrize("status", [302, 303, 400, 401, 403, 405, 415, 429])
def test_an_endpoint_that_refuses_a_request_with_nothing_in_it_is_well(site: Site, status: int) -> None:
    for name in ("authorize", "token", "userinfo", "introspect", "revoke", "end", "par", "device"):
        site.pages[f"/{name}"] = Page(b"x", status=status, headers={"Location": f"{site.url}/elsewhere"})
    assert look_at(site.issuer).all(F) == []
    assert not [asked for asked in site.asked if "elsewhere" in asked]


@pytest.mark.compliance("RFC 7662", "2.1", "the introspection endpoint asks who asks")
@pytest.mark.parametrize("name", ["introspection_endpoint", "userinfo_endpoint"])
def test_an_endpoint_that_answers_strangers_is_told(site: Site, name: str) -> None:
    site.pages["/introspect"] = site.pages["/userinfo"] = page_of({"active": False})
    assert look_at(site.issuer).one(f"endpoints.answers.{name}").verdict is F
