"""What is not supported is refused with an error that says so, not half understood."""

import json
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from gatepass import Key, KeyFormatError, TokenError, Verifier, base64url
from gatepass.jwk import key_from_jwk
from gatepass.keys import ASYMMETRIC_ALGORITHMS
from tests.vectors.examples import COOKBOOK, RFC, agrees, jwk_of, key_of, tokens_of, verifier_for

ANY_KEY = Key.generate("ES256")
ENCRYPTED = [name for name in COOKBOOK if name.startswith("jwe/") or name == "curve25519/ecdh-es"]
JSON = [name for name in COOKBOOK if {"json", "json_flat"} & COOKBOOK[name].get("output", {}).keys()]


def refused(token: object, key: Key = ANY_KEY) -> str:
    with pytest.raises(TokenError) as caught:
        verifier_for(key).verify(token)
    return caught.value.code


@pytest.mark.compliance("RFC 7515", "A.5", "an unsecured token")
@pytest.mark.compliance("RFC 7519", "6.1", "an unsecured token")
def test_unsecured_tokens_are_refused() -> None:
    for rfc, section in (("rfc7515", "A.5"), ("rfc7519", "6.1")):
        (token,) = tokens_of(rfc, section)
        assert refused(token) == "unsupported_algorithm"


@pytest.mark.compliance("RFC 7515", "E", "a critical header parameter that is not understood")
def test_the_negative_example_of_crit_is_refused() -> None:
    (token,) = tokens_of("rfc7515", "Appendix E")
    findings = {finding.name: finding for finding in verifier_for(ANY_KEY).explain(token).findings}
    assert not findings["alg"].passed
    assert findings["crit"].code == "malformed"
    assert refused(token) == "unsupported_algorithm"


@pytest.mark.parametrize(("rfc", "count"), [("rfc7516", 4), ("rfc7517", 1), ("rfc7519", 2)])
@pytest.mark.compliance("RFC 7516", "9", "a JWE is told apart from a JWS")
def test_encrypted_tokens_are_refused(rfc: str, count: int) -> None:
    tokens = tokens_of(rfc, kind="JWE")
    assert len(tokens) == count
    for token in tokens:
        assert refused(token) == "malformed"
        assert refused(token, key_of(jwk_of("rfc7515", "A.1"))) == "malformed"


@pytest.mark.parametrize("name", ENCRYPTED)
@pytest.mark.compliance("RFC 7520", "5", "encryption examples are not supported")
def test_the_encrypted_examples_of_the_cookbook_are_refused(name: str) -> None:
    output = COOKBOOK[name]["output"]
    forms = [output[form] for form in ("compact", "json", "json_flat") if form in output]
    assert forms
    for form in forms:
        assert refused(form) == "malformed"
        assert refused(form if isinstance(form, str) else json.dumps(form)) == "malformed"


@pytest.mark.compliance("RFC 7520", "6", "nested tokens are not supported")
def test_a_token_within_an_encrypted_one_is_refused() -> None:
    nested = COOKBOOK["6.nesting_signatures_and_encryption"]
    for form in nested["encrypt"]["output"].values():
        assert refused(form, key_of(nested["sign"]["input"]["key"])) == "malformed"


@pytest.mark.parametrize("name", JSON)
@pytest.mark.compliance("RFC 7515", "7.2", "the JSON serialization is not supported")
def test_the_json_serialization_is_refused(name: str) -> None:
    for form in ("json", "json_flat"):
        if form in COOKBOOK[name]["output"]:
            value = COOKBOOK[name]["output"][form]
            assert refused(json.dumps(value)) == "malformed"
            assert refused(value) == "malformed"


@pytest.mark.compliance("RFC 7515", "A.6, A.7", "the general and the flattened JSON serialization")
def test_the_json_examples_of_rfc_7515_are_refused_though_their_signatures_are_good() -> None:
    parts = [tokens_of("rfc7515", section)[0].split(".") for section in ("A.2", "A.3")]
    kids = ["2010-12-29", "e9bc097a-ce51-4036-9562-d2ade882db0d"]
    signatures = [
        {"protected": head, "header": {"kid": kid}, "signature": signature}
        for (head, _, signature), kid in zip(parts, kids, strict=True)
    ]
    general: dict[str, Any] = {"payload": parts[0][1], "signatures": signatures}
    flat = {"payload": parts[1][1], **signatures[1]}
    for section, form in (("A.2", general), ("A.3", general), ("A.3", flat)):
        key = key_of(jwk_of("rfc7515", section))
        assert refused(form, key) == refused(json.dumps(form), key) == "malformed"


@pytest.mark.compliance("RFC 7797", "4.2", "an unencoded payload")
def test_unencoded_payloads_are_refused() -> None:
    _, unencoded = tokens_of("rfc7797")
    key = key_of(jwk_of("rfc7797", "4"))
    assert refused(unencoded, key) == "malformed"
    vector = COOKBOOK["rfc7797/hmac-sha2_b64_false"]
    assert refused(vector["output"]["compact"], key_of(vector["input"]["key"])) == "malformed"


@pytest.mark.compliance("RFC 7515", "F", "detached content is not supported")
@pytest.mark.compliance("RFC 7520", "4.5", "a signature with detached content")
def test_detached_content_is_refused_even_with_the_right_key() -> None:
    vector = COOKBOOK["jws/4_5.signature_with_detached_content"]
    key = key_of(vector["input"]["key"])
    head, nothing, signature = vector["output"]["compact"].split(".")
    assert nothing == ""
    assert refused(vector["output"]["compact"], key) == "invalid_signature"
    # With its content put back it is a token like any other.
    payload = base64url.encode(vector["input"]["payload"].encode()).decode()
    assert agrees(f"{head}.{payload}.{signature}", key)


@pytest.mark.parametrize("curve", ["X25519", "X448"])
@pytest.mark.compliance("RFC 8037", "A.6, A.7", "keys for key agreement do not sign")
def test_keys_for_key_agreement_are_refused(curve: str) -> None:
    found = [entry["jwk"] for entry in RFC["rfc8037"]["jwks"] if entry["jwk"]["crv"] == curve]
    assert found
    for jwk in found:
        with pytest.raises(KeyFormatError, match="cannot sign"):
            key_from_jwk(jwk)


@pytest.mark.compliance("RFC 8812", "3.2", "ES256K is not supported")
def test_the_curve_of_bitcoin_is_refused() -> None:
    numbers = ec.derive_private_key(7, ec.SECP256K1()).public_key().public_numbers()
    jwk = {
        "kty": "EC",
        "crv": "secp256k1",
        "x": base64url.encode(numbers.x.to_bytes(32, "big")).decode(),
        "y": base64url.encode(numbers.y.to_bytes(32, "big")).decode(),
    }
    with pytest.raises(KeyFormatError):
        key_from_jwk(jwk)
    assert "ES256K" not in ASYMMETRIC_ALGORITHMS
    with pytest.raises(ValueError, match="ES256K"):
        Verifier("i", audience="a", algorithms=["ES256K"])
    head = base64url.encode(b'{"alg":"ES256K"}').decode()
    assert refused(f"{head}.e30.{'A' * 86}") == "unsupported_algorithm"
