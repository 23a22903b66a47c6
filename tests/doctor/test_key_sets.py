"""The JWK set."""

from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from gatepass import Key, base64url, jose
from gatepass_server.doctor import Verdict
from tests.doctor.asking import look_at
from tests.doctor.fake_site import KEY, Page, Site, page_of

PUBLIC = KEY.public_jwk("RS256")


def private_jwk(key: Key) -> dict[str, Any]:
    members = key.native.as_dict(private=True)
    return {**{name: str(value) for name, value in members.items()}, "kid": key.kid}


def short_jwk(bits: int) -> dict[str, str]:
    numbers = rsa.generate_private_key(public_exponent=65537, key_size=bits).public_key().public_numbers()
    n = base64url.encode(numbers.n.to_bytes(bits // 8, "big")).decode()
    return {"kty": "RSA", "n": n, "e": "AQAB", "kid": "short", "use": "sig", "alg": "RS256"}


@pytest.mark.parametrize("alg", ["RS256", "ES256", "EdDSA"])
def test_a_private_key_among_the_public_ones_is_the_loudest_failure(site: Site, alg: str) -> None:
    leaked = private_jwk(Key.generate(alg))
    site.serve_keys(PUBLIC, leaked)
    report = look_at(site.issuer)
    finding = report.one("keys.private")
    assert finding.verdict is Verdict.FAIL
    assert "PRIVATE" in finding.found
    assert leaked["kid"] in finding.found
    assert not any(leaked["d"] in found.found + found.advice for found in report.findings)


def test_a_shared_secret_in_the_set_is_told_and_not_shown(site: Site) -> None:
    site.serve_keys(PUBLIC, {"kty": "oct", "k": "c2VjcmV0LXNlY3JldA", "kid": "s"})
    report = look_at(site.issuer)
    assert report.one("keys.private").verdict is Verdict.FAIL
    assert not any("c2VjcmV0" in found.found + found.advice for found in report.findings)


@pytest.mark.compliance("RFC 7518", "3.3", "an RSA key has 2048 bits or more")
def test_a_weak_rsa_key_is_told(site: Site) -> None:
    site.serve_keys(PUBLIC, short_jwk(1024))
    assert look_at(site.issuer).one("keys.strength").verdict is Verdict.FAIL


def test_two_keys_of_one_name_are_told(site: Site) -> None:
    site.serve_keys(PUBLIC, {**Key.generate("RS256").public_jwk("RS256"), "kid": PUBLIC["kid"]})
    assert look_at(site.issuer).one("keys.kid").verdict is Verdict.FAIL


@pytest.mark.parametrize(
    ("check", "jwk"),
    [
        ("keys.kid", {name: value for name, value in PUBLIC.items() if name != "kid"}),
        ("keys.alg", {name: value for name, value in PUBLIC.items() if name != "alg"}),
        ("keys.usable", {"kty": "NEW", "kid": "n", "use": "sig", "alg": "NEW"}),
        ("keys.usable", {"kty": "RSA", "n": "!", "e": "AQAB", "kid": "n", "alg": "RS256"}),
        ("keys.usable", "no object"),
        ("keys.usable", {**PUBLIC, "kid": 7}),
    ],
)
def test_keys_that_some_clients_cannot_use_are_told(site: Site, check: str, jwk: object) -> None:
    site.serve_keys(PUBLIC | {"kid": "good"}, jwk)
    assert look_at(site.issuer).one(check).verdict is Verdict.WARN


def test_keys_for_encryption_are_left_alone_where_all_say_what_they_are_for(site: Site) -> None:
    other = {**short_jwk(2048), "use": "enc", "alg": "RSA-OAEP"}
    site.serve_keys(PUBLIC, other)
    assert look_at(site.issuer).one("keys.use").verdict is Verdict.PASS
    site.serve_keys({name: value for name, value in PUBLIC.items() if name != "use"}, other)
    assert look_at(site.issuer).one("keys.use").verdict is Verdict.WARN


@pytest.mark.parametrize(
    "page",
    [
        Page(status=500),
        Page(b"[]"),
        Page(b"{"),
        Page(b"\xff\xfe"),
        page_of({}),
        page_of({"keys": {}}),
        page_of({"keys": None}),
        Page(b'{"keys": [], "keys": []}'),
        page_of({"keys": [PUBLIC] * 101}),
        Page(b"[" * 100_000),
        Page(b" " * (1 << 20)),
    ],
    ids=lambda page: f"{len(page.body)} bytes, {page.status}",
)
def test_what_is_no_key_set_is_told(site: Site, page: Page) -> None:
    site.pages["/jwks"] = page
    assert look_at(site.issuer).one("keys.set").verdict is Verdict.FAIL


def test_a_set_without_a_key_for_signatures_is_told(site: Site) -> None:
    for keys in ([], [{**PUBLIC, "use": "enc"}]):
        site.serve_keys(*keys)
        assert look_at(site.issuer).one("keys.usable").verdict is Verdict.FAIL


def test_the_numbers_of_a_private_key_are_never_calculated_with(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(jwk: dict[str, Any]) -> object:
        assert "d" not in jwk
        return original(jwk)

    original = jose.raw_from_jwk
    monkeypatch.setattr(jose, "raw_from_jwk", refuse)
    site.serve_keys(private_jwk(KEY))
    assert look_at(site.issuer).one("keys.private").verdict is Verdict.FAIL
