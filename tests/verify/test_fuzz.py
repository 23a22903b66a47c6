"""Whatever comes in, nothing but a TokenError comes out. Mutants of good tokens are in ``tests/fuzz``."""

import json
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gatepass import Key, TokenError, Verifier
from tests.support.thorough import times
from tests.verify import forge

NOW = 1_790_000_000.0
KEY = Key.generate("EdDSA")
VERIFIERS = (
    Verifier.from_jwks(
        {"keys": [KEY.public_jwk()]}, issuer=forge.ISSUER, audience=forge.AUDIENCE, clock=lambda: NOW
    ),
    Verifier.from_secret(
        "s" * 64, issuer=forge.ISSUER, audience=forge.AUDIENCE, clock=lambda: NOW, types=None
    ),
)

texts = st.text(max_size=20) | st.sampled_from(
    ["at+jwt", "EdDSA", "none", forge.ISSUER, forge.AUDIENCE, KEY.kid]
)
numbers = st.integers() | st.floats() | st.sampled_from([0, -1, 10**30, NOW, NOW + 1, True])
values = st.recursive(
    st.none() | numbers | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=8,
)
claims = st.dictionaries(
    st.sampled_from(["iss", "sub", "aud", "exp", "nbf", "iat", "jti", "client_id", "sid", "scope", "x"]),
    values,
).map(lambda changes: {**forge.good_claims(NOW), **changes})
headers = st.dictionaries(
    st.sampled_from(
        ["alg", "kid", "typ", "crit", "b64", "jwk", "jku", "x5c", "zip", "enc", "cty", "p2c", "x"]
    ),
    values,
).map(lambda changes: {**forge.header_for(KEY), **changes})

bounded = settings(
    max_examples=times(100, thorough=300),
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    database=None,
    derandomize=True,
)


def judge(token: object) -> None:
    for verifier in VERIFIERS:
        report = verifier.explain(token)
        try:
            verifier.verify(token, scopes=["a"])
        except TokenError as error:
            assert error.code in {report.code, "insufficient_scope"}  # noqa: PT017 - either outcome is right, a fault is not


@bounded
@given(values | st.binary() | st.text())
def test_anything_at_all(token: object) -> None:
    judge(token)


@bounded
@given(st.lists(st.text(alphabet="ABCabc019-_=.+/ \x00é", max_size=12), min_size=1, max_size=6).map(".".join))
def test_what_looks_like_a_token(token: str) -> None:
    judge(token)


@bounded
@given(headers, claims)
def test_a_signed_token_of_any_header_and_claims(header: dict[str, Any], payload: dict[str, Any]) -> None:
    judge(
        forge.token(
            KEY,
            json.dumps(payload).encode("utf-8", "surrogatepass"),
            json.dumps(header).encode("utf-8", "surrogatepass"),
        )
    )


@bounded
@given(st.binary(max_size=60), st.binary(max_size=60))
def test_a_signed_token_of_any_bytes(header: bytes, payload: bytes) -> None:
    judge(forge.token(KEY, payload, header))
    judge(forge.token(KEY, payload))
