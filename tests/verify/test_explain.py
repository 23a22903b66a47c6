"""``explain`` tells every check in words, and never the signature."""

from collections.abc import Callable

import pytest

from gatepass import Key, TokenError, Verifier
from tests.support.clock import FakeClock
from tests.verify import forge

Mint = Callable[..., str]


def test_a_good_token_passes_every_check(verifier: Verifier, mint: Mint) -> None:
    report = verifier.explain(mint())
    assert report.accepted
    assert report.code == ""
    assert [finding.name for finding in report.findings] == [
        "form",
        "header",
        "alg",
        "typ",
        "crit",
        "kid",
        "signature",
        "payload",
        "iss",
        "aud",
        "sub",
        "exp",
        "nbf",
        "iat",
        "jti",
        "client_id",
        "sid",
        "scope",
    ]
    assert str(report).startswith("The token is accepted.\n")


def test_every_failure_is_listed_with_expected_and_found(
    verifier: Verifier, mint: Mint, clock: FakeClock
) -> None:
    report = verifier.explain(
        mint(iss="https://other.example", aud=["x", "y"], exp=int(clock.now) - 5, scope=7)
    )
    assert report.code == "wrong_issuer"
    failed = {finding.name: finding for finding in report.findings if not finding.passed}
    assert {name: finding.code for name, finding in failed.items()} == {
        "iss": "wrong_issuer",
        "aud": "wrong_audience",
        "exp": "expired",
        "scope": "invalid_claims",
    }
    text = str(report)
    assert "https://other.example" in text
    assert forge.ISSUER in text
    assert "x, y" in text


def test_dates_are_told_for_people(verifier: Verifier, mint: Mint) -> None:
    assert "2026-09-21" in str(verifier.explain(mint(nbf=1_789_999_999)))


def test_a_header_that_is_refused_is_told_and_the_claims_are_still_looked_at(
    verifier: Verifier, key: Key, clock: FakeClock
) -> None:
    token = forge.token(
        key, forge.good_claims(clock.now, sub=""), forge.header_for(key, typ="JWT", crit=["x"])
    )
    report = verifier.explain(token)
    failed = [finding.name for finding in report.findings if not finding.passed]
    assert failed == ["typ", "crit", "signature", "sub"]
    assert report.code == "wrong_type"


def test_the_signature_is_never_shown(
    verifier: Verifier, mint: Mint, other_key: Key, clock: FakeClock
) -> None:
    good = mint()
    for token in (
        good,
        forge.token(other_key, forge.good_claims(clock.now)),
        good[:-8] + "AAAAAAAA",
        good + ".x",
        good + "=" * 5,
    ):
        signature = token.split(".")[2]
        text = str(verifier.explain(token))
        assert signature[:12] not in text
        assert token not in text


@pytest.mark.parametrize(
    "rubbish", [None, "", b"x", 1, "a", "a.b.c", "e30.e30.e30", "x" * 100_000, "\ud800.a.b", object()]
)
def test_rubbish_is_explained_and_nothing_is_raised(verifier: Verifier, rubbish: object) -> None:
    report = verifier.explain(rubbish)
    assert not report.accepted
    assert len(str(report)) < 5_000


def test_explain_and_verify_agree(verifier: Verifier, key: Key, mint: Mint, clock: FakeClock) -> None:
    tokens = [
        mint(),
        mint(exp=0),
        mint(nbf=clock.now + 5),
        mint(sub=..., iss="x"),
        mint(aud=[]),
        mint(exp=10**30),
        mint(iat=-(10**30)),
    ]
    tokens += [
        forge.token(key, b"[]"),
        forge.token(key, b"{}", b"{}"),
        forge.token(key, forge.good_claims(clock.now), b'{"alg":1}'),
    ]
    for token in tokens:
        try:
            verifier.verify(token)
            code = ""
        except TokenError as error:
            code = error.code
        assert verifier.explain(token).code == code
