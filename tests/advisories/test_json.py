"""JSON that two readers may read in two ways, or that brings a reader down."""

import json
from collections.abc import Callable

import pytest

from gatepass import Key, Verifier
from tests.advisories.judging import refused
from tests.support.clock import FakeClock
from tests.verify import forge


def spelled(claims: dict[str, object], extra: str) -> bytes:
    """The claims as JSON, with more text before the closing brace."""
    return f"{json.dumps(claims)[:-1]}{extra}}}".encode()


@pytest.mark.advisory("duplicate members")
@pytest.mark.parametrize(
    "extra",
    [
        *(
            ',"sub":"admin"',
            ',"sub":"user-1"',
            ',"\\u0073ub":"admin"',
            ',"s\\u0075\\u0062":"admin"',
            ', "sub" : "admin"',
        ),
        *(
            ',"x":{"a":1,"a":2}',
            ',"x":[{"a":1,"a":1}]',
            ',"x":{"a":{"b":1,"\\u0062":2}}',
            ',"x":1,"x":1',
            ',"":1,"":2',
        ),
        *(',"exp":9999999999', ',"aud":[]', ',"iss":"https://evil.example"', ',"scope":"admin"'),
    ],
)
@pytest.mark.compliance("RFC 7519", "4", "claim names must be unique")
@pytest.mark.compliance("RFC 8725", "2.6", "readers that differ are a hole")
def test_a_claim_that_stands_there_twice_is_refused(
    verifier: Verifier, rsa_key: Key, clock: FakeClock, extra: str
) -> None:
    claims = forge.good_claims(clock.now)
    verifier.verify(forge.token(rsa_key, spelled(claims, "")))
    assert refused(verifier, forge.token(rsa_key, spelled(claims, extra))) == "malformed"
    assert refused(
        verifier, forge.token(rsa_key, b"{" + extra[1:].encode() + b"," + spelled(claims, extra)[1:])
    ) == ("malformed")


@pytest.mark.advisory("duplicate members")
@pytest.mark.parametrize(
    "extra",
    [
        *(
            ',"alg":"RS256"',
            ',"alg":"none"',
            ',"\\u0061lg":"RS256"',
            ',"kid":"x"',
            ',"typ":"at+jwt"',
            ',"typ":"JWT"',
        ),
        *(',"x":{"a":1,"a":2}', ',"x":1,"x":1', ',"crit":["x"],"crit":[]'),
    ],
)
@pytest.mark.compliance("RFC 7515", "4", "header parameter names must be unique")
def test_a_parameter_that_stands_there_twice_is_refused(
    verifier: Verifier, rsa_key: Key, clock: FakeClock, extra: str
) -> None:
    header, claims = forge.header_for(rsa_key), forge.good_claims(clock.now)
    verifier.verify(forge.token(rsa_key, claims, spelled(header, "")))
    assert refused(verifier, forge.token(rsa_key, claims, spelled(header, extra))) == "malformed"


@pytest.mark.advisory("CVE-2026-101918")
@pytest.mark.advisory("CVE-2026-102265")
@pytest.mark.parametrize(
    "nest",
    [
        lambda n: b"[" * n + b"]" * n,
        lambda n: b'{"a":' * n + b"1" + b"}" * n,
        lambda n: b"[" * n,
        lambda n: b'{"a":' * n,
        lambda n: b'[{"a":' * (n // 2) + b"1" + b"}]" * (n // 2),
        lambda n: b" " * n + b"[" * n,
        lambda n: b'{"x":' + b"[" * n + b"]" * n + b"}",
    ],
)
def test_deep_nesting_is_malformed(verifier: Verifier, rsa_key: Key, nest: Callable[[int], bytes]) -> None:
    for depth in (2, 100, 900, 1_000, 1_100, 1_900):
        assert refused(verifier, forge.token(rsa_key, nest(depth))) in {"malformed", "invalid_claims"}
        assert refused(verifier, forge.token(rsa_key, {}, nest(depth))) == "malformed"
        assert verifier.explain(forge.token(rsa_key, nest(depth), nest(depth))).code == "malformed"


@pytest.mark.advisory("CVE-2026-101918")
def test_deep_nesting_in_a_claim_that_nobody_reads_harms_nothing(
    verifier: Verifier, rsa_key: Key, clock: FakeClock
) -> None:
    """Accepted or refused, but never anything but a TokenError, at any depth; and the same the second time."""
    for depth in (10, 400, 700, 1_000, 2_000):
        payload = spelled(forge.good_claims(clock.now), ',"x":' + "[" * depth + "]" * depth)
        token = forge.token(rsa_key, payload)
        codes = {verifier.explain(token).code for _ in range(2)}
        assert codes <= {"", "malformed"}
        if codes == {""}:
            assert verifier.verify(token).subject == verifier.verify(token).subject == "user-1"
            assert verifier.verify(token).claims["sub"] == "user-1"
        else:
            assert refused(verifier, token) == refused(verifier, token) == "malformed"


@pytest.mark.advisory("joserfc 1.8.0")
@pytest.mark.advisory("Authlib 0.15.4")
@pytest.mark.parametrize(
    "payload", ["[]", "null", '"x"', "1", "true", "", " ", '[{"sub":"admin"}]', '["sub","x"]']
)
def test_a_payload_that_is_no_object_is_malformed(verifier: Verifier, rsa_key: Key, payload: str) -> None:
    assert refused(verifier, forge.token(rsa_key, payload.encode())) == "malformed"
    assert refused(verifier, forge.token(rsa_key, {}, payload.encode())) == "malformed"


@pytest.mark.advisory("JSON in other encodings")
@pytest.mark.parametrize(
    "encode",
    [
        lambda text: text.encode("utf-16"),
        lambda text: text.encode("utf-16-le"),
        lambda text: text.encode("utf-32"),
        lambda text: text.encode("utf-7").replace(b"{", b"+AHs-"),
        lambda text: b"\xef\xbb\xbf" + text.encode(),
        lambda text: text.encode() + b"\0",
        lambda text: text.encode() + b"{}",
        lambda text: text.encode() + b" x",
        lambda text: text.encode().replace(b"user-1", b"\xff"),
        lambda text: text.encode().replace(b"user-1", b"\xc0\xafadmin"),
        lambda text: text.encode().replace(b"user-1", b"\xed\xa0\x80"),
        lambda text: text.encode().replace(b"user-1", b"\\ud800"),
        lambda text: text.encode().replace(b"user-1", b"a\nb"),
        lambda text: text.encode().replace(b"user-1", b"\\x61dmin"),
        lambda text: text.replace('"', "'").encode(),
        lambda text: text.replace('"sub"', "sub").encode(),
        lambda text: text.replace("}", ",}").encode(),
        lambda text: text.replace("{", "{/* admin */").encode(),
        lambda text: text.replace("{", '{"x":01,').encode(),
        lambda text: text.replace("{", '{"x":.5,').encode(),
        lambda text: text.replace("{", '{"x":0x10,').encode(),
        lambda text: text.replace("{", '{"x":+1,').encode(),
        lambda text: text.replace("{", '{"x":NaN,').encode(),
        lambda text: text.replace("{", '{"x":-Infinity,').encode(),
        lambda text: text.replace("{", '{"x":True,').encode(),
        lambda text: text.replace("{", '{"x":undefined,').encode(),
    ],
)
@pytest.mark.compliance("RFC 8259", "8.1", "JSON is UTF-8 without a byte order mark")
def test_json_that_lax_readers_take_is_malformed(
    verifier: Verifier, rsa_key: Key, clock: FakeClock, encode: Callable[[str], bytes]
) -> None:
    claims = json.dumps(forge.good_claims(clock.now))
    verifier.verify(forge.token(rsa_key, claims.encode()))
    assert refused(verifier, forge.token(rsa_key, encode(claims))) == "malformed"
    header = json.dumps({**forge.header_for(rsa_key), "sub": "user-1"})
    verifier.verify(forge.token(rsa_key, claims.encode(), header.encode()))
    assert refused(verifier, forge.token(rsa_key, claims.encode(), encode(header))) == "malformed"
