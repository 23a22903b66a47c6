"""What is recognised at a glance is what the checks would let pass, without exception."""

import json
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from gatepass import TokenError
from gatepass.checks import CLAIM_CHECKS, apply_all
from gatepass.memory import window_of
from gatepass.plain_sight import plainly_good
from gatepass.rules import Rules, make_rules
from gatepass.strict_json import decode_object
from tests.verify import forge

NOW = 1_790_000_000
RULES = [
    make_rules(forge.ISSUER, forge.AUDIENCE),
    make_rules(forge.ISSUER, [forge.AUDIENCE, "b"], leeway=30),
    make_rules(forge.ISSUER, forge.AUDIENCE, leeway=0.5),
    make_rules(forge.ISSUER, "client-1", audience_claim="client_id"),
    make_rules(forge.ISSUER, forge.AUDIENCE, scope_claims=["scp"]),
    make_rules(forge.ISSUER, forge.AUDIENCE, required_claims={"token_use": "access"}),
]

times = st.one_of(
    st.integers(NOW - 100, NOW + 100),
    st.sampled_from(
        [NOW, NOW - 1, NOW + 1, NOW + 30, NOW - 30, NOW + 60, NOW + 61, -1, 0, 1, 2**63, 10**300]
    ),
    st.floats(allow_nan=False, allow_infinity=False),
    st.booleans(),
    st.none(),
    st.text(max_size=3),
)
texts = st.one_of(
    st.sampled_from([forge.ISSUER, forge.AUDIENCE, "b", "client-1", "", "access", "orders:read"]),
    st.integers(),
    st.none(),
    st.booleans(),
    st.lists(st.sampled_from([forge.AUDIENCE, "b", "", 1, None, ["b"]]), max_size=3),
    st.dictionaries(st.sampled_from(["jkt", "a"]), st.text(max_size=2), max_size=1),
)
changes = st.fixed_dictionaries(
    {},
    optional={
        **dict.fromkeys(("exp", "nbf", "iat"), times),
        **dict.fromkeys(
            ("iss", "aud", "sub", "jti", "client_id", "sid", "scope", "cnf", "scp", "token_use"), texts
        ),
    },
)
missing = st.sets(st.sampled_from(["iss", "aud", "sub", "exp", "iat"]), max_size=1)


@given(
    changes=changes,
    missing=missing,
    rules=st.sampled_from(RULES),
    now=st.sampled_from([NOW, NOW + 0.5, NOW + 600]),
)
@example(changes={"exp": NOW}, missing=set(), rules=RULES[0], now=NOW)
@example(changes={"aud": []}, missing=set(), rules=RULES[0], now=NOW)
@example(changes={"exp": True}, missing=set(), rules=RULES[0], now=0)
def test_claims_that_are_plainly_good_pass_every_check(
    changes: dict[str, Any], missing: set[str], rules: Rules, now: float
) -> None:
    claims = {**forge.good_claims(NOW), **changes}
    # As they come out of a token: whatever JSON makes of them.
    read = decode_object(
        json.dumps({name: value for name, value in claims.items() if name not in missing}).encode()
    )
    if plainly_good(read, rules, now):
        apply_all(CLAIM_CHECKS, read, rules, now)


@given(changes=changes, rules=st.sampled_from(RULES), now=st.integers(NOW - 700, NOW + 700))
def test_the_times_of_a_remembered_token_are_those_of_the_checks(
    changes: dict[str, Any], rules: Rules, now: int
) -> None:
    claims = decode_object(json.dumps({**forge.good_claims(NOW), **changes}).encode())
    try:
        apply_all(CLAIM_CHECKS, claims, rules, NOW)
    except TokenError:
        return  # only verified tokens are remembered
    begins, ends = window_of(claims, rules)
    if begins <= now < ends:
        apply_all(CLAIM_CHECKS, claims, rules, now)


@pytest.mark.parametrize("rules", RULES[:3])
def test_a_usual_token_is_recognised(rules: Rules) -> None:
    assert plainly_good(forge.good_claims(NOW), rules, NOW)
    assert plainly_good(forge.good_claims(NOW, aud=["x", forge.AUDIENCE]), rules, NOW)
    assert plainly_good(forge.good_claims(NOW, cnf={"jkt": "x"}), rules, NOW)
