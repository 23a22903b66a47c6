"""Programs that are known by the certificate of their connection, and tokens that are bound to it (RFC 8705)."""

from collections.abc import Callable
from typing import Any

import pytest
from werkzeug.test import TestResponse

from gatepass_server.domain.client_rules import check_metadata
from gatepass_server.domain.errors import InvalidInput
from gatepass_server.settings import load_settings
from gatepass_server.settings.load import SettingsError
from tests.support.house import House
from tests.support.one_database import ready_database_url  # noqa: F401 - a fixture, which pytest finds here
from tests.support.proving import Certificate, KeyedParty, error_of, jwks, keyed, with_keys
from tests.support.relying_party import RelyingParty, sign_in

HEADER = "X-Client-Cert"
PROXY: dict[str, Any] = {"trusted_proxies": 1, "client_certificate_header": HEADER}
CERTIFICATE = Certificate.make("CN=bank,O=Example", dns="Bank.example.com", uri="https://bank.example.com/id")
BY_NAME: dict[str, Any] = {"token_endpoint_auth_method": "tls_client_auth", "jwks": None}


@pytest.fixture
def proxied(open_house: Callable[..., House]) -> House:
    house = open_house(**PROXY)
    sign_in(house)
    return house


def ask(party: KeyedParty, header: str | None, **form: str) -> TestResponse:
    headers = {} if header is None else {HEADER: header}
    data = {"grant_type": "client_credentials", "client_id": party.id, **form}
    return party.house.client.post("/oauth2/token", data=data, headers=headers)


@pytest.mark.compliance("RFC 8705", "2.1", "tls_client_auth by subject, host or URI")
@pytest.mark.compliance("RFC 9440", "2", "the header Client-Cert")
def test_a_program_is_known_by_a_name_in_its_certificate(proxied: House) -> None:
    stranger = Certificate.make(
        "CN=other,O=Example", dns="other.example.com", uri="https://other.example.com/id"
    )
    for registered, other in (
        ({"tls_client_auth_subject_dn": "CN=bank,O=Example"}, {"tls_client_auth_subject_dn": "CN=bank"}),
        ({"tls_client_auth_san_dns": "bank.example.com"}, {"tls_client_auth_san_dns": "example.com"}),
        (
            {"tls_client_auth_san_uri": "https://bank.example.com/id"},
            {"tls_client_auth_san_uri": "https://bank.example.com/id/"},
        ),
    ):
        bank = keyed(proxied, with_keys(**BY_NAME, **registered))
        for header in (CERTIFICATE.escaped, CERTIFICATE.rfc9440):
            assert ask(bank, header).status_code == 200
        assert error_of(ask(bank, stranger.escaped)) == (401, "invalid_client")
        for nothing in (None, ""):
            assert error_of(ask(bank, nothing)) == (401, "invalid_client")
        misnamed = keyed(proxied, with_keys(**BY_NAME, **other))
        assert error_of(ask(misnamed, CERTIFICATE.escaped)) == (401, "invalid_client")


def test_a_header_that_holds_no_certificate_is_refused_politely(proxied: House) -> None:
    bank = keyed(proxied, with_keys(**BY_NAME, tls_client_auth_san_dns="bank.example.com"))
    for header in (
        "nonsense",
        ":AAAA:",
        ":***:",
        CERTIFICATE.escaped[:-40],
        f"{CERTIFICATE.rfc9440}, {CERTIFICATE.rfc9440}",
        CERTIFICATE.escaped * 2,
        "A" * 20_000,
        "é",
    ):
        assert error_of(ask(bank, header)) == (400, "invalid_request"), header[:40]


@pytest.mark.compliance("RFC 8705", "6.3", "the header is believed from a proxy alone")
def test_without_a_proxy_the_header_is_anybodys(house: House) -> None:
    bank = keyed(house, with_keys(**BY_NAME, tls_client_auth_san_dns="bank.example.com"))
    assert error_of(ask(bank, CERTIFICATE.escaped)) == (401, "invalid_client")
    told = house.get("/.well-known/openid-configuration").get_json()
    assert "tls_client_auth" not in told["token_endpoint_auth_methods_supported"]
    assert "tls_client_certificate_bound_access_tokens" not in told
    with pytest.raises(SettingsError, match="client_certificate_header"):
        load_settings(options={"client_certificate_header": HEADER}, environ={})


@pytest.mark.compliance("RFC 8705", "2.2", "self_signed_tls_client_auth by a registered key")
def test_where_any_certificate_comes_through_only_registered_keys_prove_something(
    open_house: Callable[..., House],
) -> None:
    house = open_house(**PROXY, client_certificates="any")
    method = {"token_endpoint_auth_method": "self_signed_tls_client_auth", "jwks": jwks(CERTIFICATE.key)}
    bank = keyed(house, with_keys(**method))
    assert ask(bank, CERTIFICATE.escaped).status_code == 200
    forged = Certificate.make("CN=bank,O=Example", dns="bank.example.com")
    assert error_of(ask(bank, forged.escaped)) == (401, "invalid_client")
    named = keyed(house, with_keys(**BY_NAME, tls_client_auth_san_dns="bank.example.com"))
    assert error_of(ask(named, CERTIFICATE.escaped)) == (401, "invalid_client")
    told = house.get("/.well-known/openid-configuration").get_json()["token_endpoint_auth_methods_supported"]
    assert "self_signed_tls_client_auth" in told
    assert "tls_client_auth" not in told


@pytest.mark.compliance("RFC 8705", "3", "access tokens are bound to the certificate, and checked against it")
@pytest.mark.compliance("RFC 8705", "3.2", "introspection tells of the binding")
def test_tokens_are_bound_to_the_certificate(proxied: House) -> None:
    bank = keyed(proxied, with_keys(tls_client_certificate_bound_access_tokens=True))
    api = RelyingParty.of(proxied)
    code = bank.code()
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": bank.client.metadata.redirect_uris[0],
        "code_verifier": bank.verifier,
    }

    def post(header: str | None, **fields: str) -> TestResponse:
        headers = {} if header is None else {HEADER: header}
        return proxied.client.post("/oauth2/token", data={**bank.proved(), **fields}, headers=headers)

    assert error_of(post(None, **form)) == (400, "invalid_request")
    tokens = post(CERTIFICATE.escaped, **form).get_json()
    assert tokens["token_type"] == "Bearer"
    token = tokens["access_token"]

    def userinfo(header: str | None) -> int:
        headers = {"Authorization": f"Bearer {token}", **({} if header is None else {HEADER: header})}
        return proxied.client.get("/oauth2/userinfo", headers=headers).status_code

    other = Certificate.make("CN=bank,O=Example")
    assert [userinfo(h) for h in (CERTIFICATE.rfc9440, other.escaped, None, "nonsense")] == [
        200,
        401,
        401,
        401,
    ]
    asked = proxied.client.post("/oauth2/introspect", data={"token": token}, headers=api.basic()).get_json()
    assert asked["cnf"] == {"x5t#S256": CERTIFICATE.thumbprint}
    refresh = {"grant_type": "refresh_token", "refresh_token": tokens["refresh_token"]}
    assert error_of(post(None, **refresh)) == (400, "invalid_request")
    assert post(other.escaped, **refresh).status_code == 200


@pytest.mark.compliance("RFC 8705", "4", "the refresh tokens of public clients are bound to the certificate")
def test_a_public_program_refreshes_with_its_certificate_alone(proxied: House) -> None:
    phone = keyed(
        proxied,
        with_keys(
            token_endpoint_auth_method="none",
            grant_types=("authorization_code", "refresh_token"),
            tls_client_certificate_bound_access_tokens=True,
        ),
    )
    code = {
        "grant_type": "authorization_code",
        "code": phone.code(),
        "redirect_uri": phone.client.metadata.redirect_uris[0],
        "code_verifier": phone.verifier,
    }
    tokens = ask(phone, CERTIFICATE.escaped, **code).get_json()
    refresh = {"grant_type": "refresh_token", "refresh_token": tokens["refresh_token"]}
    other = Certificate.make("CN=phone")
    assert error_of(ask(phone, other.escaped, **refresh)) == (400, "invalid_grant")
    assert ask(phone, CERTIFICATE.escaped, **refresh).status_code == 200


@pytest.mark.compliance("RFC 8705", "2.1.2", "exactly one name is registered")
def test_a_program_registers_one_name() -> None:
    for names in (
        {},
        {"tls_client_auth_san_dns": "a.example", "tls_client_auth_san_uri": "https://a.example"},
        {"tls_client_auth_subject_dn": "no name"},
        {"tls_client_auth_subject_dn": "CN="},
    ):
        with pytest.raises(InvalidInput):
            check_metadata(with_keys(**BY_NAME, **names))
    with pytest.raises(InvalidInput):
        check_metadata(with_keys(tls_client_auth_san_dns="a.example"))
