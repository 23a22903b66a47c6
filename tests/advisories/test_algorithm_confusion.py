"""The token says how it is to be checked, and is not believed."""

import hmac

import pytest

from gatepass import Key, Verifier, base64url
from tests.advisories.judging import pinned, refused, verifier_of
from tests.advisories.published import public_forms
from tests.support.clock import FakeClock
from tests.verify import forge

NONE = [
    *(
        "none",
        "None",
        "NONE",
        "nOnE",
        "noNe",
        "",
        " ",
        "none ",
        " none",
        "none\x00",
        "\x00none",
        "no\u200bne",
    ),
    *("n\u043ene", "\uff4e\uff4f\uff4e\uff45", "none\n", "null", "undefined", "0", "false"),
]


@pytest.mark.advisory("CVE-2015-9235")
@pytest.mark.advisory("CVE-2026-28802")
@pytest.mark.parametrize("alg", [*NONE, None, False, 0, [], {}, ["none"], ["RS256"]], ids=repr)
def test_an_unsigned_token_is_refused(
    verifier: Verifier, rsa_key: Key, clock: FakeClock, alg: object
) -> None:
    good = forge.token(rsa_key, forge.good_claims(clock.now))
    verifier.verify(good)
    header = forge.segment({"alg": alg, "typ": "at+jwt", "kid": rsa_key.kid}).decode()
    _, payload, signature = good.split(".")
    for end in (".", f".{signature}", ".AA", "..", ""):
        assert refused(verifier, f"{header}.{payload}{end}") in {"unsupported_algorithm", "malformed"}


@pytest.mark.advisory("CVE-2015-9235")
def test_a_token_without_alg_is_refused(verifier: Verifier, rsa_key: Key, clock: FakeClock) -> None:
    header = forge.header_for(rsa_key, alg=...)
    assert refused(verifier, forge.token(rsa_key, forge.good_claims(clock.now), header)) == "malformed"


@pytest.mark.advisory("CVE-2016-10555")
@pytest.mark.advisory("CVE-2017-11424")
@pytest.mark.advisory("CVE-2022-29217")
@pytest.mark.advisory("CVE-2024-33663")
@pytest.mark.advisory("CVE-2026-85394")
@pytest.mark.advisory("CVE-2026-44699")
@pytest.mark.parametrize("kind", ["RSA", "EC", "OKP"])
def test_a_public_key_never_verifies_an_hmac(keys: dict[str, Key], clock: FakeClock, kind: str) -> None:
    key = keys[kind]
    without_alg = {name: value for name, value in key.public_jwk().items() if name != "alg"}
    verifiers = [
        verifier_of(key, clock=clock),
        pinned(key, clock=clock),
        Verifier.from_jwks(
            {"keys": [without_alg]}, issuer=forge.ISSUER, audience=forge.AUDIENCE, clock=clock
        ),
    ]
    payload = forge.segment(forge.good_claims(clock.now))
    for secret in (*public_forms(key).values(), b"", key.kid.encode()):
        for alg, digest in (("HS256", "sha256"), ("HS512", "sha512")):
            head = forge.segment({"alg": alg, "typ": "at+jwt", "kid": key.kid}) + b"." + payload
            token = head + b"." + base64url.encode(hmac.digest(secret, head, digest))
            for verifier in verifiers:
                assert refused(verifier, token.decode()) == "unsupported_algorithm"


@pytest.mark.advisory("CVE-2016-10555")
@pytest.mark.parametrize("kind", ["RSA", "EC", "OKP"])
def test_a_secret_never_verifies_what_a_key_signed(keys: dict[str, Key], clock: FakeClock, kind: str) -> None:
    verifier = Verifier.from_secret("s" * 64, issuer=forge.ISSUER, audience=forge.AUDIENCE, clock=clock)
    key = keys[kind]
    claims = forge.good_claims(clock.now)
    assert refused(verifier, forge.token(key, claims)) == "unsupported_algorithm"
    header = forge.header_for(key, alg="HS256")
    assert refused(verifier, forge.token(key, claims, header)) == "invalid_signature"


@pytest.mark.advisory("CVE-2026-48526")
def test_an_allow_list_may_not_mix_secrets_and_public_keys(rsa_key: Key) -> None:
    with pytest.raises(ValueError, match="mix"):
        Verifier.from_jwks(
            {"keys": [rsa_key.public_jwk()]}, issuer="i", audience="a", algorithms=["RS256", "HS256"]
        )


@pytest.mark.advisory("CVE-2024-37568")
def test_without_a_list_of_algorithms_the_token_still_does_not_choose(rsa_key: Key, clock: FakeClock) -> None:
    for alg in ("HS256", "HS512", "none", "ES256K", "RSA-OAEP", "RS1", "dir"):
        token = forge.token(rsa_key, forge.good_claims(clock.now), forge.header_for(rsa_key, alg=alg))
        assert refused(pinned(rsa_key, clock=clock), token) == "unsupported_algorithm"


@pytest.mark.advisory("python-jose 419")
def test_a_verifier_without_a_choice_of_algorithms_takes_those_of_its_key(
    keys: dict[str, Key], clock: FakeClock
) -> None:
    verifier = pinned(keys["EC"], clock=clock)
    for name in ("RSA", "OKP"):
        token = forge.token(keys[name], forge.good_claims(clock.now))
        assert refused(verifier, token) == "unsupported_algorithm"


@pytest.mark.advisory("CVE-2026-48523")
@pytest.mark.advisory("CVE-2026-22817")
def test_the_algorithm_of_the_jwk_counts_besides_the_allow_list(clock: FakeClock, rsa_key: Key) -> None:
    key = Key.from_private_der(rsa_key.to_private_der(), trusted=True)
    verifier = Verifier.from_jwks(
        {"keys": [key.public_jwk("PS256")]},
        issuer=forge.ISSUER,
        audience=forge.AUDIENCE,
        algorithms=["RS256", "PS256"],
        clock=clock,
    )
    claims = forge.good_claims(clock.now)
    signed = forge.token(key, claims, forge.header_for(key, alg="PS256"), alg="PS256")
    verifier.verify(signed)
    assert refused(verifier, forge.token(key, claims)) == "unknown_key"
    # Signed with one algorithm, said to be another: neither by the name nor by the key's own.
    for said, used in (("PS256", "RS256"), ("RS256", "PS256")):
        token = forge.token(key, claims, forge.header_for(key, alg=said), alg=used)
        assert refused(verifier, token) in {"unknown_key", "invalid_signature"}


@pytest.mark.advisory("python-jose 274")
def test_a_kid_of_another_kind_of_key_does_not_make_it_verify(keys: dict[str, Key], clock: FakeClock) -> None:
    verifier = verifier_of(*keys.values(), clock=clock)
    claims = forge.good_claims(clock.now)
    for signer in keys.values():
        for named in keys.values():
            token = forge.token(signer, claims, forge.header_for(signer, kid=named.kid))
            if signer is named:
                verifier.verify(token)
            else:
                assert refused(verifier, token) == "unknown_key"


@pytest.mark.advisory("pyjwt 2.11.0")
@pytest.mark.parametrize("said", ["ES256", "ES384", "ES512"])
@pytest.mark.parametrize("used", ["ES256", "ES384", "ES512"])
def test_a_key_on_another_curve_is_not_used(clock: FakeClock, said: str, used: str) -> None:
    key = Key.generate(used)
    claims = forge.good_claims(clock.now)
    token = forge.token(key, claims, forge.header_for(key, alg=said), alg=used)
    named = verifier_of(key, clock=clock)
    if said == used:
        named.verify(token)
    else:
        assert refused(named, token) == "unknown_key"
        assert refused(pinned(key, clock=clock), token) == "unsupported_algorithm"
