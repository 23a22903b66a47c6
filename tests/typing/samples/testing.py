"""The fake issuer, in the tests of somebody's own."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Unpack, assert_type

import pytest

from gatepass import Key, Verifier
from gatepass.testing import BAD_TOKENS, BadToken, FakeClock, FakeIssuer, TokenOptions

assert_type(BAD_TOKENS, Mapping[str, str])


@pytest.fixture(scope="session")
def gatepass_issuer() -> FakeIssuer:
    """An issuer for an API of this name."""
    return FakeIssuer("https://issuer.test", audience="orders-api", alg="RS256", now=1.5)


def tokens(issuer: FakeIssuer) -> list[str]:
    """Every kind of wish."""
    return [
        issuer.token(),
        issuer.token("user-1", scopes=["orders:read"], expires_in=60, client_id="web"),
        issuer.token(audience=["a", "b"], issuer="https://other.test", typ="JWT"),
        issuer.token(claims={"roles": ["admin"]}, without=["sub"], header={"x": 1}),
        issuer.token(key="other"),
        issuer.token(key=Key.generate("ES256")),
        issuer.token(alg="none"),
        issuer.token(alg="HS256"),
        issuer.token(expired=True),
        issuer.token(not_yet_valid=True, tampered=True),
    ]


def around(issuer: FakeIssuer) -> None:
    """What else there is."""
    assert_type(issuer.verifier(), Verifier)
    issuer.verifier(audience=["a"], algorithms=["ES256"], leeway=5, types=None)
    assert_type(issuer.headers("ann", scopes=["a"], expired=True), dict[str, str])
    assert_type(issuer.clock, FakeClock)
    assert_type(issuer.clock(), float)
    issuer.clock.advance(-5)
    assert_type(issuer.rotate(), str)
    issuer.withdraw(issuer.kid)
    issuer.reset()
    assert_type(issuer.jwks(), dict[str, list[dict[str, str]]])
    assert_type(issuer.metadata(), dict[str, object])
    assert_type(issuer.other_key, Key)
    assert_type((issuer.name, issuer.audience, issuer.alg), tuple[str, str, str])
    with issuer.serve(port=0) as url:
        assert_type(url, str)
    assert_type(issuer.bad_tokens(), Iterator[BadToken])
    bad = issuer.bad_token("expired")
    assert_type((bad.name, bad.token, bad.code, bad.sentence), tuple[str, str, str, str])
    assert_type(bad.headers, dict[str, str])


def admin_headers(fake: FakeIssuer, **wishes: Unpack[TokenOptions]) -> dict[str, str]:
    """A function of somebody's own that passes wishes on."""
    return fake.headers("admin", **wishes)


def test_with_fixtures(
    gatepass_token: Callable[..., str],
    gatepass_headers: Callable[..., dict[str, str]],
    gatepass_bad_token: BadToken,
    gatepass_served_issuer: FakeIssuer,
) -> None:
    """The fixtures of the plugin, as a test names them."""
    assert_type(gatepass_token(scopes=["a"]), str)
    found: dict[str, Any] = {**gatepass_headers(), **gatepass_bad_token.headers}
    assert found["Authorization"] != gatepass_served_issuer.name
