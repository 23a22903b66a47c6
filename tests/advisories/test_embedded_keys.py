"""A key, or the address of one, that comes with the token is never looked at."""

import base64
import hmac
import json
import socket
from typing import Any, NoReturn

import pytest

from gatepass import Key, MultiIssuerVerifier, Verifier, base64url
from gatepass.discovery import IssuerKeys
from tests.advisories.judging import pinned, refused, verifier_of
from tests.support.clock import FakeClock
from tests.verify import forge

ELSEWHERE = "https://evil.example/keys.json"


@pytest.fixture
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every attempt to look up a name or to connect fails the test."""

    def forbidden(*_: Any, **__: Any) -> NoReturn:
        pytest.fail("the network was used")

    for name in ("getaddrinfo", "create_connection"):
        monkeypatch.setattr(socket, name, forbidden)
    monkeypatch.setattr(socket.socket, "connect", forbidden)


def parameters(key: Key) -> list[dict[str, Any]]:
    """Every way in which a header can bring a key along."""
    x5c = base64.b64encode(key.public_pem().encode()).decode()
    return [
        {"jwk": key.public_jwk()},
        {"jwk": json.dumps(key.public_jwk())},
        {"jwk": {**key.public_jwk(), "kid": "the issuer's"}},
        {"jwk": {"kty": "oct", "k": "AAAA"}},
        {"jwk": None},
        {"jwk": []},
        {"jku": ELSEWHERE},
        {"jku": "file:///etc/passwd"},
        {"jku": forge.ISSUER + "/@evil.example"},
        {"x5u": ELSEWHERE},
        {"x5c": [x5c]},
        {"x5c": x5c},
        {"x5t": "AAAA", "x5t#S256": "AAAA"},
        {"jwks": {"keys": [key.public_jwk()]}},
        {"jwk": key.public_jwk(), "jku": ELSEWHERE, "x5u": ELSEWHERE, "x5c": [x5c]},
    ]


@pytest.mark.usefixtures("no_network")
@pytest.mark.advisory("CVE-2018-0114")
@pytest.mark.advisory("CVE-2026-27962")
@pytest.mark.compliance("RFC 8725", "3.10", "do not follow what a token says about its own key")
def test_a_key_in_the_header_is_never_used(ec_key: Key, stranger: Key, clock: FakeClock) -> None:
    claims = forge.good_claims(clock.now)
    verifiers = (verifier_of(ec_key, clock=clock), pinned(ec_key, clock=clock))
    for extra in parameters(stranger):
        for kid in (stranger.kid, ec_key.kid, ...):
            header = forge.header_for(stranger, kid=kid, **extra)
            for verifier in verifiers:
                token = forge.token(stranger, claims, header)
                assert refused(verifier, token) in {"unknown_key", "invalid_signature"}


@pytest.mark.usefixtures("no_network")
@pytest.mark.advisory("CVE-2018-0114")
@pytest.mark.compliance("RFC 7515", "4.1.2 to 4.1.8", "parameters that are not used are passed over")
def test_a_key_in_the_header_does_not_harm_a_good_token(ec_key: Key, stranger: Key, clock: FakeClock) -> None:
    verifier = verifier_of(ec_key, clock=clock)
    for extra in parameters(stranger):
        header = forge.header_for(ec_key, **extra)
        verifier.verify(forge.token(ec_key, forge.good_claims(clock.now), header))


@pytest.mark.usefixtures("no_network")
@pytest.mark.advisory("CVE-2026-27962")
def test_a_secret_in_the_header_is_never_used(clock: FakeClock) -> None:
    verifier = Verifier.from_secret("s" * 64, issuer=forge.ISSUER, audience=forge.AUDIENCE, clock=clock)
    mine = b"m" * 64
    for extra in ({"jwk": {"kty": "oct", "k": base64url.encode(mine).decode()}}, {"k": "mmmm"}, {}):
        head = (
            forge.segment({"alg": "HS256", "typ": "at+jwt", **extra})
            + b"."
            + forge.segment(forge.good_claims(clock.now))
        )
        token = head + b"." + base64url.encode(hmac.digest(mine, head, "sha256"))
        assert refused(verifier, token.decode()) == "invalid_signature"


STRANGE_KIDS = [
    *("", " ", ".", "..", "/", "/dev/null", "../../../../dev/null", "/proc/sys/kernel/randomize_va_space"),
    *("file:///dev/null", "C:\\Windows\\win.ini", "\\\\evil.example\\share\\key", "~/.ssh/id_rsa"),
    *("' OR 1=1 --", "x' UNION SELECT 'secret' --", '"; DROP TABLE keys; --', "1); DELETE FROM keys; --"),
    *(ELSEWHERE, "http://127.0.0.1:6379/", "data:application/json,{}", "ldap://evil.example/x"),
    *("\x00", "good\x00", "\n", "a\r\nSet-Cookie: x=1", "${jndi:ldap://evil.example/x}", "`id`", "$(id)"),
    *("%00", "%2e%2e%2f", "__proto__", "constructor", "{{7*7}}", "%s%n%x", "\u202e", "\ufeff", "\U0001f511"),
    "k" * 4_000,
]


@pytest.mark.usefixtures("no_network")
@pytest.mark.advisory("CVE-2018-0114")
@pytest.mark.advisory("kid injection")
@pytest.mark.parametrize("kid", STRANGE_KIDS, ids=lambda kid: repr(kid[:24]))
def test_a_kid_is_only_a_name(ec_key: Key, stranger: Key, clock: FakeClock, kid: str) -> None:
    claims = forge.good_claims(clock.now)
    token = forge.token(ec_key, claims, forge.header_for(ec_key, kid=kid))
    assert refused(verifier_of(ec_key, clock=clock), token) == "unknown_key"
    # A pinned key has no name, so no name is wrong; and none helps another key.
    pinned(ec_key, clock=clock).verify(token)
    forged = forge.token(stranger, claims, forge.header_for(stranger, kid=kid))
    assert refused(pinned(ec_key, clock=clock), forged) == "invalid_signature"


@pytest.mark.advisory("kid injection")
@pytest.mark.parametrize(
    "change", [str.upper, str.lower, str.swapcase, lambda kid: kid + "\x00", lambda kid: kid[:-1]]
)
def test_a_kid_that_is_nearly_right_is_another_name(ec_key: Key, clock: FakeClock, change: Any) -> None:
    header = forge.header_for(ec_key, kid=change(ec_key.kid))
    token = forge.token(ec_key, forge.good_claims(clock.now), header)
    assert refused(verifier_of(ec_key, clock=clock), token) == "unknown_key"


@pytest.mark.advisory("kid injection")
@pytest.mark.parametrize("kid", [None, 0, 1.5, True, [], ["k"], {}, {"$ne": ""}])
def test_a_kid_that_is_no_string_is_malformed(ec_key: Key, clock: FakeClock, kid: object) -> None:
    token = forge.token(ec_key, forge.good_claims(clock.now), forge.header_for(ec_key, kid=kid))
    assert refused(verifier_of(ec_key, clock=clock), token) == "malformed"
    assert refused(pinned(ec_key, clock=clock), token) == "malformed"


@pytest.mark.advisory("issuer mix-up")
def test_a_token_of_another_issuer_with_the_same_kid_is_refused(
    ec_key: Key, stranger: Key, clock: FakeClock
) -> None:
    """Names of keys are the issuer's own; two issuers may both call theirs "1"."""
    theirs, ours = stranger.named("1"), ec_key.named("1")
    verifiers = {
        forge.ISSUER: verifier_of(ours, clock=clock),
        "https://other.example.com": Verifier.from_jwks(
            {"keys": [theirs.public_jwk()]},
            issuer="https://other.example.com",
            audience=forge.AUDIENCE,
            clock=clock,
        ),
    }
    for key, issuer in ((ours, forge.ISSUER), (theirs, "https://other.example.com")):
        for said in verifiers:
            token = forge.token(key, forge.good_claims(clock.now, iss=said))
            for expected, verifier in verifiers.items():
                if expected == issuer == said:
                    verifier.verify(token)
                else:
                    assert refused(verifier, token) in {"invalid_signature", "wrong_issuer"}


@pytest.mark.advisory("issuer mix-up")
@pytest.mark.parametrize("cache_size", [0, 64])
def test_a_verifier_of_several_issuers_mixes_nothing_up(
    ec_key: Key, stranger: Key, clock: FakeClock, cache_size: int
) -> None:
    """Same kid, same header segment, and a payload that names one issuer, the other, both or none."""
    other = "https://other.example.com"
    keys = {forge.ISSUER: ec_key.named("1"), other: stranger.named("1")}
    several = MultiIssuerVerifier(
        Verifier.from_jwks(
            {"keys": [key.public_jwk()]},
            issuer=issuer,
            audience=f"{issuer}/api",
            clock=clock,
            cache_size=cache_size,
        )
        for issuer, key in keys.items()
    )
    for _ in range(2):
        for signer, key in keys.items():
            for said in keys:
                for audience in keys:
                    claims = forge.good_claims(clock.now, iss=said, aud=f"{audience}/api")
                    token = forge.token(key, claims, forge.header_for(ec_key, kid="1"))
                    if signer == said == audience:
                        assert several.verify(token).issuer == signer
                    else:
                        assert refused(several, token) == (
                            "wrong_audience" if signer == said else "invalid_signature"
                        )
            text = json.dumps(forge.good_claims(clock.now, iss=signer, aud=f"{signer}/api"))
            twice = f'{{"iss":"{other}",{text[1:-1]},"iss":"{forge.ISSUER}"}}'
            assert (
                refused(several, forge.token(key, twice.encode(), forge.header_for(ec_key, kid="1")))
                == "malformed"
            )
            for iss in ([signer], {signer: 1}, None, "", signer + "/", signer[:-1], signer.upper(), ...):
                claims = forge.good_claims(clock.now, iss=iss, aud=f"{signer}/api")
                token = forge.token(key, claims, forge.header_for(ec_key, kid="1"))
                assert refused(several, token) in {"invalid_claims", "wrong_issuer"}


@pytest.mark.advisory("issuer mix-up")
def test_keys_of_one_issuer_are_not_asked_for_tokens_of_another(
    ec_key: Key, stranger: Key, clock: FakeClock
) -> None:
    asked: list[str] = []

    def fetch(url: str) -> dict[str, Any]:
        asked.append(url)
        host = url.split("/")[2]
        key = (ec_key if host == "auth.example.com" else stranger).named("1")
        return {"issuer": f"https://{host}", "jwks_uri": f"https://{host}/jwks", "keys": [key.public_jwk()]}

    source = IssuerKeys(forge.ISSUER, fetch=fetch, monotonic=clock)
    verifier = Verifier(forge.ISSUER, audience=forge.AUDIENCE, keys=source, clock=clock)
    claims = forge.good_claims(clock.now, iss="https://other.example.com")
    forged = forge.token(stranger.named("1"), claims, forge.header_for(stranger, kid="1"))
    assert refused(verifier, forged) == "invalid_signature"
    assert asked
    assert all(url.startswith(forge.ISSUER) for url in asked)
