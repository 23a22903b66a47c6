"""The examples printed in the standards: right ones verify, and those of what is not supported are refused."""

import json
from pathlib import Path
from typing import Any

import pytest

from gatepass import (
    Key,
    KeyFormatError,
    MalformedTokenError,
    TokenError,
    UnsupportedAlgorithmError,
    base64url,
    jose,
)
from gatepass.jwk import key_from_jwk
from gatepass.keys import ASYMMETRIC_ALGORITHMS
from gatepass.rules import Rules
from gatepass.shared_secret import SECRET_ALGORITHMS, secret_key

DATA = Path(__file__).parent / "data"
RFC: dict[str, Any] = json.loads((DATA / "rfc_examples.json").read_text())
COOKBOOK: dict[str, Any] = {
    path.stem: json.loads(path.read_text()) for path in sorted((DATA / "jose-cookbook").glob("*.json"))
}
ANYTHING = Rules(
    issuer="joe",
    audiences=frozenset({"-"}),
    algorithms=frozenset({*ASYMMETRIC_ALGORITHMS, *SECRET_ALGORITHMS}),
    types=None,
    leeway=0,
)


def key_of(jwk: dict[str, Any]) -> Key:
    """The key of an example, a secret included."""
    if jwk["kty"] == "oct":
        return secret_key(base64url.decode(jwk["k"].encode()))
    return key_from_jwk(jwk)


def example(rfc: str, section: str) -> tuple[str, Key]:
    """The token and the key of a section."""
    token = next(entry["token"] for entry in RFC[rfc]["tokens"] if entry["section"].startswith(section))
    jwk = next(entry["jwk"] for entry in RFC[rfc]["jwks"] if entry["section"].startswith(section))
    return token, key_of(jwk)


def payload_of(token: str, key: Key) -> bytes:
    """The payload of a token whose signature matches."""
    unproven = jose.read(token, ANYTHING)
    assert jose.find_signer(unproven, [key]) is key
    return base64url.decode(unproven.payload)


@pytest.mark.parametrize("section", ["A.1", "A.2", "A.3", "A.4"])
@pytest.mark.compliance("RFC 7515", "A.1 to A.4", "HS256, RS256, ES256 and ES512 examples")
def test_the_signature_examples_of_rfc_7515(section: str) -> None:
    token, key = example("rfc7515", section)
    payload = payload_of(token, key)
    assert payload == (
        b"Payload"
        if section == "A.4"
        else b'{"iss":"joe",\r\n "exp":1300819380,\r\n "http://example.com/is_root":true}'
    )
    with pytest.raises(TokenError):
        payload_of(token[:-3] + ("AAA" if not token.endswith("AAA") else "BBB"), key)


@pytest.mark.parametrize("section", ["A.1", "A.2"])
@pytest.mark.compliance("RFC 7515", "A.1, A.2", "the same input gives the same signature")
def test_a_signature_without_chance_is_made_again(section: str) -> None:
    token, key = example("rfc7515", section)
    signing_input, _, signature = token.rpartition(".")
    alg = "HS256" if section == "A.1" else "RS256"
    assert base64url.encode(jose.sign(signing_input.encode(), key, alg)).decode() == signature


@pytest.mark.compliance("RFC 7515", "A.5", "an unsecured token")
@pytest.mark.compliance("RFC 7519", "6.1", "an unsecured token")
def test_unsecured_tokens_are_refused() -> None:
    for rfc, section in (("rfc7515", "A.5"), ("rfc7519", "6.1")):
        token = next(entry["token"] for entry in RFC[rfc]["tokens"] if entry["section"].startswith(section))
        with pytest.raises(UnsupportedAlgorithmError):
            jose.read(token, ANYTHING)


@pytest.mark.compliance("RFC 7515", "E", "a critical header parameter that is not understood")
def test_the_negative_example_of_crit_is_refused() -> None:
    token = next(
        entry["token"] for entry in RFC["rfc7515"]["tokens"] if entry["section"].startswith("Appendix E")
    )
    with pytest.raises(TokenError):
        jose.read(token, ANYTHING)


@pytest.mark.parametrize("rfc", ["rfc7516", "rfc7517", "rfc7519"])
def test_encrypted_tokens_are_refused(rfc: str) -> None:
    encrypted = [entry["token"] for entry in RFC[rfc]["tokens"] if entry["kind"] == "JWE"]
    assert encrypted
    for token in encrypted:
        with pytest.raises(MalformedTokenError):
            jose.read(token, ANYTHING)


@pytest.mark.compliance("RFC 8037", "A.4, A.5", "Ed25519 signing and validation")
def test_the_example_of_rfc_8037_in_both_directions() -> None:
    token = RFC["rfc8037"]["tokens"][0]["token"]
    private, public = (key_of(entry["jwk"]) for entry in RFC["rfc8037"]["jwks"][:2])
    assert payload_of(token, public) == b"Example of Ed25519 signing"
    signing_input, _, signature = token.rpartition(".")
    assert base64url.encode(jose.sign(signing_input.encode(), private, "EdDSA")).decode() == signature


@pytest.mark.compliance("RFC 7638", "3.1", "the thumbprint of an RSA key")
@pytest.mark.compliance("RFC 8037", "A.3", "the thumbprint of an Ed25519 key")
def test_the_thumbprints() -> None:
    assert key_from_jwk(RFC["rfc7638"]["jwk"]).thumbprint == RFC["rfc7638"]["thumbprint"]
    for entry in RFC["rfc8037"]["jwks"][:2]:
        assert key_from_jwk(entry["jwk"]).thumbprint == RFC["rfc8037"]["thumbprint"]


@pytest.mark.compliance("RFC 7797", "4.2", "an unencoded payload")
def test_unencoded_payloads_are_refused_and_encoded_ones_are_not() -> None:
    encoded, unencoded = (entry["token"] for entry in RFC["rfc7797"]["tokens"])
    key = key_of(RFC["rfc7797"]["jwks"][0]["jwk"])
    assert payload_of(encoded, key) == b"$.02"
    with pytest.raises(MalformedTokenError):
        jose.read(unencoded, ANYTHING)


@pytest.mark.compliance("RFC 9101", "4", "a signed request object")
def test_the_request_object_of_rfc_9101() -> None:
    token, key = example("rfc9101", "4.")
    assert json.loads(payload_of(token, key))["iss"] == "s6BhdRkqt3"


@pytest.mark.compliance("RFC 7517", "A.1, A.2", "public and private keys")
def test_the_keys_of_rfc_7517() -> None:
    usable = {}
    for entry in RFC["rfc7517"]["jwks"]:
        try:
            usable[entry["section"][:3] + entry["jwk"].get("kid", "")] = key_from_jwk(entry["jwk"])
        except KeyFormatError:
            continue
    assert usable["A.12011-04-29"].algorithms == ("RS256",)
    assert usable["A.22011-04-29"].is_private
    assert "A.11" not in usable, "its use is enc"
    assert "App1b94c" in usable, "x5c is passed over"
    assert len(usable) == 4, "the EC key of section 3, two RSA keys of appendix A, the one of appendix B"


@pytest.mark.parametrize(
    "name", [name for name in COOKBOOK if name[:3] in {"4_1", "4_2", "4_3", "4_4", "cur"}]
)
@pytest.mark.compliance("RFC 7520", "4", "signature examples")
def test_the_cookbook_verifies(name: str) -> None:
    vector = COOKBOOK[name]
    key = key_of(vector["input"]["key"])
    assert payload_of(vector["output"]["compact"], key) == vector["input"]["payload"].encode()
    if vector.get("reproducible"):
        signature = jose.sign(vector["signing"]["sig-input"].encode(), key, vector["input"]["alg"])
        assert base64url.encode(signature).decode() == vector["signing"]["sig"]


@pytest.mark.parametrize("name", [name for name in COOKBOOK if name[:3] in {"4_5", "rfc"}])
@pytest.mark.compliance("RFC 7515", "F", "detached content is not supported")
def test_detached_and_unencoded_content_does_not_verify(name: str) -> None:
    vector = COOKBOOK[name]
    with pytest.raises(TokenError):
        payload_of(vector["output"]["compact"], key_of(vector["input"]["key"]))


@pytest.mark.parametrize("name", COOKBOOK)
@pytest.mark.compliance("RFC 7515", "7.2", "the JSON serialization is not supported")
def test_the_json_serialization_is_refused(name: str) -> None:
    for form in ("json", "json_flat"):
        if form in COOKBOOK[name]["output"]:
            with pytest.raises(MalformedTokenError):
                jose.read(json.dumps(COOKBOOK[name]["output"][form]), ANYTHING)
            with pytest.raises(MalformedTokenError):
                jose.read(COOKBOOK[name]["output"][form], ANYTHING)
