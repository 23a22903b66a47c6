"""Claims of another kind than they should be, and those that match only in part."""

from typing import Any

import pytest

from gatepass import Key, Verifier
from tests.advisories.judging import refused
from tests.support.clock import FakeClock
from tests.verify import forge


@pytest.mark.advisory("CVE-2024-53861")
@pytest.mark.parametrize(
    "iss",
    [
        *(
            "https://auth.example.co",
            "https://auth.example.com.",
            "https://auth.example.com/",
            "auth.example.com",
            "https",
            "",
        ),
        *(
            "https://auth.example.com.evil.example",
            "https://auth.example.com@evil.example",
            "https://AUTH.example.com",
        ),
        *(
            "https://auth.example.com\x00",
            "https://auth.example.com ",
            "https://auth.example.com#",
            "https://auth.example.c\u043em",
        ),
        *(
            "https://auth.ex\u200bample.com",
            "https://auth.example.com:443",
            "https://evil.example/https://auth.example.com",
        ),
    ],
    ids=ascii,
)
@pytest.mark.compliance("RFC 9068", "4", "iss must match exactly")
def test_the_issuer_is_not_matched_in_part(
    verifier: Verifier, rsa_key: Key, clock: FakeClock, iss: str
) -> None:
    assert refused(verifier, forge.token(rsa_key, forge.good_claims(clock.now, iss=iss))) == "wrong_issuer"


@pytest.mark.advisory("CVE-2026-75509")
@pytest.mark.advisory("CVE-2025-30144")
@pytest.mark.advisory("joserfc 1.7.6")
@pytest.mark.parametrize("name", ["iss", "sub", "jti", "client_id", "sid", "scope"])
@pytest.mark.compliance("RFC 7519", "4.1", "each registered claim has its type")
def test_a_list_with_the_right_name_in_it_is_not_the_name(
    verifier: Verifier, rsa_key: Key, clock: FakeClock, name: str
) -> None:
    right: Any = forge.good_claims(clock.now)[name]
    for value in (
        *(
            [right],
            [right, "evil"],
            ["evil", right],
            [[right]],
            {right: 1},
            {"0": right},
            [],
            {},
            [None],
            None,
        ),
        *(0, 1, -1, 1.5, True, False),
    ):
        token = forge.token(rsa_key, forge.good_claims(clock.now, **{name: value}))
        assert refused(verifier, token) == "invalid_claims"


NO_AUDIENCE: list[Any] = [
    *([[forge.AUDIENCE]], [[forge.AUDIENCE], forge.AUDIENCE], [forge.AUDIENCE, 1], [forge.AUDIENCE, None]),
    *([forge.AUDIENCE, True], [None], [{}], [[]], {forge.AUDIENCE: 1}, {"aud": forge.AUDIENCE}),
    *(None, 0, True, 1.5, ...),
]
ANOTHER_AUDIENCE: list[Any] = [
    *([], "", [""], "https://api.example.com/", "https://api.example.co", "https", "*", ".*"),
    *(list(forge.AUDIENCE), f"{forge.AUDIENCE} x", f"x,{forge.AUDIENCE}", f"{forge.AUDIENCE}\x00"),
]


@pytest.mark.advisory("nested aud")
@pytest.mark.compliance("RFC 7519", "4.1.3", "aud is one string or a list of them, each compared whole")
def test_an_audience_is_one_string_or_a_list_of_strings(
    verifier: Verifier, rsa_key: Key, clock: FakeClock
) -> None:
    for values, code in ((NO_AUDIENCE, "invalid_claims"), (ANOTHER_AUDIENCE, "wrong_audience")):
        for aud in values:
            assert refused(verifier, forge.token(rsa_key, forge.good_claims(clock.now, aud=aud))) == code


@pytest.mark.advisory("CVE-2026-114618")
@pytest.mark.parametrize("audience", [[], (), "", [""], None, [None], 0])
def test_no_verifier_goes_without_an_audience_or_an_issuer(rsa_key: Key, audience: Any) -> None:
    jwks = {"keys": [rsa_key.public_jwk()]}
    with pytest.raises((ValueError, TypeError)):
        Verifier.from_jwks(jwks, issuer=forge.ISSUER, audience=audience)
    with pytest.raises((ValueError, TypeError)):
        Verifier.from_jwks(jwks, issuer=audience, audience=forge.AUDIENCE)


@pytest.mark.advisory("joserfc 1.8.0")
@pytest.mark.parametrize("missing", ["iss", "sub", "aud", "exp"])
def test_what_a_token_must_say_may_not_be_left_out(
    verifier: Verifier, rsa_key: Key, clock: FakeClock, missing: str
) -> None:
    """Neither by leaving it out nor by spelling it in another way."""
    right = forge.good_claims(clock.now)[missing]
    for extra in ({}, {missing.upper(): right}, {f" {missing}": right}, {f"{missing}\x00": right}):
        claims = {**forge.good_claims(clock.now, **{missing: ...}), **extra}
        assert refused(verifier, forge.token(rsa_key, claims)) == "invalid_claims"


@pytest.mark.advisory("CVE-2026-114617")
@pytest.mark.parametrize(
    "claims",
    [
        {"verify_exp": False, "exp": 1},
        {"options": {"verify_exp": False}, "exp": 1},
        {"nonce_supported": False, "iss": "https://evil.example"},
        {"leeway": 10**12, "exp": 1},
        {"aud_supported": False, "aud": "other"},
        {"__class__": "Principal", "exp": 1},
    ],
    ids=str,
)
def test_no_claim_switches_a_check_off(
    verifier: Verifier, rsa_key: Key, clock: FakeClock, claims: dict[str, Any]
) -> None:
    token = forge.token(rsa_key, forge.good_claims(clock.now, **claims))
    assert refused(verifier, token) in {"expired", "wrong_issuer", "wrong_audience"}
