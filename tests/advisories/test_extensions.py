"""Forms of tokens and extensions that are not understood are refused, never half understood."""

import json
import time
import warnings
from typing import Any

import pytest
from joserfc import jwe
from joserfc.jwk import RSAKey

from gatepass import Key, Verifier
from tests.advisories.judging import refused
from tests.support.clock import FakeClock
from tests.verify import forge


@pytest.mark.advisory("CVE-2026-32597")
@pytest.mark.advisory("CVE-2025-59420")
@pytest.mark.advisory("CVE-2026-35042")
@pytest.mark.parametrize(
    "crit",
    [
        *(["unknown"], ["b64"], ["exp"], ["typ"], ["alg"], ["kid"], [""], ["crit"], ["unknown", "unknown"]),
        *([], "b64", "", None, [1], [None], {}, {"b64": 1}, 0, True, False),
    ],
    ids=repr,
)
def test_critical_extensions_are_never_passed_over(
    verifier: Verifier, rsa_key: Key, clock: FakeClock, crit: object
) -> None:
    verifier.verify(
        forge.token(rsa_key, forge.good_claims(clock.now), forge.header_for(rsa_key, unknown=True))
    )
    header = forge.header_for(rsa_key, crit=crit, unknown=True)
    assert refused(verifier, forge.token(rsa_key, forge.good_claims(clock.now), header)) == "malformed"


@pytest.mark.advisory("CVE-2026-48525")
@pytest.mark.advisory("CVE-2026-48990")
@pytest.mark.advisory("go-jose 5348b9a")
@pytest.mark.parametrize("b64", [False, True, None, 0, "false"])
@pytest.mark.parametrize("crit", [{}, {"crit": ["b64"]}])
def test_an_unencoded_payload_is_never_read(
    verifier: Verifier, rsa_key: Key, clock: FakeClock, b64: object, crit: dict[str, object]
) -> None:
    header = forge.header_for(rsa_key, b64=b64, **crit)
    token = forge.token(rsa_key, forge.good_claims(clock.now), header)
    head, _, signature = token.split(".")
    plain = json.dumps(forge.good_claims(clock.now))
    for spelled in (token, f"{head}..{signature}", f"{head}.{plain}.{signature}"):
        assert refused(verifier, spelled) == "malformed"


ENCRYPTED = [
    {"alg": "dir", "enc": "A256GCM", "zip": "DEF"},
    {"alg": "PBES2-HS256+A128KW", "enc": "A128CBC-HS256", "p2c": 2**31 - 1, "p2s": "AAAA"},
    {"alg": "RSA1_5", "enc": "A128CBC-HS256"},
    {"alg": "RSA-OAEP-256", "enc": "A256GCM", "cty": "JWT"},
    {"alg": "ECDH-ES", "enc": "A128CBC-HS256", "epk": {"kty": "EC", "crv": "P-256", "x": "AA", "y": "AA"}},
]


@pytest.mark.advisory("CVE-2016-6298")
@pytest.mark.advisory("CVE-2022-36083")
@pytest.mark.advisory("CVE-2023-49290")
@pytest.mark.advisory("CVE-2023-50967")
@pytest.mark.advisory("GHSA-2c7c-3mj9-8fqh")
@pytest.mark.advisory("CVE-2023-6681")
@pytest.mark.advisory("CVE-2024-28102")
@pytest.mark.advisory("CVE-2024-28176")
@pytest.mark.advisory("CVE-2024-28180")
@pytest.mark.advisory("CVE-2024-29370")
@pytest.mark.advisory("CVE-2024-33664")
@pytest.mark.advisory("CVE-2025-62706")
@pytest.mark.advisory("CVE-2026-27932")
@pytest.mark.advisory("CVE-2026-28490")
@pytest.mark.advisory("CVE-2026-29000")
@pytest.mark.advisory("CVE-2026-39373")
@pytest.mark.parametrize("header", ENCRYPTED, ids=lambda header: str(header["alg"]))
def test_encrypted_tokens_are_not_even_looked_into(
    verifier: Verifier, rsa_key: Key, header: dict[str, Any]
) -> None:
    segment = forge.segment(header).decode()
    began = time.process_time()
    assert refused(verifier, f"{segment}.AAAA.AAAA.AAAA.AAAA") == "malformed"
    assert refused(verifier, f"{segment}.AAAA.AAAA") == "unsupported_algorithm"
    assert refused(verifier, forge.token(rsa_key, {}, header)) == "unsupported_algorithm"
    assert time.process_time() - began < 0.5


@pytest.mark.advisory("CVE-2022-3102")
@pytest.mark.advisory("CVE-2022-39174")
def test_what_is_encrypted_with_the_key_that_verifies_is_not_signed(
    verifier: Verifier, rsa_key: Key, clock: FakeClock
) -> None:
    """Anybody can encrypt to a public key, so decrypting proves nothing about who wrote it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        public = RSAKey.import_key(rsa_key.public_pem())
        claims = json.dumps(forge.good_claims(clock.now)).encode()
        header = {"alg": "RSA-OAEP", "enc": "A128GCM", "kid": rsa_key.kid, "typ": "at+jwt"}
        token = jwe.encrypt_compact(header, claims, public)
    assert refused(verifier, token) == "malformed"
    # Three of its five segments, in the hope of a reader that counts no further.
    assert refused(verifier, ".".join(token.split(".")[:3])) == "unsupported_algorithm"


@pytest.mark.advisory("CVE-2022-39227")
@pytest.mark.advisory("GHSA-jc38-x7x8-2xc8")
@pytest.mark.advisory("CVE-2026-96760")
@pytest.mark.advisory("CVE-2026-102946")
@pytest.mark.advisory("CVE-2026-84185")
def test_a_json_serialization_is_not_a_token(verifier: Verifier, rsa_key: Key, clock: FakeClock) -> None:
    good = forge.token(rsa_key, forge.good_claims(clock.now))
    verifier.verify(good)
    head, payload, signature = good.split(".")
    evil = forge.segment(forge.good_claims(clock.now, sub="admin")).decode()
    flat: dict[str, Any] = {"protected": head, "payload": payload, "signature": signature}
    forms: list[Any] = [
        flat,
        {**flat, "header": {"alg": "none"}},
        {"payload": payload, "signatures": [{"protected": head, "signature": signature}]},
        {"payload": evil, "signatures": []},
        {"payload": evil},
        {
            "payload": payload,
            "signatures": [{"protected": head, "signature": signature, "header": {"kid": "x"}}],
        },
    ]
    for form in forms:
        for token in (form, json.dumps(form), json.dumps(form).encode()):
            assert refused(verifier, token) == "malformed"


@pytest.mark.advisory("CVE-2022-39227")
def test_no_reading_of_a_polyglot_is_accepted(verifier: Verifier, rsa_key: Key, clock: FakeClock) -> None:
    good = forge.token(rsa_key, forge.good_claims(clock.now))
    verifier.verify(good)
    head, payload, signature = good.split(".")
    evil = forge.segment(forge.good_claims(clock.now, sub="admin")).decode()
    rest = f'"protected":"{head}","payload":"{payload}","signature":"{signature}"'
    for token in (
        f'{{"  {head}.{evil}.":"",{rest}}}',
        f'{{"{head}.{evil}.{signature}":"",{rest}}}',
        f"{head}.{evil}.{signature}.{payload}.{signature}",
        f"{good}.{head}.{evil}.{signature}",
        f"{good} {good}",
        f"{good},{good}",
        f"Bearer {good}",
    ):
        assert refused(verifier, token) == "malformed"
