"""Large input costs little and is not repeated anywhere."""

import json
import logging
import time
import tracemalloc

import pytest

from gatepass import Key, TokenError, Verifier
from tests.advisories.judging import refused
from tests.support.clock import FakeClock
from tests.verify import forge

HUGE = "QUFB" * 2_000_000


@pytest.fixture
def huge(rsa_key: Key, clock: FakeClock) -> list[str]:
    """Tokens of which one segment is eight million characters long."""
    head, payload, signature = forge.token(rsa_key, forge.good_claims(clock.now)).split(".")
    return [
        *(f"{HUGE}.{payload}.{signature}", f"{head}.{HUGE}.{signature}", f"{head}.{payload}.{HUGE}"),
        *("." * 8_000_000, HUGE, f"{head}.{payload}.{signature}" + "." * 8_000_000, "\u00e9" * 4_000_000),
    ]


@pytest.mark.advisory("CVE-2025-61920")
@pytest.mark.advisory("CVE-2025-65015")
def test_a_huge_token_is_refused_without_work_and_not_quoted(
    verifier: Verifier, huge: list[str], caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        for token in huge:
            began = time.process_time()
            with pytest.raises(TokenError) as caught:
                verifier.verify(token)
            report = verifier.explain(token)
            assert time.process_time() - began < 0.1
            assert caught.value.code == report.code == "malformed"
            assert len(caught.value.reason) + len(str(caught.value)) + len(repr(caught.value)) < 500
            assert len(str(report)) < 500
    assert caplog.text == ""


@pytest.mark.advisory("CVE-2026-119284")
def test_a_huge_token_is_refused_before_it_is_copied(verifier: Verifier, huge: list[str]) -> None:
    for token in huge:
        tracemalloc.start()
        refused(verifier, token)
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert peak < 200_000, "bytes; the token has millions"


@pytest.mark.advisory("CVE-2025-61920")
@pytest.mark.parametrize("part", ["header", "claims", "signature", "kid", "aud", "scope"])
def test_each_part_counts_towards_the_limit(
    verifier: Verifier, rsa_key: Key, clock: FakeClock, part: str
) -> None:
    def made(size: int) -> str:
        text = "x" * size
        header, claims = forge.header_for(rsa_key), forge.good_claims(clock.now)
        if part == "header":
            header["x"] = text
        elif part == "claims":
            claims["x"] = text
        elif part == "kid":
            header["kid"] = text
        elif part == "aud":
            claims["aud"] = [forge.AUDIENCE, *text]
        elif part == "scope":
            claims["scope"] = " ".join(text)
        token = forge.token(rsa_key, claims, header)
        return token + "A" * size if part == "signature" else token

    assert verifier.explain(made(500)).code in {"", "unknown_key", "invalid_signature"}
    assert refused(verifier, made(16_384)) == "malformed"


@pytest.mark.advisory("CVE-2025-65015")
def test_what_a_token_says_is_quoted_shortly(verifier: Verifier, rsa_key: Key, clock: FakeClock) -> None:
    long = "y" * 5_000
    for header, claims in (
        ({"alg": long}, {}),
        ({"typ": long}, {}),
        ({"kid": long}, {}),
        ({}, {"iss": long}),
        ({}, {"aud": long}),
        ({}, {"aud": [long] * 2}),
        ({}, {"exp": long}),
        ({}, {"sub": [long]}),
    ):
        token = forge.token(
            rsa_key, forge.good_claims(clock.now, **claims), forge.header_for(rsa_key, **header)
        )
        with pytest.raises(TokenError) as caught:
            verifier.verify(token)
        assert len(caught.value.reason) < 600
        assert long not in str(verifier.explain(token))


@pytest.mark.advisory("CVE-2020-10735")
@pytest.mark.parametrize("digits", [400, 4_300, 4_301, 9_000])
@pytest.mark.parametrize("claim", ["exp", "nbf", "x"])
def test_a_number_of_many_digits_costs_little(
    verifier: Verifier, rsa_key: Key, clock: FakeClock, digits: int, claim: str
) -> None:
    claims = json.dumps(forge.good_claims(clock.now, **{claim: "@"}))
    for number in (
        "1" * digits,
        "-" + "9" * digits,
        "0." + "1" * digits,
        "1e" + "9" * digits,
        "1e-" + "9" * digits,
    ):
        token = forge.token(rsa_key, claims.replace('"@"', number).encode())
        began = time.process_time()
        codes = [verifier.explain(token).code for _ in range(2)]
        assert time.process_time() - began < 0.1
        assert codes[0] == codes[1]
        if codes[0]:
            assert refused(verifier, token) == codes[0]
        else:
            verifier.verify(token)
