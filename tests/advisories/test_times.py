"""Times that are no times, or that no clock shows."""

import json
import math

import pytest

from gatepass import Key, Verifier
from tests.advisories.judging import refused, verifier_of
from tests.support.clock import FakeClock
from tests.verify import forge


def written(clock: FakeClock, **times: str) -> bytes:
    """Good claims in which these are written exactly so."""
    text = json.dumps(forge.good_claims(clock.now, **{name: f"@{name}" for name in times}))
    for name, number in times.items():
        text = text.replace(f'"@{name}"', number)
    return text.encode()


@pytest.mark.advisory("joserfc 1.8.0")
@pytest.mark.advisory("pyjwt 2.15.0")
@pytest.mark.parametrize("name", ["exp", "nbf", "iat"])
@pytest.mark.parametrize(
    "value",
    [
        *(
            "true",
            "false",
            "null",
            '""',
            '"x"',
            '"9999999999"',
            '"2099-01-01T00:00:00Z"',
            "[]",
            "[9999999999]",
            "{}",
        ),
        *(
            "NaN",
            "Infinity",
            "-Infinity",
            '"NaN"',
            '"Infinity"',
            "1e400",
            "-1e400",
            "1e999999",
            "9" * 400 + ".0",
        ),
        *(
            "0x7fffffff",
            "1_000",
            "+1",
            "01",
            ".5",
            "1.",
            "1e",
            "--1",
            '{"$date":9999999999}',
            '{"exp":9999999999}',
        ),
    ],
)
@pytest.mark.compliance("RFC 7519", "2", "a NumericDate is a JSON number")
def test_a_time_that_is_no_number_is_refused(
    verifier: Verifier, rsa_key: Key, clock: FakeClock, name: str, value: str
) -> None:
    token = forge.token(rsa_key, written(clock, **{name: value}))
    assert refused(verifier, token) in {"invalid_claims", "malformed"}


@pytest.mark.advisory("times out of range")
@pytest.mark.parametrize(
    ("name", "value", "code"),
    [
        *[
            ("exp", value, "expired")
            for value in ("0", "-0", "-0.0", "-1", "1", "-1e308", "-" + "9" * 300, "1e-300", "1789999999.999")
        ],
        *[
            ("nbf", value, "not_yet_valid")
            for value in ("1e308", "9" * 300, "1790000000.5", "1e11", "9223372036854775808")
        ],
        *[
            ("iat", value, "not_yet_valid")
            for value in ("1e308", "9" * 300, "1790000061", "1790000060.5", "1e11")
        ],
        *[
            ("exp", value, "")
            for value in (
                "1e308",
                "9" * 300,
                "1790000000.5",
                "1e11",
                "253402300800",
                "1e18",
                "9223372036854775808",
            )
        ],
        *[
            ("nbf", value, "")
            for value in ("0", "-0", "-0.0", "-1", "-1e308", "-" + "9" * 300, "1790000000", "1e-300")
        ],
        *[
            ("iat", value, "")
            for value in ("0", "-0", "-0.0", "-1", "-1e308", "-" + "9" * 300, "1790000060", "1e-300")
        ],
    ],
    ids=lambda value: str(value)[:24],
)
def test_any_number_is_compared_as_it_is(
    verifier: Verifier, rsa_key: Key, clock: FakeClock, name: str, value: str, code: str
) -> None:
    """Twice, since what was remembered is judged by the same numbers. The clock shows 1790000000."""
    token = forge.token(rsa_key, written(clock, **{name: value}))
    for _ in range(2):
        assert verifier.explain(token).code == code
        if code:
            assert refused(verifier, token) == code
        else:
            verifier.verify(token)


@pytest.mark.advisory("times out of range")
@pytest.mark.parametrize("value", ["1790000000.25", "1.79000000025e9", "1790000000.2500000001", "1790000001"])
def test_a_fraction_of_a_second_counts(rsa_key: Key, clock: FakeClock, value: str) -> None:
    verifier = verifier_of(rsa_key, clock=clock)
    token = forge.token(rsa_key, written(clock, exp=value))
    verifier.verify(token)
    clock.now = math.nextafter(float(value), 0)
    verifier.verify(token)
    clock.now = float(value)
    assert refused(verifier, token) == "expired"
    clock.now = math.nextafter(float(value), math.inf)
    assert refused(verifier, token) == "expired"


@pytest.mark.advisory("times out of range")
def test_a_leeway_does_not_overflow(rsa_key: Key, clock: FakeClock) -> None:
    verifier = verifier_of(rsa_key, clock=clock, leeway=3_600)
    for name, code in (("exp", ""), ("nbf", "not_yet_valid"), ("iat", "not_yet_valid")):
        for value in ("9" * 300, "1e308", "9223372036854775807"):
            token = forge.token(rsa_key, written(clock, **{name: value}))
            for _ in range(2):
                if code:
                    assert refused(verifier, token) == code
                else:
                    verifier.verify(token)
    for wrong in (-1, 3_601, math.nan, math.inf, "60", True, None):
        with pytest.raises(ValueError, match="leeway"):
            verifier_of(rsa_key, clock=clock, leeway=wrong)
