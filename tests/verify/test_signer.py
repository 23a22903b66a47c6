"""``Signer`` makes the tokens that ``Verifier`` accepts."""

import json
from typing import Any

import pytest

from gatepass import Key, KeyFormatError, PublicKeyGivenError, Signer, Verifier, base64url
from gatepass.keys import ASYMMETRIC_ALGORITHMS
from tests.support.clock import FakeClock
from tests.verify.forge import AUDIENCE, ISSUER


@pytest.fixture
def signer(key: Key, clock: FakeClock) -> Signer:
    return Signer(key, issuer=ISSUER, audience=AUDIENCE, clock=clock)


def parts(token: str) -> tuple[dict[str, Any], dict[str, Any]]:
    header, payload, _ = (
        json.loads(base64url.decode(part.encode()) or b"{}") if n < 2 else {}
        for n, part in enumerate(token.split("."))
    )
    return header, payload


@pytest.mark.compliance("RFC 9068", "2", "header and claims of an access token")
def test_a_token_has_what_an_access_token_needs_and_nothing_else(
    signer: Signer, key: Key, clock: FakeClock
) -> None:
    header, payload = parts(signer.issue("user-1", scopes=["a", "b"], client_id="client-1", jti="token-1"))
    assert header == {"alg": "ES256", "kid": key.kid, "typ": "at+jwt"}
    assert payload == {
        "iss": ISSUER,
        "sub": "user-1",
        "aud": AUDIENCE,
        "exp": int(clock.now) + 1800,
        "iat": int(clock.now),
        "jti": "token-1",
        "client_id": "client-1",
        "scope": "a b",
    }


def test_what_was_not_given_is_left_out(signer: Signer) -> None:
    _, payload = parts(signer.issue("user-1"))
    assert set(payload) == {"iss", "sub", "aud", "exp", "iat", "jti"}


@pytest.mark.compliance("RFC 7519", "4.1.7", "jti is unique")
def test_every_token_has_a_name_of_its_own(signer: Signer) -> None:
    names = {parts(signer.issue("user-1"))[1]["jti"] for _ in range(100)}
    assert len(names) == 100
    assert all(len(name) >= 22 for name in names)


def test_further_claims_are_added_but_never_replace_one(signer: Signer) -> None:
    _, payload = parts(
        signer.issue("user-1", claims={"sid": "s", "auth_time": 5, "nested": {"a": [1, None, "é"]}})
    )
    assert payload["nested"] == {"a": [1, None, "é"]}
    for name in ("iss", "sub", "aud", "exp", "iat", "jti", "client_id", "scope"):
        with pytest.raises(ValueError, match=name):
            signer.issue("user-1", claims={name: "mine"})


def test_audience_and_type_can_differ_by_token(signer: Signer) -> None:
    header, payload = parts(signer.issue("user-1", audience=["a", "b"], typ="JWT"))
    assert (header["typ"], payload["aud"]) == ("JWT", ["a", "b"])
    assert parts(signer.issue("user-1", audience=["a"]))[1]["aud"] == "a"
    for number in range(40):
        assert parts(signer.issue("user-1", typ=f"t{number}"))[0]["typ"] == f"t{number}"


def test_a_lifetime_of_nothing_makes_an_expired_token(signer: Signer, verifier: Verifier) -> None:
    assert verifier.explain(signer.issue("user-1", expires_in=0)).code == "expired"
    assert verifier.explain(signer.issue("user-1", expires_in=1)).accepted


@pytest.mark.parametrize(
    "arguments",
    [
        {"subject": ""},
        {"subject": "\ud800"},
        {"expires_in": -1},
        {"scopes": ["a b"]},
        {"scopes": "orders"},
        {"scopes": [""]},
        {"audience": ""},
        {"audience": []},
        {"claims": {"x": 1j}},
        {"claims": {"x": "y" * 20_000}},
    ],
    ids=str,
)
def test_what_makes_no_token_is_refused(signer: Signer, arguments: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"\.$|\w"):
        signer.issue(**{"subject": "user-1", **arguments})


@pytest.mark.parametrize("alg", ASYMMETRIC_ALGORITHMS)
@pytest.mark.compliance("RFC 7518", "3.1", "the algorithms of JWA")
@pytest.mark.compliance("RFC 9864", "2", "Ed25519 by its own name")
def test_every_algorithm_goes_there_and_back(alg: str, rsa_key: Key, clock: FakeClock) -> None:
    key = rsa_key if alg in rsa_key.algorithms else Key.generate(alg)
    signer = Signer(key, issuer=ISSUER, audience=AUDIENCE, algorithm=alg, clock=clock)
    token = signer.issue("user-1")
    assert parts(token)[0]["alg"] == alg == signer.algorithm
    for verifier in (
        Verifier.from_jwks({"keys": [key.public_jwk(alg)]}, issuer=ISSUER, audience=AUDIENCE, clock=clock),
        Verifier.from_pem(key.public_pem(), issuer=ISSUER, audience=AUDIENCE, algorithms=[alg], clock=clock),
    ):
        assert verifier.verify(token).subject == "user-1"


def test_a_key_does_not_sign_with_an_algorithm_that_is_not_its_own(key: Key, rsa_key: Key) -> None:
    for other, alg in ((key, "RS256"), (rsa_key, "ES256"), (key, "ES384"), (key, "HS256"), (key, "none")):
        with pytest.raises(KeyFormatError):
            Signer(other, issuer=ISSUER, audience=AUDIENCE, algorithm=alg)


def test_a_public_key_does_not_sign(key: Key) -> None:
    with pytest.raises(PublicKeyGivenError, match="private"):
        Signer(key.public(), issuer=ISSUER, audience=AUDIENCE)


def test_a_signer_needs_issuer_and_audience(key: Key) -> None:
    with pytest.raises(ValueError, match="issuer"):
        Signer(key, issuer="", audience=AUDIENCE)
    with pytest.raises(ValueError, match="audience"):
        Signer(key, issuer=ISSUER, audience="")


def test_an_issuer_may_name_its_keys_itself(key: Key, clock: FakeClock) -> None:
    named = key.named("2026-a")
    token = Signer(named, issuer=ISSUER, audience=AUDIENCE, clock=clock).issue("user-1")
    assert parts(token)[0]["kid"] == "2026-a"
    verifier = Verifier.from_jwks(
        {"keys": [named.public_jwk()]}, issuer=ISSUER, audience=AUDIENCE, clock=clock
    )
    assert verifier.verify(token).subject == "user-1"


@pytest.mark.compliance("RFC 8725", "3.11", "a statement of another kind says so in its typ")
def test_other_statements_are_signed_as_they_are(signer: Signer, key: Key) -> None:
    claims = {"sub": "https://auth.example.com/status-lists/1", "iat": 1, "lst": "x" * 100_000}
    header, payload = parts(signer.sign(claims, typ="statuslist+jwt"))
    assert header == {"alg": "ES256", "kid": key.kid, "typ": "statuslist+jwt"}
    assert payload == claims


@pytest.mark.parametrize("typ", ["", "at+jwt", "AT+JWT", "application/at+jwt"])
def test_no_other_statement_passes_for_an_access_token(signer: Signer, typ: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        signer.sign({"sub": "user-1"}, typ=typ)
