"""Keys as objects and as JSON (RFC 7517, RFC 7638)."""

import json
import logging
import pickle

import pytest

from gatepass import Key, KeyFormatError, UnknownKeyError, Verifier, WeakKeyError, load_key
from gatepass.jwk import key_from_jwk, keys_from_jwks
from gatepass.sources import MAX_CANDIDATES
from tests.support.clock import FakeClock
from tests.verify import forge


def jwk_of(key: Key, **changes: object) -> dict[str, object]:
    jwk: dict[str, object] = {**key.public_jwk(), **changes}
    return {name: value for name, value in jwk.items() if value is not ...}


def test_a_key_never_shows_what_it_is_made_of(key: Key, rsa_key: Key) -> None:
    for secret in (key, rsa_key):
        jwk = json.dumps(secret.public_jwk())
        assert '"d"' not in jwk
        for text in (repr(secret), str(secret), f"{secret}", repr([secret]), repr(secret.public_jwk())):
            assert "BEGIN" not in text
            assert secret.to_private_der().hex()[60:90] not in text
    assert repr(key) == f"<Key EC 256 private kid={key.kid!r}>"
    with pytest.raises((TypeError, pickle.PicklingError)):
        pickle.dumps(key)


def test_the_public_half_has_the_same_name(key: Key) -> None:
    public = key.public()
    assert (public.kid, public.is_private) == (key.kid, False)
    assert public.public_pem() == key.public_pem()
    assert load_key(key.public_pem()).kid == key.kid


@pytest.mark.compliance("RFC 7517", "4", "the members of a JWK")
def test_a_public_jwk_has_kid_use_and_alg(key: Key, rsa_key: Key) -> None:
    assert set(key.public_jwk()) == {"kty", "crv", "x", "y", "kid", "use", "alg"}
    assert rsa_key.public_jwk("PS512")["alg"] == "PS512"
    with pytest.raises(KeyFormatError):
        key.public_jwk("RS256")


def test_equal_keys_are_equal(key: Key, other_key: Key) -> None:
    assert key_from_jwk(key.public_jwk()) == key_from_jwk(key.public_jwk())
    assert hash(key_from_jwk(key.public_jwk())) == hash(key_from_jwk(key.public_jwk()))
    assert key != other_key
    assert key != "key"
    assert key.named("x") != key


def test_generating_for_an_unknown_algorithm_names_the_known(key: Key) -> None:
    for alg in ("HS256", "none", "RS1", "ES256K", "Ed448"):
        with pytest.raises(KeyFormatError, match="RS256"):
            Key.generate(alg)
    with pytest.raises(WeakKeyError):
        Key.generate("RS256", bits=1024)
    with pytest.raises(KeyFormatError):
        Key.generate("RS256", bits=32768)
    assert key.algorithms == ("ES256",)


@pytest.mark.compliance("RFC 7517", "4.2", "use")
@pytest.mark.compliance("RFC 7517", "4.3", "key_ops")
@pytest.mark.compliance("RFC 7517", "4.4", "alg")
def test_a_jwk_restricts_itself(rsa_key: Key) -> None:
    assert key_from_jwk(jwk_of(rsa_key, alg="RS512")).algorithms == ("RS512",)
    assert len(key_from_jwk(jwk_of(rsa_key, alg=...)).algorithms) == 6
    key_from_jwk(jwk_of(rsa_key, key_ops=["verify"]))
    changes: tuple[dict[str, object], ...] = (
        {"use": "enc"},
        {"use": 1},
        {"key_ops": ["sign"]},
        {"key_ops": ["encrypt"]},
        {"key_ops": []},
        {"key_ops": "verify"},
        {"alg": "RSA-OAEP"},
        {"alg": "ES256"},
        {"alg": "none"},
        {"alg": ["RS256"]},
        {"kid": 1},
        {"kid": ["a"]},
        {"kty": "oct"},
        {"kty": "EC"},
        {"kty": ...},
        {"n": "AQAB"},
        {"n": ...},
        {"e": ...},
        {"e": "AA"},
        {"e": ""},
        {"e": "Ag"},
        {"e": 3},
    )
    for change in changes:
        with pytest.raises(KeyFormatError):
            key_from_jwk(jwk_of(rsa_key, **change))


def test_a_private_jwk_without_the_operation_sign_only_verifies() -> None:
    jwk = {
        "kty": "OKP",
        "crv": "Ed25519",
        "d": "nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A",
        "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo",
    }
    assert key_from_jwk(jwk).is_private
    assert key_from_jwk({**jwk, "key_ops": ["sign"]}).is_private
    assert not key_from_jwk({**jwk, "key_ops": ["verify"]}).is_private


@pytest.mark.compliance("RFC 7517", "5", "keys that are not understood are ignored")
def test_one_bad_key_does_not_spoil_the_set(
    key: Key, rsa_key: Key, clock: FakeClock, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "gatepass")
    bad: list[object] = [
        None,
        1,
        "x",
        [],
        {},
        {"kty": "unknown", "kid": "odd"},
        jwk_of(rsa_key, n="!"),
        jwk_of(key, x="AAAA"),
    ]
    verifier = Verifier.from_jwks(
        {"keys": [*bad, key.public_jwk(), *bad], "more": 1},
        issuer=forge.ISSUER,
        audience=forge.AUDIENCE,
        clock=clock,
    )
    verifier.verify(forge.token(key, forge.good_claims(clock.now)))
    assert "'odd'" in caplog.text


@pytest.mark.parametrize(
    "jwks",
    [
        None,
        1,
        [],
        {},
        {"keys": {}},
        {"keys": []},
        {"keys": [{"kty": "oct", "k": "AAAA"}]},
        {"keys": [{}] * 101},
    ],
)
def test_a_set_without_a_usable_key_is_refused(jwks: object) -> None:
    with pytest.raises(KeyFormatError):
        keys_from_jwks(jwks)


def test_a_token_without_kid_is_tried_with_the_few_keys_that_may_fit(rsa_key: Key, clock: FakeClock) -> None:
    keys = [Key.generate("ES256") for _ in range(MAX_CANDIDATES + 1)]
    verifier = Verifier.from_jwks(
        {"keys": [rsa_key.public_jwk(), *[key.public_jwk() for key in keys]]},
        issuer=forge.ISSUER,
        audience=forge.AUDIENCE,
        clock=clock,
    )
    claims = forge.good_claims(clock.now)
    outcomes = [
        verifier.explain(forge.token(key, claims, forge.header_for(key, kid=...))).code or "accepted"
        for key in keys
    ]
    assert outcomes == ["accepted"] * MAX_CANDIDATES + ["invalid_signature"]
    assert verifier.explain(forge.token(keys[-1], claims)).accepted, "its kid finds it"


def test_a_kid_chooses_one_key_and_no_other(key: Key, other_key: Key, clock: FakeClock) -> None:
    verifier = Verifier.from_jwks(
        {"keys": [key.public_jwk(), other_key.public_jwk()]},
        issuer=forge.ISSUER,
        audience=forge.AUDIENCE,
        clock=clock,
    )
    token = forge.token(key, forge.good_claims(clock.now), forge.header_for(key, kid=other_key.kid))
    assert verifier.explain(token).code == "invalid_signature"
    with pytest.raises(UnknownKeyError):
        verifier.verify(forge.token(key, forge.good_claims(clock.now), forge.header_for(key, kid="gone")))


def test_two_keys_of_one_name_are_both_tried(key: Key, other_key: Key, clock: FakeClock) -> None:
    verifier = Verifier.from_jwks(
        {"keys": [key.named("k").public_jwk(), other_key.named("k").public_jwk()]},
        issuer=forge.ISSUER,
        audience=forge.AUDIENCE,
        clock=clock,
    )
    for signer in (key, other_key):
        verifier.verify(forge.token(signer, forge.good_claims(clock.now), forge.header_for(signer, kid="k")))


@pytest.mark.compliance("RFC 7515", "4.1.4", "kid is a hint")
def test_a_pinned_key_is_tried_whatever_the_kid_says(key: Key, other_key: Key, clock: FakeClock) -> None:
    verifier = Verifier.from_pem(
        key.public_pem(), issuer=forge.ISSUER, audience=forge.AUDIENCE, algorithms=["ES256"], clock=clock
    )
    for kid in (..., "another name", key.kid):
        verifier.verify(forge.token(key, forge.good_claims(clock.now), forge.header_for(key, kid=kid)))
    token = forge.token(other_key, forge.good_claims(clock.now), forge.header_for(other_key, kid=key.kid))
    assert verifier.explain(token).code == "invalid_signature"


def test_a_source_of_keys_may_be_anything_with_find(key: Key, clock: FakeClock) -> None:
    class Ring:
        keys: list[Key] = [key]  # noqa: RUF012 - a plain list the test changes

        def find(self, kid: str | None, alg: str) -> list[Key]:
            assert alg == "ES256"
            return [known for known in self.keys if known.kid == kid]

    ring = Ring()
    verifier = Verifier(forge.ISSUER, audience=forge.AUDIENCE, keys=ring, clock=clock)
    token = forge.token(key, forge.good_claims(clock.now))
    verifier.verify(token)
    ring.keys = []
    with pytest.raises(UnknownKeyError):
        verifier.verify(token)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"issuer": ""}, "issuer"),
        ({"audience": ""}, "audience"),
        ({"audience": []}, "audience"),
        ({"audience": ["a", ""]}, "audience"),
        ({"algorithms": []}, "algorithms"),
        ({"algorithms": "RS256"}, "algorithms"),
        ({"algorithms": ["none"]}, "algorithms"),
        ({"algorithms": ["RS256", "None"]}, "algorithms"),
        ({"algorithms": ["RS256", "HS256"]}, "mix"),
        ({"leeway": -1}, "leeway"),
        ({"leeway": 3601}, "leeway"),
        ({"leeway": float("nan")}, "leeway"),
        ({"types": []}, "types"),
        ({"types": "at+jwt"}, "types"),
        ({"cache_size": -1}, "cache_size"),
    ],
)
def test_a_verifier_that_makes_no_sense_is_refused(
    key: Key, changes: dict[str, object], sentence: str
) -> None:
    arguments: dict[str, object] = {"issuer": forge.ISSUER, "audience": forge.AUDIENCE, **changes}
    with pytest.raises(ValueError, match=sentence):
        Verifier.from_jwks({"keys": [key.public_jwk()]}, **arguments)  # type: ignore[arg-type] # wrong on purpose
