"""``gatepass.testing.FakeIssuer``: real tokens, real keys, a clock that moves."""

import inspect
import time
from typing import Any

import jwt as pyjwt
import pytest

from gatepass import Key, Signer, TokenError, Verifier
from gatepass.testing import FakeClock, FakeIssuer, TokenOptions
from tests.support.clock import FakeClock as StandingClock


@pytest.fixture
def issuer() -> FakeIssuer:
    return FakeIssuer()


def code_of(verifier: Verifier, token: str) -> str:
    """Why a token is refused."""
    with pytest.raises(TokenError) as caught:
        verifier.verify(token)
    return caught.value.code


@pytest.mark.parametrize("alg", ["ES256", "RS256", "PS384", "EdDSA"])
def test_a_token_without_any_wish_is_good(alg: str) -> None:
    issuer = FakeIssuer(alg=alg)
    principal = issuer.verifier().verify(issuer.token())
    assert (principal.subject, principal.issuer, principal.audience) == (
        "user-1",
        "https://issuer.test",
        ("https://api.test",),
    )
    assert principal.expires_at - time.time() == pytest.approx(1800, abs=30)


def test_a_good_token_is_just_what_the_signer_of_the_library_makes() -> None:
    key, clock = Key.generate("ES256"), StandingClock()
    signer = Signer(key, issuer="https://issuer.test", audience="https://api.test", clock=clock)
    issuer = FakeIssuer(now=clock.now)
    ours, theirs = (
        pyjwt.decode_complete(token, options={"verify_signature": False})
        for token in (
            issuer.token("ann", scopes=["a", "b"], client_id="web", expires_in=60),
            signer.issue("ann", scopes=["a", "b"], client_id="web", expires_in=60),
        )
    )
    for name in ("header", "payload"):
        assert list(ours[name]) == list(theirs[name])
    assert {**ours["payload"], "jti": ""} == {**theirs["payload"], "jti": ""}


def test_a_token_grants_the_scopes_and_holds_the_claims_that_were_asked_for(issuer: FakeIssuer) -> None:
    token = issuer.token(
        "ann", scopes=["orders:read"], claims={"sid": "s", "roles": ["admin"]}, client_id="web"
    )
    principal = issuer.verifier().verify(token, scopes=["orders:read"])
    assert (principal.subject, principal.session_id, principal.client_id) == ("ann", "s", "web")
    assert principal.claims["roles"] == ["admin"]


def test_claims_win_over_every_other_argument(issuer: FakeIssuer) -> None:
    verifier = issuer.verifier()
    assert verifier.verify(issuer.token("ann", claims={"sub": "bob"})).subject == "bob"
    assert verifier.verify(issuer.token(expired=True, claims={"exp": time.time() + 5})).subject == "user-1"
    assert code_of(verifier, issuer.token(claims={"exp": float("nan")})) == "malformed"


def test_the_same_claims_reach_a_verifier_of_somebody_else(issuer: FakeIssuer) -> None:
    key: Any = pyjwt.PyJWK(issuer.jwks()["keys"][0])
    token = issuer.token(header={"x": 1}, claims={"nested": {"a": [1, None]}}, without=["jti"])
    decoded = pyjwt.decode_complete(token, key, ["ES256"], audience=issuer.audience, issuer=issuer.name)
    assert decoded["payload"]["nested"] == {"a": [1, None]}
    assert "jti" not in decoded["payload"]
    assert decoded["header"]["x"] == 1


def test_headers_hold_the_same_token(issuer: FakeIssuer) -> None:
    ((name, value),) = issuer.headers("ann", scopes=["orders:read"]).items()
    assert name == "Authorization"
    assert issuer.verifier().verify(value.removeprefix("Bearer "), scopes=["orders:read"]).subject == "ann"


def test_a_wish_that_nobody_knows_is_refused(issuer: FakeIssuer) -> None:
    wrong: Any = {"expird": True}
    with pytest.raises(TypeError, match="expird"):
        issuer.headers(**wrong)
    with pytest.raises(ValueError, match="'nbf', which this token does not have"):
        issuer.token(without=["nbf"])


def test_a_token_expires_when_the_clock_is_moved_and_a_remembered_one_as_well(issuer: FakeIssuer) -> None:
    verifier, token = issuer.verifier(), issuer.token(expires_in=60)
    verifier.verify(token)
    issuer.clock.advance(61)
    assert code_of(verifier, token) == "expired"
    issuer.clock.advance(-61)
    verifier.verify(token)


def test_a_clock_that_was_told_the_time_stands_still_and_the_other_one_goes() -> None:
    standing = FakeClock(5.0)
    standing.advance(2)
    assert (standing(), standing()) == (7.0, 7.0)
    going = FakeClock()
    going.advance(100)
    first = going()
    assert first == pytest.approx(time.time() + 100, abs=30)
    while going() == first:
        pass
    going.reset()
    assert going() == pytest.approx(time.time(), abs=30)


def test_an_issuer_whose_time_stands_still_makes_tokens_of_that_time() -> None:
    issuer = FakeIssuer(now=1_000_000_000)
    assert issuer.verifier().verify(issuer.token(expires_in=5)).expires_at == 1_000_000_005


def test_after_a_rotation_old_and_new_tokens_are_good_until_the_old_key_is_withdrawn(
    issuer: FakeIssuer,
) -> None:
    verifier, old, old_kid = issuer.verifier(), issuer.token(), issuer.kid
    new_kid = issuer.rotate()
    new = issuer.token()
    assert new_kid == issuer.kid != old_kid
    assert pyjwt.get_unverified_header(new)["kid"] == new_kid
    assert [key["kid"] for key in issuer.jwks()["keys"]] == [old_kid, new_kid]
    for token in (old, new):
        verifier.verify(token)
    issuer.withdraw(old_kid)
    assert code_of(verifier, old) == "unknown_key"
    verifier.verify(new)
    with pytest.raises(ValueError, match="is published"):
        issuer.withdraw(old_kid)


def test_reset_goes_back_to_the_first_key_and_the_first_time(issuer: FakeIssuer) -> None:
    verifier, token, kid = issuer.verifier(), issuer.token(), issuer.kid
    issuer.rotate()
    issuer.withdraw(kid)
    issuer.clock.advance(9999)
    issuer.reset()
    assert issuer.kid == kid
    assert len(issuer.jwks()["keys"]) == 1
    verifier.verify(token)


def test_a_verifier_takes_what_other_verifiers_take(issuer: FakeIssuer) -> None:
    token = issuer.token(expires_in=0)
    issuer.verifier(leeway=30).verify(token)
    assert code_of(issuer.verifier(leeway=0), token) == "expired"
    assert code_of(issuer.verifier(audience=["billing"]), issuer.token()) == "wrong_audience"
    issuer.verifier(audience="billing").verify(issuer.token(audience=["billing", "orders"]))


def test_two_issuers_do_not_take_each_others_tokens(issuer: FakeIssuer) -> None:
    other = FakeIssuer("https://other-issuer.test")
    assert code_of(issuer.verifier(), other.token()) == "unknown_key"
    as_the_first = other.token(issuer=issuer.name)
    assert code_of(issuer.verifier(), as_the_first) == "unknown_key"


def test_a_key_of_the_test_may_sign(issuer: FakeIssuer) -> None:
    key = Key.generate("ES256")
    verifier = Verifier.from_jwks(
        {"keys": [key.public_jwk()]}, issuer=issuer.name, audience=issuer.audience, clock=issuer.clock
    )
    verifier.verify(issuer.token(key=key))
    assert code_of(issuer.verifier(), issuer.token(key=key)) == "unknown_key"


def test_the_type_for_passing_wishes_on_names_every_wish() -> None:
    wishes = inspect.signature(FakeIssuer.token).parameters.keys() - {"self", "subject"}
    assert set(TokenOptions.__annotations__) == wishes
