"""Attacks on the memory of verified tokens: it may save work and must never change a verdict."""

import json
import math
import threading
from collections.abc import Callable, Iterable
from typing import Any

import pytest

from gatepass import Key, TokenError, Verifier
from tests.advisories.judging import Ring, on, refused, verdict, verifier_of
from tests.support.clock import FakeClock
from tests.verify import forge


class Sly(str):
    """A string that is another one to whoever asks it politely."""

    __slots__ = ("said",)
    said: str

    @classmethod
    def of(cls, text: str, said: str) -> "Sly":
        sly = cls(text)
        sly.said = said
        return sly

    def __str__(self) -> str:
        return self.said

    def __hash__(self) -> int:
        return hash(self.said)

    def __eq__(self, other: object) -> bool:
        return self.said == other

    def __len__(self) -> int:
        return len(self.said)

    def encode(self, *_: Any, **__: Any) -> bytes:
        return self.said.encode()

    def split(self, *_: Any, **__: Any) -> list[str]:
        return self.said.split(".")


@pytest.mark.advisory("token memory")
@pytest.mark.parametrize("warm", [False, True])
def test_a_string_of_a_class_of_its_own_is_judged_by_its_characters(
    key: Key, clock: FakeClock, warm: bool
) -> None:
    verifier = verifier_of(key, clock=clock)
    good = forge.token(key, forge.good_claims(clock.now))
    if warm:
        verifier.verify(good)
    head, _, signature = good.split(".")
    evil = f"{head}.{forge.segment(forge.good_claims(clock.now, sub='admin')).decode()}.{signature}"
    assert verifier.verify(Sly.of(good, evil)).subject == "user-1"
    assert refused(verifier, Sly.of(evil, good)) == "invalid_signature"
    assert refused(verifier, Sly.of("", good)) == "missing_token"
    assert refused(verifier, Sly.of("x" * 20_000, good)) == "malformed"
    assert refused(verifier, evil) == "invalid_signature", "and nothing of it was remembered"


@pytest.mark.advisory("token memory")
def test_a_remembered_token_with_a_character_more_is_another(key: Key, clock: FakeClock) -> None:
    verifier = verifier_of(key, clock=clock)
    good = forge.token(key, forge.good_claims(clock.now))
    verifier.verify(good)
    extras = (
        "\ud800",
        "\udfff",
        "\udc80",
        "\ufeff",
        "\u200b",
        "\x00",
        "\x7f",
        " ",
        "\n",
        "\u00ad",
        "\U000e0001",
        "A",
        ".",
    )
    for extra in extras:
        for place in (0, 10, good.index("."), good.rindex(".") + 1, len(good)):
            changed = good[:place] + extra + good[place:]
            assert refused(verifier, changed) in {"malformed", "invalid_signature"}
            assert verifier.explain(changed).code in {"malformed", "invalid_signature"}
    wrong: list[object] = [
        good.encode(),
        bytearray(good.encode()),
        memoryview(good.encode()),
        [good],
        (good,),
        {good: 1},
    ]
    for token in wrong:
        assert refused(verifier, token) == "malformed"
    verifier.verify(good)


@pytest.mark.advisory("token memory")
def test_a_remembered_token_is_judged_by_the_time_of_every_call(key: Key, clock: FakeClock) -> None:
    start = clock.now
    claims = forge.good_claims(start, nbf=start - 10, iat=start - 10, exp=start + 10)
    token = forge.token(key, claims)
    remembering, fresh = (verifier_of(key, clock=clock, cache_size=size) for size in (64, 0))
    remembering.verify(token)
    moments = [0, 9.999, 10, 10.001, 1e9, 0, -9.999, -10, -10.001, -70, -70.001, -1e9, 5, 1e12, 1]
    verdicts = []
    for moment in moments:
        clock.now = start + moment
        verdicts.append(verdict(remembering, token))
        assert verdicts[-1] == verdict(fresh, token) == (remembering.explain(token).code or "user-1")
    assert set(verdicts) == {"user-1", "expired", "not_yet_valid"}


@pytest.mark.advisory("token memory")
@pytest.mark.parametrize("now", [math.nan, math.inf, -math.inf, None, "1790000000", True, 1j])
def test_a_broken_clock_lets_no_remembered_token_in(key: Key, now: Any) -> None:
    shown: list[Any] = [1_790_000_000.0]
    verifier = Verifier.from_jwks(
        {"keys": [key.public_jwk()]}, issuer=forge.ISSUER, audience=forge.AUDIENCE, clock=lambda: shown[0]
    )
    token = forge.token(key, forge.good_claims(1_790_000_000))
    verifier.verify(token)
    shown[0] = now
    with pytest.raises((ValueError, TypeError, TokenError)):
        verifier.verify(token)
    shown[0] = 1_790_000_000.0
    verifier.verify(token)


@pytest.mark.advisory("token memory")
@pytest.mark.parametrize("leeway", [0, 0.1, 1 / 3, 30, 3_600])
@pytest.mark.parametrize("fraction", [0, 0.5, 0.1])
def test_the_edges_of_remembered_times_are_those_of_the_checks(
    key: Key, clock: FakeClock, leeway: float, fraction: float
) -> None:
    start = clock.now
    token = forge.token(
        key, forge.good_claims(start, exp=start + 5 + fraction, nbf=start - 5 - fraction, iat=int(start))
    )
    remembering, fresh = (verifier_of(key, clock=clock, cache_size=size, leeway=leeway) for size in (64, 0))
    remembering.verify(token)
    for edge in (start + 5 + fraction + leeway, start - 5 - fraction - leeway, start - 60 - leeway):
        for step in (-1, -1e-3, 0, 1e-3, 1):
            clock.now = edge + step
            assert verdict(remembering, token) == verdict(fresh, token)


@pytest.mark.advisory("CVE-2026-35039")
def test_no_token_gets_the_claims_of_another(key: Key, clock: FakeClock) -> None:
    """Also where a hundred tokens differ in one character, and where the memory holds only eight of them."""
    for size in (1, 8, 1024):
        verifier = verifier_of(key, clock=clock, cache_size=size)
        tokens = {
            str(number): forge.token(key, forge.good_claims(clock.now, sub=str(number), jti="same"))
            for number in range(100)
        }
        for _ in range(3):
            for subject, token in tokens.items():
                principal = verifier.verify(token)
                assert principal.subject == principal.claims["sub"] == subject


@pytest.mark.advisory("CVE-2026-35040")
def test_the_same_token_gets_the_same_verdict_however_often_it_comes(key: Key, clock: FakeClock) -> None:
    verifier = verifier_of(key, clock=clock)
    for changes, expected in (({}, "user-1"), ({"aud": "x"}, "wrong_audience"), ({"exp": 1}, "expired")):
        token = forge.token(key, forge.good_claims(clock.now, **changes))
        assert {verdict(verifier, token) for _ in range(20)} == {expected}


@pytest.mark.advisory("token memory")
def test_what_was_refused_is_not_remembered_as_refused_or_as_good(
    key: Key, other_key: Key, clock: FakeClock
) -> None:
    ring = Ring(key)
    verifier = on(ring, clock)
    early = forge.token(key, forge.good_claims(clock.now, nbf=clock.now + 100))
    foreign = forge.token(other_key, forge.good_claims(clock.now))
    scoped = forge.token(key, forge.good_claims(clock.now, scope="a"))
    assert refused(verifier, early) == "not_yet_valid"
    assert refused(verifier, foreign) == "unknown_key"
    assert verdict(verifier, scoped, scopes=["b"]) == "insufficient_scope"
    assert verdict(verifier, scoped, scopes=["b"]) == "insufficient_scope"
    assert verdict(verifier, scoped, scopes=["a"]) == "user-1"
    clock.advance(100)
    ring.keys = (key, other_key)
    assert verdict(verifier, early) == verdict(verifier, foreign) == "user-1"


@pytest.mark.advisory("token memory")
def test_two_verifiers_share_no_memory(key: Key, clock: FakeClock) -> None:
    token = forge.token(key, forge.good_claims(clock.now))
    jwks = {"keys": [key.public_jwk()]}
    ours = verifier_of(key, clock=clock)
    other_audience = Verifier.from_jwks(jwks, issuer=forge.ISSUER, audience="other", clock=clock)
    other_issuer = Verifier.from_jwks(jwks, issuer="https://o.example", audience=forge.AUDIENCE, clock=clock)
    for _ in range(2):
        assert verdict(ours, token) == "user-1"
        assert verdict(other_audience, token) == "wrong_audience"
        assert verdict(other_issuer, token) == "wrong_issuer"


@pytest.mark.advisory("token memory")
@pytest.mark.compliance("RFC 9449", "7.1", "a bound token is not a bearer token")
def test_a_remembered_token_still_needs_its_proof(key: Key, clock: FakeClock) -> None:
    verifier = verifier_of(key, clock=clock)
    token = forge.token(key, forge.good_claims(clock.now, cnf={"jkt": "thumbprint"}))
    for _ in range(2):
        assert verdict(verifier, token) == "proof_required"
        assert verdict(verifier, token, confirmed={"jkt": "thumbprint"}) == "user-1"
        for wrong in ({}, {"jkt": "other"}, {"jkt": ""}, {"x5t#S256": "thumbprint"}):
            assert verdict(verifier, token, confirmed=wrong) == "proof_required"


@pytest.mark.advisory("token memory")
def test_whoever_gets_a_principal_cannot_change_what_others_get(key: Key, clock: FakeClock) -> None:
    verifier = verifier_of(key, clock=clock)
    token = forge.token(key, forge.good_claims(clock.now, roles=["reader"], aud=[forge.AUDIENCE]))
    first = verifier.verify(token)
    first.claims["roles"].append("admin")
    first.claims["sub"] = "admin"
    first.claims.clear()
    for name in ("subject", "scopes", "audience", "_payload"):
        with pytest.raises(AttributeError):
            setattr(first, name, "admin")
    again = verifier.verify(token)
    assert again.claims["roles"] == ["reader"]
    assert again.subject == again.claims["sub"] == "user-1"


@pytest.mark.advisory("CVE-2026-103001")
def test_lists_that_a_caller_changes_later_change_no_rule(
    rsa_key: Key, other_key: Key, clock: FakeClock
) -> None:
    algorithms, types, audience = ["PS256"], ["at+jwt"], [forge.AUDIENCE]
    jwks: dict[str, Any] = {"keys": [rsa_key.public_jwk("PS256")]}
    untouched = json.dumps(jwks)
    verifier = Verifier.from_jwks(
        jwks, issuer=forge.ISSUER, audience=audience, algorithms=algorithms, types=types, clock=clock
    )
    assert json.dumps(jwks) == untouched
    algorithms.append("ES256")
    types.append("jwt")
    audience.append("other")
    jwks["keys"].append(other_key.public_jwk())

    def ps256(header: dict[str, Any], **claims: Any) -> str:
        header = forge.header_for(rsa_key, alg="PS256", **header)
        return forge.token(rsa_key, forge.good_claims(clock.now, **claims), header, alg="PS256")

    for _ in range(2):
        assert verdict(verifier, ps256({})) == "user-1"
        assert verdict(verifier, ps256({"typ": "JWT"})) == "wrong_type"
        assert verdict(verifier, ps256({}, aud="other")) == "wrong_audience"
        assert (
            verdict(verifier, forge.token(other_key, forge.good_claims(clock.now))) == "unsupported_algorithm"
        )
        scopes = ["orders:read"]
        verifier.verify(ps256({}), scopes=scopes)
        assert scopes == ["orders:read"]


@pytest.mark.advisory("token memory")
def test_threads_get_their_own_verdicts(key: Key, other_key: Key, clock: FakeClock) -> None:
    """Good tokens, forged ones and expired ones at once, in a memory that is too small for them."""
    verifier = verifier_of(key, clock=clock, cache_size=4)
    expected = {
        **{
            forge.token(key, forge.good_claims(clock.now, sub=f"u{number}")): f"u{number}"
            for number in range(12)
        },
        **{forge.token(key, forge.good_claims(clock.now, exp=number)): "expired" for number in range(3)},
        forge.token(other_key, forge.good_claims(clock.now), forge.header_for(key)): "invalid_signature",
    }
    wrong: list[str] = []

    def work(order: Callable[[list[str]], Iterable[str]]) -> None:
        for _ in range(15):
            wrong.extend(
                token for token in order(list(expected)) if verdict(verifier, token) != expected[token]
            )

    orders: list[Callable[[list[str]], Iterable[str]]] = [
        iter,
        reversed,
        sorted,
        lambda tokens: tokens[::2] * 2,
    ]
    threads = [threading.Thread(target=work, args=(order,)) for order in orders]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong
