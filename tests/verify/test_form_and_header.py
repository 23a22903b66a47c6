"""The compact form and the header (RFC 7515), judged before anything is believed."""

import json
from collections.abc import Callable

import pytest

from gatepass import (
    InvalidSignatureError,
    Key,
    MalformedTokenError,
    MissingTokenError,
    TokenError,
    UnknownKeyError,
    UnsupportedAlgorithmError,
    Verifier,
    WrongTypeError,
)
from tests.support.clock import FakeClock
from tests.verify import forge


def code_of(verifier: Verifier, token: object) -> str:
    with pytest.raises(TokenError) as caught:
        verifier.verify(token)
    return caught.value.code


@pytest.mark.parametrize("nothing", [None, ""])
def test_no_token_is_told_apart_from_a_bad_one(verifier: Verifier, nothing: object) -> None:
    with pytest.raises(MissingTokenError):
        verifier.verify(nothing)


@pytest.mark.parametrize(
    "rubbish",
    [
        b"a.b.c",
        1,
        0,
        True,
        False,
        1.5,
        [],
        {},
        object(),
        ["a", "b"],
        b"",
        ".",
        "..",
        "...",
        "a",
        "a.b",
        "a.b.c",
        "a.b.c.d.e",
        " ",
        "\x00",
        "\x00.\x00.\x00",
        "é.é.é",
        "\ud800.\ud800.\ud800",
        "e30.e30.e30",
        "e30..",
        "bnVsbA.e30.",
        "\n",
        "e30=.e30=.e30=",
        "." * 20_000,
        "a" * 100_000,
        ("a" * 50_000) + "." + ("a" * 50_000) + ".",
        "W10.W10.W10",
        "MQ.MQ.MQ",
        "IiI.IiI.IiI",
    ],
    ids=lambda value: repr(value)[:20],
)
@pytest.mark.compliance("RFC 7515", "7.1", "a compact token is three base64url segments")
def test_what_is_no_compact_token_is_malformed(verifier: Verifier, rubbish: object) -> None:
    assert code_of(verifier, rubbish) == "malformed"


def test_a_token_of_more_than_16384_characters_is_malformed(
    verifier: Verifier, mint: Callable[..., str]
) -> None:
    assert len(mint(extra="x" * 11_000)) < 16_384
    verifier.verify(mint(extra="x" * 11_000))
    assert code_of(verifier, mint(extra="x" * 12_500)) == "malformed"


@pytest.mark.parametrize("segment", [0, 1, 2])
@pytest.mark.parametrize(
    "spoil", [lambda s: s + "=", lambda s: s + "\n", lambda s: s[:2] + " " + s[2:], lambda s: s[:-1] + "+"]
)
@pytest.mark.compliance("RFC 7515", "2", "base64url without padding, line breaks, white space")
def test_only_the_canonical_base64url_is_read(
    verifier: Verifier, mint: Callable[..., str], segment: int, spoil: Callable[[str], str]
) -> None:
    segments = mint().split(".")
    segments[segment] = spoil(segments[segment])
    assert code_of(verifier, ".".join(segments)) in {"malformed", "invalid_signature"}


def test_spare_bits_of_the_signature_must_be_zero(verifier: Verifier, mint: Callable[..., str]) -> None:
    token = mint()
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    last = alphabet.index(token[-1])
    assert last % 16 == 0, "64 bytes leave four spare bits in the last character"
    assert code_of(verifier, token[:-1] + alphabet[last + 1]) == "malformed"


@pytest.mark.compliance("RFC 7515", "4", "header parameter names must be unique")
@pytest.mark.parametrize(
    "header",
    [
        b'{"alg":"ES256","typ":"at+jwt","alg":"ES256"}',
        b'{"alg":"none","typ":"at+jwt","alg":"ES256"}',
        b'{"alg":"ES256","typ":"at+jwt","x":{"a":1,"a":2}}',
        b'{"alg":"ES256","typ":"at+jwt","\\u0061lg":"ES256"}',
    ],
)
def test_a_member_twice_in_the_header_is_refused(
    verifier: Verifier, key: Key, clock: FakeClock, header: bytes
) -> None:
    assert code_of(verifier, forge.token(key, forge.good_claims(clock.now), header)) == "malformed"


@pytest.mark.compliance("RFC 7519", "4", "claim names must be unique")
def test_a_member_twice_in_the_payload_is_refused(verifier: Verifier, key: Key, clock: FakeClock) -> None:
    good = json.dumps(forge.good_claims(clock.now))
    assert code_of(verifier, forge.token(key, (good[:-1] + ', "sub": "admin"}').encode())) == "malformed"


@pytest.mark.parametrize(
    "payload",
    [
        b"",
        b"null",
        b"[]",
        b'"text"',
        b"1",
        b"{",
        b"{} {}",
        b"\xef\xbb\xbf{}",
        b"\xff\xfe{\x00}\x00",
        b'{"sub":"\xed\xa0\x80"}',
        b'{"sub":"\\ud800"}',
        b'{"exp":NaN}',
        b'{"exp":Infinity}',
        b'{"exp":1e999}',
        b"[" * 5_000,
    ],
    ids=lambda payload: repr(payload)[:24],
)
@pytest.mark.compliance("RFC 7519", "7.2", "the payload must be a JSON object in UTF-8")
def test_a_payload_that_is_no_json_object_is_malformed(verifier: Verifier, key: Key, payload: bytes) -> None:
    assert code_of(verifier, forge.token(key, payload)) == "malformed"


def test_no_depth_of_nesting_gets_past_the_checks(verifier: Verifier, key: Key) -> None:
    deep = b'{"a":' * 2_000 + b"1" + b"}" * 2_000
    # How deep JSON may be nested differs among the versions of Python; that the claims are missing does not.
    assert code_of(verifier, forge.token(key, deep)) in {"malformed", "invalid_claims"}


def test_blanks_and_escapes_in_the_json_are_fine(verifier: Verifier, key: Key, clock: FakeClock) -> None:
    claims = forge.good_claims(clock.now, name="Zoë \U0001f600")
    payload = json.dumps(claims, indent=2).encode()
    assert verifier.verify(forge.token(key, payload)).claims == claims


@pytest.mark.parametrize(
    "alg", ["none", "None", "NONE", "nOnE", "", "HS256", "RS256", "es256", "ES256 ", "ES512", "RSA1_5", "dir"]
)
@pytest.mark.compliance("RFC 8725", "3.1", "only algorithms of the allow-list")
def test_an_algorithm_off_the_list_is_refused(key: Key, clock: FakeClock, alg: str) -> None:
    verifier = Verifier.from_jwks(
        {"keys": [key.public_jwk()]},
        issuer=forge.ISSUER,
        audience=forge.AUDIENCE,
        algorithms=["ES256"],
        clock=clock,
    )
    header = forge.header_for(key, alg=alg)
    token = forge.token(key, forge.good_claims(clock.now), header, alg="ES256")
    assert code_of(verifier, token) == "unsupported_algorithm"
    assert code_of(verifier, token[: token.rindex(".") + 1]) == "unsupported_algorithm"


@pytest.mark.parametrize("alg", [..., None, 1, ["ES256"], {"ES256": 1}, True])
def test_an_algorithm_that_is_no_string_is_malformed(
    verifier: Verifier, key: Key, clock: FakeClock, alg: object
) -> None:
    token = forge.token(key, forge.good_claims(clock.now), forge.header_for(key, alg=alg), alg="ES256")
    assert code_of(verifier, token) == "malformed"


@pytest.mark.compliance("RFC 8725", "3.1", "each key is used with exactly one algorithm")
def test_a_key_is_only_used_with_its_own_algorithm(rsa_key: Key, clock: FakeClock) -> None:
    verifier = Verifier.from_jwks(
        {"keys": [rsa_key.public_jwk("PS256")]}, issuer=forge.ISSUER, audience=forge.AUDIENCE, clock=clock
    )
    claims = forge.good_claims(clock.now)
    verifier.verify(forge.token(rsa_key, claims, forge.header_for(rsa_key, alg="PS256"), alg="PS256"))
    with pytest.raises(UnknownKeyError):
        verifier.verify(forge.token(rsa_key, claims, forge.header_for(rsa_key, alg="RS256"), alg="RS256"))


@pytest.mark.parametrize("typ", ["at+jwt", "application/at+jwt", "AT+JWT", "application/AT+jwt"])
@pytest.mark.compliance("RFC 9068", "4", "typ is at+jwt or application/at+jwt")
def test_the_type_of_an_access_token_is_accepted(
    verifier: Verifier, key: Key, clock: FakeClock, typ: str
) -> None:
    verifier.verify(forge.token(key, forge.good_claims(clock.now), forge.header_for(key, typ=typ)))


@pytest.mark.parametrize(
    "typ",
    [
        ...,
        None,
        "",
        "JWT",
        "jwt",
        "at+jwt ",
        "logout+jwt",
        "dpop+jwt",
        "secevent+jwt",
        "application/jwt",
        1,
        ["at+jwt"],
        "at+ʲwt",
    ],
)
@pytest.mark.compliance("RFC 8725", "3.11", "explicit typing tells kinds of tokens apart")
def test_another_type_is_refused(verifier: Verifier, key: Key, clock: FakeClock, typ: object) -> None:
    with pytest.raises(WrongTypeError):
        verifier.verify(forge.token(key, forge.good_claims(clock.now), forge.header_for(key, typ=typ)))


def test_types_is_another_list_or_none(key: Key, clock: FakeClock) -> None:
    def accepts(types: list[str] | None, typ: object) -> bool:
        verifier = Verifier.from_jwks(
            {"keys": [key.public_jwk()]},
            issuer=forge.ISSUER,
            audience=forge.AUDIENCE,
            clock=clock,
            types=types,
        )
        try:
            verifier.verify(forge.token(key, forge.good_claims(clock.now), forge.header_for(key, typ=typ)))
        except WrongTypeError:
            return False
        return True

    assert accepts(["JWT"], "JWT")
    assert accepts(["JWT"], "jwt")
    assert not accepts(["JWT"], "at+jwt")
    assert not accepts(["JWT"], ...)
    assert accepts(None, "JWT")
    assert accepts(None, ...)


@pytest.mark.parametrize(
    "extra",
    [
        {"crit": ["b64"], "b64": True},
        {"crit": ["exp"], "exp": 1},
        {"crit": []},
        {"crit": ["alg"]},
        {"crit": "x"},
        {"crit": None},
        {"b64": False},
        {"b64": True},
        {"crit": ["http://example.invalid/UNDEFINED"], "http://example.invalid/UNDEFINED": True},
    ],
    ids=str,
)
@pytest.mark.compliance("RFC 7515", "4.1.11", "an extension that is not understood must be refused")
@pytest.mark.compliance("RFC 7797", "6", "b64 is an extension")
def test_critical_extensions_are_refused(
    verifier: Verifier, key: Key, clock: FakeClock, extra: dict[str, object]
) -> None:
    with pytest.raises(MalformedTokenError):
        verifier.verify(forge.token(key, forge.good_claims(clock.now), forge.header_for(key, **extra)))


@pytest.mark.compliance("RFC 7515", "4", "unknown header parameters are ignored")
def test_unknown_header_parameters_are_ignored(verifier: Verifier, key: Key, clock: FakeClock) -> None:
    header = forge.header_for(
        key, cty="x", nonce="y", **{"https://example.com/x": {"deep": [1, 2]}, "zip": "DEF"}
    )
    verifier.verify(forge.token(key, forge.good_claims(clock.now), header))


@pytest.mark.parametrize("name", ["jwk", "jku", "x5u", "x5c", "x5t"])
@pytest.mark.compliance("RFC 8725", "3.10", "do not follow what a token says about its own key")
def test_a_key_that_comes_with_the_token_is_never_used(
    verifier: Verifier, other_key: Key, clock: FakeClock, name: str
) -> None:
    value = {"jwk": other_key.public_jwk(), "x5c": [other_key.public_pem()]}.get(
        name, "https://evil.example/keys"
    )
    claims = forge.good_claims(clock.now)
    with pytest.raises(UnknownKeyError):
        verifier.verify(forge.token(other_key, claims, forge.header_for(other_key, **{name: value})))
    with pytest.raises(InvalidSignatureError):
        verifier.verify(forge.token(other_key, claims, forge.header_for(other_key, kid=..., **{name: value})))


@pytest.mark.parametrize("kid", [None, 1, True, ["k"], {"k": 1}])
def test_a_kid_that_is_no_string_is_malformed(
    verifier: Verifier, key: Key, clock: FakeClock, kid: object
) -> None:
    with pytest.raises(MalformedTokenError):
        verifier.verify(forge.token(key, forge.good_claims(clock.now), forge.header_for(key, kid=kid)))


def test_a_strange_kid_is_just_unknown(verifier: Verifier, key: Key, clock: FakeClock) -> None:
    for kid in ["", "\x00", "../../etc/passwd", "' OR 1=1 --", "k" * 4_000, "é"]:
        with pytest.raises(UnknownKeyError):
            verifier.verify(forge.token(key, forge.good_claims(clock.now), forge.header_for(key, kid=kid)))


@pytest.mark.compliance("RFC 7515", "5.2", "the signature covers header and payload")
def test_any_change_of_one_character_is_noticed(verifier: Verifier, mint: Callable[..., str]) -> None:
    token = mint()
    for place in range(0, len(token), 7):
        changed = token[:place] + ("A" if token[place] != "A" else "B") + token[place + 1 :]
        with pytest.raises(TokenError):
            verifier.verify(changed)


def test_an_unsupported_algorithm_is_named_in_the_reason_alone(
    verifier: Verifier, key: Key, clock: FakeClock
) -> None:
    token = forge.token(key, forge.good_claims(clock.now), forge.header_for(key, alg="XX999"), alg="ES256")
    with pytest.raises(UnsupportedAlgorithmError) as caught:
        verifier.verify(token)
    assert "XX999" in caught.value.reason
    assert "XX999" not in str(caught.value)
