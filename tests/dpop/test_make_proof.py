"""Proofs that we make ourselves (RFC 9449 section 4.2)."""

import json
from typing import Any

import pytest

from gatepass import Key, PublicKeyGivenError, base64url
from gatepass.dpop import DPoP, make_proof
from gatepass.keys import ASYMMETRIC_ALGORITHMS
from gatepass.shared_secret import secret_key
from tests.dpop import proofs
from tests.support.clock import FakeClock


def parts(proof: str) -> tuple[dict[str, Any], dict[str, Any]]:
    header, payload, _ = proof.split(".")
    return json.loads(base64url.decode(header.encode())), json.loads(base64url.decode(payload.encode()))


@pytest.mark.parametrize("alg", ASYMMETRIC_ALGORITHMS)
def test_what_is_made_is_accepted(dpop: DPoP, rsa_key: Key, clock: FakeClock, alg: str) -> None:
    key = (rsa_key if alg in rsa_key.algorithms else Key.generate(alg)).restrict([alg])
    proof = make_proof(key, method="GET", url=proofs.URL, token=proofs.TOKEN, clock=clock)
    assert parts(proof)[0]["alg"] == alg
    assert proofs.check(dpop, proof) == key.thumbprint


@pytest.mark.compliance("RFC 9449", "4.2", "what a proof holds")
def test_a_proof_holds_what_the_standard_asks_for_and_no_more(key: Key, clock: FakeClock) -> None:
    header, claims = parts(
        make_proof(key, method="PUT", url=proofs.URL, token=proofs.TOKEN, nonce="n", clock=clock)
    )
    assert header == {"typ": "dpop+jwt", "alg": "ES256", "jwk": proofs.public(key)}
    assert set(header["jwk"]) == {"kty", "crv", "x", "y"}
    jti = claims.pop("jti")
    assert len(base64url.decode(jti.encode())) >= 12
    assert claims == {
        "htm": "PUT",
        "htu": proofs.URL,
        "iat": int(clock.now),
        "ath": proofs.ath(),
        "nonce": "n",
    }


def test_the_proof_of_a_token_request_has_neither_hash_nor_nonce(key: Key) -> None:
    _, claims = parts(make_proof(key, method="POST", url="https://auth.example.com/token"))
    assert set(claims) == {"jti", "htm", "htu", "iat"}


@pytest.mark.compliance("RFC 9449", "4.2", "htu is without query and fragment")
@pytest.mark.parametrize("end", ["?a=b", "#c", "?a=b#c", "#c?d"])
def test_query_and_fragment_stay_out_of_a_proof(key: Key, end: str) -> None:
    _, claims = parts(make_proof(key, method="GET", url=proofs.URL + end))
    assert claims["htu"] == proofs.URL


@pytest.mark.compliance("RFC 9449", "4.2", "jti is unique")
def test_every_proof_is_another_one(dpop: DPoP, key: Key, clock: FakeClock) -> None:
    for _ in range(50):
        proof = make_proof(key, method="GET", url=proofs.URL, token=proofs.TOKEN, clock=clock)
        assert proofs.check(dpop, proof)


def test_only_a_private_key_makes_a_proof(key: Key) -> None:
    for wrong in (key.public(), secret_key(b"x" * 64)):
        with pytest.raises(PublicKeyGivenError):
            make_proof(wrong, method="GET", url=proofs.URL)


@pytest.mark.parametrize("url", ["/orders", "", "https://user:secret@api.example.com/", "ftp://a/"])
def test_no_proof_is_made_for_what_is_no_address(key: Key, url: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - that it is refused is what counts
        make_proof(key, method="GET", url=url)


def test_no_proof_is_made_for_what_is_no_token(key: Key) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - that it is refused is what counts
        make_proof(key, method="GET", url=proofs.URL, token="é")
