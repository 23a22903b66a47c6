"""Whatever comes in, nothing but a TokenError comes out, and no changed proof is accepted."""

import json
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gatepass import Key, TokenError
from gatepass.dpop import DPoP, Nonces
from tests.dpop import proofs
from tests.support.thorough import times

NOW = 1_790_000_000.0
KEY = Key.generate("EdDSA")
NONCES = Nonces(b"s" * 32)
NONCE = NONCES.issue(NOW)
PROOF = proofs.sign(KEY, proofs.good_header(KEY), proofs.good_claims(NOW, nonce=NONCE))

bounded = settings(
    max_examples=times(120, thorough=400),
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    database=None,
    derandomize=True,
)
texts = st.text(max_size=20) | st.sampled_from(
    [
        "dpop+jwt",
        "EdDSA",
        "none",
        "GET",
        proofs.URL,
        proofs.ath(),
        "EC",
        "RSA",
        "OKP",
        "P-256",
        "Ed25519",
        "sig",
        "AQAB",
    ]
)
numbers = st.integers() | st.floats() | st.sampled_from([0, -1, 10**400, NOW, NOW + 1, True])
values = st.recursive(
    st.none() | numbers | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=8,
)
jwks = st.dictionaries(
    st.sampled_from(["kty", "crv", "x", "y", "n", "e", "d", "k", "use", "alg", "key_ops", "kid", "oth"]),
    values,
)
headers = st.dictionaries(
    st.sampled_from(["alg", "typ", "crit", "b64", "kid", "jku", "zip", "x"]), values
) | jwks.map(lambda changes: {"jwk": {**proofs.public(KEY), **changes}})
claims = st.dictionaries(
    st.sampled_from(["jti", "htm", "htu", "ath", "iat", "exp", "nbf", "nonce", "x"]), values
)


def accepted(given: Any, **facts: Any) -> bool:
    dpop = DPoP(nonces=NONCES, clock=lambda: NOW)
    request = {"method": "GET", "url": proofs.URL, "token": proofs.TOKEN, **facts}
    try:
        dpop.check(given, **request)
    except TokenError:
        return False
    return True


def test_the_proof_that_is_changed_here_is_good() -> None:
    assert accepted([PROOF])


@bounded
@given(st.lists(values | st.binary() | texts, max_size=3))
def test_anything_at_all(given: list[Any]) -> None:
    assert not accepted(given)


@bounded
@given(st.text(max_size=30), st.text(max_size=30), st.text(max_size=30))
def test_any_request_with_a_good_proof(method: str, url: str, token: str) -> None:
    assert not accepted([PROOF], method=method)
    assert not accepted([PROOF], url=url)
    assert not accepted([PROOF], token=token)
    assert accepted([PROOF], url=f"{proofs.URL}?{''.join(filter(str.isalnum, ascii(url)))}")


@bounded
@given(headers)
def test_any_header_that_is_signed_well(changes: dict[str, Any]) -> None:
    header = {**proofs.good_header(KEY), **changes}
    accepted([proofs.sign(KEY, _json(header), proofs.good_claims(NOW, nonce=NONCE))])


@bounded
@given(claims)
def test_any_claims_that_are_signed_well(changes: dict[str, Any]) -> None:
    payload = {**proofs.good_claims(NOW, nonce=NONCE), **changes}
    accepted([proofs.sign(KEY, proofs.good_header(KEY), _json(payload))])


@bounded
@given(st.binary(max_size=60))
def test_any_bytes_that_are_signed_well(data: bytes) -> None:
    assert not accepted([proofs.sign(KEY, proofs.good_header(KEY), data)])
    assert not accepted([proofs.sign(KEY, data, proofs.good_claims(NOW, nonce=NONCE))])


@bounded
@given(st.integers(0, len(PROOF) - 1), st.integers(1, 3), st.text("ABab01-_.=+/, \n\x00é", max_size=3))
def test_a_proof_of_which_a_part_was_replaced(place: int, length: int, other: str) -> None:
    changed = PROOF[:place] + other + PROOF[place + length :]
    assert accepted([changed]) == (changed == PROOF)


def _json(value: object) -> bytes:

    return json.dumps(value).encode("utf-8", "surrogatepass")
