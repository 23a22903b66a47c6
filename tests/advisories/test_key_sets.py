"""Where keys come from, and keys that should not be there."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from gatepass import Key, KeyFormatError, Verifier, base64url
from gatepass.discovery import IssuerKeys
from gatepass.fetch import FetchError, get_json
from gatepass.jwk import key_from_jwk
from tests.advisories.judging import refused
from tests.support.clock import FakeClock
from tests.verify import forge


class Issuer:
    """An issuer's web site, in memory.

    Attributes:
        keys: What it publishes.
        asked: Every address that was asked.
        is_down: Whether every request fails.
        metadata: What its metadata say besides, or instead.
    """

    def __init__(self, *keys: Key) -> None:
        self.keys = [key.public_jwk() for key in keys]
        self.asked: list[str] = []
        self.is_down = False
        self.metadata: dict[str, Any] = {}

    def __call__(self, url: str) -> dict[str, Any]:
        self.asked.append(url)
        if self.is_down:
            raise FetchError(url)
        if ".well-known" in url:
            return {"issuer": forge.ISSUER, "jwks_uri": f"{forge.ISSUER}/jwks", **self.metadata}
        return {"keys": self.keys}

    def verifier(self, clock: FakeClock) -> Verifier:
        """A verifier that finds its keys here."""
        source = IssuerKeys(forge.ISSUER, fetch=self, monotonic=clock)
        return Verifier(forge.ISSUER, audience=forge.AUDIENCE, keys=source, clock=clock)


@pytest.mark.advisory("CVE-2026-48522")
@pytest.mark.advisory("authlib 1.8.0")
@pytest.mark.parametrize(
    "url",
    [
        *(
            "file:///etc/passwd",
            "ftp://a.example/",
            "data:application/json,{}",
            "http://a.example/",
            "jar:https://a.example/",
        ),
        *(
            "http://localhost:80@evil.example",
            "http://127.0.0.1@evil.example",
            "https://user:pass@a.example",
            "//a.example",
        ),
        *(
            "https://",
            "https:///x",
            "HTTPS:a.example",
            "https://a.example\\@evil.example",
            "https://a.example\n.evil.example",
        ),
        *(
            "http://localhost.evil.example",
            "http://127.0.0.1.evil.example",
            "http://0x7f000001/",
            "gopher://a.example",
            "",
        ),
    ],
)
def test_keys_are_fetched_over_https_alone(url: str) -> None:
    with pytest.raises(ValueError, match=r"address|https|user name|issuer"):
        Verifier(url, audience=forge.AUDIENCE)


@pytest.mark.advisory("CVE-2026-48522")
@pytest.mark.parametrize(
    "uri",
    ["file:///etc/passwd", "http://a.example/jwks", "data:,{}", "ftp://a.example/", "jwks", None, 1, []],
)
def test_metadata_send_nowhere_else_than_https(ec_key: Key, clock: FakeClock, uri: object) -> None:
    issuer = Issuer(ec_key)
    issuer.metadata = {"jwks_uri": uri}
    token = forge.token(ec_key, forge.good_claims(clock.now))
    assert refused(issuer.verifier(clock), token) == "keys_unavailable"
    assert all(url.startswith(f"{forge.ISSUER}/.well-known/") for url in issuer.asked)


@pytest.mark.advisory("CVE-2026-104056")
@pytest.mark.parametrize(
    "name",
    ["https://evil.example", f"{forge.ISSUER}/", f"{forge.ISSUER}.evil.example", "", None, [forge.ISSUER]],
)
@pytest.mark.compliance("RFC 8414", "3.3", "the issuer in the metadata is the one that was asked")
def test_metadata_of_another_issuer_are_not_believed(
    ec_key: Key, stranger: Key, clock: FakeClock, name: object
) -> None:
    issuer = Issuer(stranger)
    issuer.metadata = {"issuer": name}
    verifier = issuer.verifier(clock)
    assert refused(verifier, forge.token(stranger, forge.good_claims(clock.now))) == "keys_unavailable"
    # Nor are they kept: the right ones serve as soon as they come.
    issuer.metadata, issuer.keys = {}, [ec_key.public_jwk()]
    clock.advance(60)
    verifier.verify(forge.token(ec_key, forge.good_claims(clock.now)))


@pytest.mark.advisory("CVE-2026-101917")
@pytest.mark.advisory("CVE-2026-48524")
def test_unknown_names_cause_few_fetches_and_a_failed_fetch_loses_nothing(
    rsa_key: Key, clock: FakeClock
) -> None:
    issuer = Issuer(rsa_key)
    verifier = issuer.verifier(clock)
    good = forge.token(rsa_key, forge.good_claims(clock.now, exp=clock.now + 9_999))
    verifier.verify(good)
    fetched = len(issuer.asked)
    issuer.is_down = True
    for number in range(200):
        clock.advance(0.01)
        header = forge.header_for(rsa_key, kid=str(number))
        assert refused(verifier, forge.token(rsa_key, forge.good_claims(clock.now), header)) == "unknown_key"
    assert len(issuer.asked) == fetched
    clock.advance(3_600)
    verifier.verify(good)


@pytest.mark.advisory("CVE-2026-102267")
@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_to_other_keys_is_not_followed(status: int) -> None:
    """Over real HTTP: whoever can redirect one request must not choose the keys."""
    asked: list[str] = []

    class Site(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(status if self.path == "/jwks" else 200)
            self.send_header("Location", "/elsewhere")
            self.send_header("Content-Length", "2")
            self.end_headers()
            self.wfile.write(b"{}")

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class names it so
            pass

    for address in serving(Site):
        with pytest.raises(FetchError):
            get_json(f"{address}/jwks")
        assert asked == ["/jwks"]
        assert get_json(f"{address}/elsewhere") == {}


def serving(handler: type[BaseHTTPRequestHandler]) -> Iterator[str]:
    """Serve on a free port of this machine for one turn of a loop."""
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


def number(value: int) -> str:
    return base64url.encode(value.to_bytes((value.bit_length() + 7) // 8, "big")).decode()


def tiny_rsa(bits: int) -> dict[str, str]:
    """An RSA key as a JWK that is far too short, under a name that tokens ask for."""
    numbers = rsa.RSAPublicNumbers(65537, (1 << bits) - 1 - 2 * (bits % 3))
    return {"kty": "RSA", "kid": "k", "alg": "RS256", "n": number(numbers.n), "e": "AQAB"}


BAD_KEYS: list[Any] = [
    *(
        None,
        1,
        "key",
        [],
        {},
        {"kty": None},
        {"kty": "?"},
        {"kty": "oct"},
        {"kty": ["RSA"]},
        {"kty": {"a": 1}},
    ),
    *(
        {"kty": "RSA"},
        {"kty": "RSA", "n": "AQAB", "e": "AQAB"},
        {"kty": "RSA", "n": 5, "e": 3},
        {"kty": "RSA", "n": [], "e": {}},
    ),
    *(
        {"kty": "RSA", "n": "!!!", "e": "AQAB"},
        {"kty": "RSA", "n": "", "e": ""},
        {"kty": "RSA", "n": "A" * 100_000, "e": "AQAB"},
    ),
    *(
        {"kty": "EC", "crv": "P-256", "x": "AA", "y": "AA"},
        {"kty": "EC", "crv": "P-256"},
        {"kty": "EC", "crv": 1, "x": 1, "y": 1},
    ),
    *(
        {"kty": "EC", "crv": "secp256k1", "x": "A" * 43, "y": "A" * 43},
        {"kty": "OKP", "crv": "Ed25519", "x": "AA"},
    ),
    *(
        {"kty": "OKP", "crv": "X25519", "x": "A" * 43},
        {"kty": "OKP", "crv": "Ed25519", "x": None},
        {"kty": "OKP"},
    ),
]


@pytest.mark.advisory("CVE-2026-102274")
@pytest.mark.advisory("pyjwt 2.15.0")
def test_bad_keys_leave_the_others(rsa_key: Key, clock: FakeClock) -> None:
    verifier = Verifier.from_jwks(
        {"keys": [*BAD_KEYS, rsa_key.public_jwk()]}, issuer=forge.ISSUER, audience=forge.AUDIENCE, clock=clock
    )
    verifier.verify(forge.token(rsa_key, forge.good_claims(clock.now)))
    for bad in BAD_KEYS:
        with pytest.raises(KeyFormatError):
            Verifier.from_jwks({"keys": [bad]}, issuer=forge.ISSUER, audience=forge.AUDIENCE)


@pytest.mark.advisory("CVE-2025-45768")
@pytest.mark.parametrize("bits", [8, 256, 512, 1024, 2047])
@pytest.mark.compliance("RFC 7518", "3.3", "RSA keys of at least 2048 bits")
def test_a_tiny_rsa_key_of_a_set_is_not_used(rsa_key: Key, clock: FakeClock, bits: int) -> None:
    issuer = Issuer(rsa_key)
    issuer.keys.append(tiny_rsa(bits))
    with pytest.raises(KeyFormatError):
        key_from_jwk(tiny_rsa(bits))
    token = forge.token(rsa_key, forge.good_claims(clock.now), forge.header_for(rsa_key, kid="k"))
    assert refused(issuer.verifier(clock), token) == "unknown_key"


@pytest.mark.advisory("CVE-2026-49852")
@pytest.mark.advisory("symmetric key in a set")
@pytest.mark.parametrize("k", ["", "AA", "c2VjcmV0", base64url.encode(b"s" * 64).decode()])
def test_a_secret_in_a_published_set_is_not_used(rsa_key: Key, clock: FakeClock, k: str) -> None:
    secret = {"kty": "oct", "k": k, "kid": "k", "alg": "HS256", "use": "sig"}
    issuer = Issuer(rsa_key)
    issuer.keys.append(secret)
    verifier = issuer.verifier(clock)
    verifier.verify(forge.token(rsa_key, forge.good_claims(clock.now)))
    token = forge.token(rsa_key, forge.good_claims(clock.now), {"alg": "HS256", "kid": "k", "typ": "at+jwt"})
    assert refused(verifier, token) == "unsupported_algorithm"
    with pytest.raises(KeyFormatError):
        Verifier.from_jwks({"keys": [secret]}, issuer=forge.ISSUER, audience=forge.AUDIENCE)


@pytest.mark.advisory("CVE-2025-59936")
def test_what_a_token_says_does_not_choose_where_keys_are_kept(
    ec_key: Key, stranger: Key, clock: FakeClock
) -> None:
    """Keys that one issuer and kid brought are never found under another pair that is written the same."""
    issuer = Issuer(ec_key.named("a:b"), stranger.named("b"))
    verifier = issuer.verifier(clock)
    for key, kid in (
        (stranger, "a:b"),
        (ec_key, "b"),
        (stranger, f"{forge.ISSUER}:b"),
        (stranger, "ES256:b"),
    ):
        token = forge.token(key, forge.good_claims(clock.now), forge.header_for(key, kid=kid))
        assert refused(verifier, token) in {"invalid_signature", "unknown_key"}


@pytest.mark.advisory("CVE-2026-102275")
@pytest.mark.parametrize("alg", ["EdDSA", "ES256", "RS256"])
def test_a_private_jwk_never_signs_for_a_public_half_that_is_not_its_own(alg: str) -> None:
    """Either it is refused, or what it calls itself and publishes is what its signatures are checked with."""
    mine, theirs = (Key.generate(alg).native.as_dict(private=True) for _ in range(2))
    public: dict[str, Any] = {name: value for name, value in theirs.items() if name in {"x", "y", "n"}}
    try:
        key = key_from_jwk(dict[str, Any](mine) | public)
    except KeyFormatError:
        return
    assert key.thumbprint == key_from_jwk(mine).thumbprint != key_from_jwk(theirs).thumbprint
    assert key.kid == key.thumbprint
    assert not set(public.values()).intersection(key.public_jwk().values())


@pytest.mark.advisory("invalid curve points")
@pytest.mark.parametrize(
    "curve", [ec.SECP256R1(), ec.SECP384R1(), ec.SECP521R1()], ids=lambda curve: str(curve.name)
)
def test_a_point_off_its_curve_is_no_key(curve: ec.EllipticCurve) -> None:
    names = {"secp256r1": "P-256", "secp384r1": "P-384", "secp521r1": "P-521"}
    size = (curve.key_size + 7) // 8
    point = ec.generate_private_key(curve).public_key().public_numbers()
    for x, y in (
        (point.x, point.y ^ 1),
        (point.y, point.x),
        (0, 0),
        (0, 1),
        (point.x, 0),
        (point.x + 1, point.y),
    ):
        jwk = {
            "kty": "EC",
            "crv": names[curve.name],
            "x": base64url.encode(x.to_bytes(size, "big")).decode(),
            "y": base64url.encode(y.to_bytes(size, "big")).decode(),
        }
        with pytest.raises(KeyFormatError):
            key_from_jwk(jwk)
