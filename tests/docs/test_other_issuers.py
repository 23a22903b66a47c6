"""The recipes for other issuers accept what those issuers sign, and refuse their ID tokens."""

import re
import time
from pathlib import Path
from typing import Any

import pytest

from gatepass import Key, TokenError, Verifier, verifier
from gatepass.discovery import IssuerKeys
from gatepass.fetch import FetchError
from tests.verify import forge

PAGE = (Path(__file__).parents[2] / "docs/howto/other-issuers.md").read_text("utf-8")
RECIPES = {
    title: re.search(r"```python\n(.*?)```", text, re.DOTALL)[1]  # type: ignore[index] # a recipe without code fails here
    for title, _, text in (part.partition("\n") for part in PAGE.split("\n## ")[1:])
    if "```" in text
}
TENANT = "00000000-1111-2222-3333-444444444444"
CLIENT = "00000000-9999-8888-7777-666666666666"

# What each issuer is documented to sign: the header's typ, the claims of an access token and of an ID token.
SHAPES: dict[str, tuple[str | None, dict[str, Any], dict[str, Any], set[str]]] = {
    "Keycloak": (
        "JWT",
        {
            "iss": "https://keycloak.example.com/realms/shop",
            "aud": ["orders-api", "account"],
            "typ": "Bearer",
            "azp": "shop-web",
            "sid": "a1b2",
            "acr": "1",
            "realm_access": {"roles": ["offline_access"]},
            "scope": "openid orders:read",
        },
        {"typ": "ID", "at_hash": "x"},
        {"orders:read", "openid"},
    ),
    "Auth0": (
        "JWT",
        {
            "iss": "https://shop.eu.auth0.com/",
            "aud": ["https://api.example.com", "https://shop.eu.auth0.com/userinfo"],
            "azp": "abc",
            "scope": "openid",
            "permissions": ["orders:read"],
        },
        {"aud": "abc", "nonce": "n"},
        {"openid", "orders:read"},
    ),
    "Microsoft Entra ID": (
        "JWT",
        {
            "iss": f"https://login.microsoftonline.com/{TENANT}/v2.0",
            "aud": "11111111-2222-3333-4444-555555555555",
            "azp": CLIENT,
            "scp": "orders.read orders.write",
            "roles": ["Orders.Admin"],
            "tid": TENANT,
            "oid": "o",
            "ver": "2.0",
            "uti": "u",
        },
        {"aud": CLIENT, "nonce": "n"},
        {"orders.read", "orders.write", "Orders.Admin"},
    ),
    "Google": (
        "JWT",
        {
            "iss": "https://accounts.google.com",
            "aud": "1234567890-abc.apps.googleusercontent.com",
            "azp": "1234567890-abc.apps.googleusercontent.com",
            "email": "a@example.com",
            "email_verified": True,
            "hd": "example.com",
        },
        {"hd": "example.net"},  # here the ID token is what is accepted, but not everybody's
        set(),
    ),
    "Amazon Cognito": (
        None,
        {
            "iss": "https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_AbCdEfGhI",
            "aud": ...,
            "client_id": "1example23456789",
            "token_use": "access",
            "scope": "orders/read",
            "username": "u",
            "auth_time": 1,
        },
        {"aud": "1example23456789", "client_id": ..., "token_use": "id"},
        {"orders/read"},
    ),
}


@pytest.fixture
def web(monkeypatch: pytest.MonkeyPatch, rsa_key: Key) -> Key:
    """Every issuer's metadata where OpenID Connect Discovery puts them, with one key, as none of the others has."""

    def fetch(url: str) -> dict[str, Any]:
        if url.endswith("/keys"):
            jwk = rsa_key.public_jwk()
            return {"keys": [{name: jwk[name] for name in ("kty", "n", "e", "kid", "use")}]}
        base, found, _ = url.partition("/.well-known/openid-configuration")
        if not found:
            raise FetchError("404")
        issuer = f"{base}/" if "auth0" in base else base
        return {"issuer": issuer, "jwks_uri": f"{base}/keys"}

    monkeypatch.setattr(verifier, "_discovered", lambda issuer, _observer: IssuerKeys(issuer, fetch=fetch))
    return rsa_key


@pytest.fixture(scope="session")
def rsa_key() -> Key:
    return Key.generate("RS256")


def made(title: str) -> Verifier:
    names: dict[str, Any] = {}
    exec(RECIPES[title], names)
    found = names["verifier"]
    assert isinstance(found, Verifier)
    return found


def signed(key: Key, typ: str | None, claims: dict[str, Any]) -> str:
    plain = {"jti": ..., "client_id": ..., "scope": ..., "sid": ..., **claims}
    header = forge.header_for(key, typ=... if typ is None else typ)
    return forge.token(key, forge.good_claims(time.time(), **plain), header)


@pytest.mark.parametrize("title", SHAPES)
def test_a_token_of_the_issuers_documented_shape_is_accepted(title: str, web: Key) -> None:
    typ, claims, _, scopes = SHAPES[title]
    principal = made(title).verify(signed(web, typ, claims))
    assert principal.issuer == claims["iss"]
    assert principal.scopes == scopes


@pytest.mark.parametrize("title", SHAPES)
def test_its_id_token_is_refused(title: str, web: Key) -> None:
    typ, claims, changes, _ = SHAPES[title]
    with pytest.raises(TokenError):
        made(title).verify(signed(web, typ, {**claims, **changes}))


NAMED = [
    (title, name)
    for title, (_, claims, _, _) in SHAPES.items()
    for name in ("iss", "aud", "client_id", "tid", "token_use", "typ", "hd")
    if claims.get(name, ...) is not ...
]


@pytest.mark.parametrize(("title", "name"), NAMED)
def test_a_changed_claim_is_refused_where_the_recipe_names_it(title: str, name: str, web: Key) -> None:
    typ, claims, _, _ = SHAPES[title]
    with pytest.raises(TokenError):
        made(title).verify(signed(web, typ, {**claims, name: "https://evil.example"}))


def test_the_recipe_for_several_makes_a_verifier_of_both() -> None:
    names: dict[str, Any] = {}
    exec(RECIPES["Several at once"], names)
    assert names["verifier"].issuers == (
        "https://auth.example.com",
        "https://keycloak.example.com/realms/shop",
    )
