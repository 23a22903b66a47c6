"""The signed examples of RFC 7515, RFC 7519, RFC 7797, RFC 8037 and RFC 9101."""

import json

import pytest

from gatepass import base64url, jose
from tests.vectors.examples import RFC, agrees, jwk_of, key_of, payload_of, tokens_of, verifier_for

CLAIMS = b'{"iss":"joe",\r\n "exp":1300819380,\r\n "http://example.com/is_root":true}'


@pytest.mark.parametrize("section", ["A.1", "A.2", "A.3", "A.4"])
@pytest.mark.compliance("RFC 7515", "A.1 to A.4", "HS256, RS256, ES256 and ES512 examples")
def test_the_signature_examples_of_rfc_7515(section: str) -> None:
    (token,) = tokens_of("rfc7515", section)
    key = key_of(jwk_of("rfc7515", section))
    assert agrees(token, key)
    assert payload_of(token) == (b"Payload" if section == "A.4" else CLAIMS)
    changed = token[:-3] + ("AAA" if not token.endswith("AAA") else "BBB")
    assert not agrees(changed, key)


@pytest.mark.compliance("RFC 7515", "A.1 to A.4", "each of its own key")
def test_no_example_verifies_with_the_key_of_another() -> None:
    sections = ("A.1", "A.2", "A.3", "A.4")
    for first in sections:
        for second in sections:
            (token,) = tokens_of("rfc7515", first)
            assert agrees(token, key_of(jwk_of("rfc7515", second))) == (first == second)


@pytest.mark.parametrize("section", ["A.1", "A.2"])
@pytest.mark.compliance("RFC 7515", "A.1, A.2", "the same input gives the same signature")
def test_a_signature_without_chance_is_made_again(section: str) -> None:
    (token,) = tokens_of("rfc7515", section)
    signing_input, _, signature = token.rpartition(".")
    made = jose.sign(
        signing_input.encode(), key_of(jwk_of("rfc7515", section)), {"A.1": "HS256", "A.2": "RS256"}[section]
    )
    assert base64url.encode(made).decode() == signature


@pytest.mark.compliance("RFC 7515", "3.3", "the example JWS")
@pytest.mark.compliance("RFC 7519", "3.1", "the example JWT")
def test_the_example_at_the_beginning_of_both_standards() -> None:
    key = key_of(jwk_of("rfc7515", "A.1"))
    (first,), (second,) = tokens_of("rfc7515", "3.3"), tokens_of("rfc7519", "3.1")
    assert first == second
    assert agrees(first, key)
    assert json.loads(payload_of(first)) == {
        "iss": "joe",
        "exp": 1300819380,
        "http://example.com/is_root": True,
    }
    found = {finding.name: finding for finding in verifier_for(key).explain(first).findings}
    assert found["iss"].passed
    assert found["exp"].passed
    late = verifier_for(key, now=1_300_819_380).explain(first).findings
    assert {finding.name: finding.code for finding in late}["exp"] == "expired"


@pytest.mark.compliance("RFC 8037", "A.4, A.5", "Ed25519 signing and validation")
def test_the_example_of_rfc_8037_in_both_directions() -> None:
    (token,) = tokens_of("rfc8037")
    private, public = (key_of(entry["jwk"]) for entry in RFC["rfc8037"]["jwks"][:2])
    assert agrees(token, public)
    assert agrees(token, private)
    assert payload_of(token) == b"Example of Ed25519 signing"
    signing_input, _, signature = token.rpartition(".")
    assert base64url.encode(jose.sign(signing_input.encode(), private, "EdDSA")).decode() == signature


@pytest.mark.compliance("RFC 7797", "4.1", "the same payload, encoded")
def test_the_encoded_example_of_rfc_7797() -> None:
    encoded, _ = tokens_of("rfc7797")
    assert agrees(encoded, key_of(jwk_of("rfc7797", "4")))
    assert payload_of(encoded) == b"$.02"


@pytest.mark.compliance("RFC 9101", "4", "a signed request object")
def test_the_request_object_of_rfc_9101() -> None:
    key = key_of(jwk_of("rfc9101", "4"))
    tokens = tokens_of("rfc9101")
    assert len(tokens) == 3
    for token in tokens:
        assert agrees(token, key)
        assert json.loads(payload_of(token))["iss"] == "s6BhdRkqt3"


def test_every_example_of_a_signature_is_looked_at() -> None:
    """New data without a test would be a gap that nobody sees."""
    counts = {rfc: len(tokens_of(rfc)) for rfc in RFC if "tokens" in RFC[rfc]}
    assert counts == {
        "rfc7515": 7,
        "rfc7516": 0,
        "rfc7517": 0,
        "rfc7519": 2,
        "rfc7797": 2,
        "rfc8037": 1,
        "rfc9101": 3,
    }
