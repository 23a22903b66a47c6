"""RFC 7520, the cookbook: what can be verified here verifies, whatever else there is is refused."""

import json
from typing import Any

import pytest

from gatepass import KeyFormatError, base64url, jose
from gatepass.jwk import key_from_jwk, keys_from_jwks
from tests.vectors.examples import COOKBOOK, agrees, key_of, payload_of

SIGNED = ["jws/4_1.rsa_v15_signature", "jws/4_2.rsa-pss_signature", "jws/4_3.ecdsa_signature"]
SIGNED += ["jws/4_4.hmac-sha2_integrity_protection", "curve25519/jws"]
KEYS = [name for name in COOKBOOK if name.startswith("jwk/")]


@pytest.mark.parametrize("name", SIGNED)
@pytest.mark.compliance("RFC 7520", "4.1 to 4.4", "signature examples")
def test_the_signed_examples_verify(name: str) -> None:
    vector = COOKBOOK[name]
    key = key_of(vector["input"]["key"])
    token = vector["output"]["compact"]
    assert agrees(token, key)
    assert payload_of(token) == vector["input"]["payload"].encode()
    assert token.rpartition(".")[0] == vector["signing"]["sig-input"]
    made = jose.sign(vector["signing"]["sig-input"].encode(), key, vector["input"]["alg"])
    if vector.get("reproducible"):
        assert base64url.encode(made).decode() == vector["signing"]["sig"]
    assert agrees(f"{vector['signing']['sig-input']}.{base64url.encode(made).decode()}", key)


@pytest.mark.compliance("RFC 7520", "4.8", "each signature of several, as a token of its own")
@pytest.mark.parametrize("number", [0, 1, 2])
def test_a_signature_of_several_verifies_where_its_header_is_protected(number: int) -> None:
    vector = COOKBOOK["jws/4_8.multiple_signatures"]
    signature = vector["output"]["json"]["signatures"][number]
    token = f"{signature.get('protected', '')}.{vector['output']['json']['payload']}.{signature['signature']}"
    # The second has no protected header at all, so it is no compact token.
    protected = json.loads(base64url.decode(signature.get("protected", "e30").encode()))
    assert agrees(token, key_of(vector["input"]["key"][number])) == ("alg" in protected)


@pytest.mark.compliance("RFC 7520", "6", "the signed token within the encrypted one")
def test_the_token_within_the_encrypted_one_verifies() -> None:
    nested = COOKBOOK["6.nesting_signatures_and_encryption"]
    token = nested["sign"]["output"]["compact"]
    assert agrees(token, key_of(nested["sign"]["input"]["key"]))
    assert payload_of(token) == nested["sign"]["input"]["payload"].encode()
    assert nested["encrypt"]["input"]["plaintext"] == token


@pytest.mark.parametrize("name", KEYS)
@pytest.mark.compliance("RFC 7520", "3", "keys")
def test_the_keys_are_read(name: str) -> None:
    jwk: dict[str, Any] = COOKBOOK[name]
    if jwk["kty"] == "oct":
        with pytest.raises(KeyFormatError, match="from_secret"):
            key_from_jwk(jwk)
        with pytest.raises(KeyFormatError):
            keys_from_jwks({"keys": [jwk]})
        return
    key = key_from_jwk(jwk)
    assert key.kid == jwk["kid"]
    assert key.is_private == ("d" in jwk)
    assert key.kind == jwk["kty"]
    public = {member: jwk[member] for member in ("kty", "crv", "x", "y", "n", "e") if member in jwk}
    assert public.items() <= key.public_jwk().items()


def test_private_and_public_halves_are_of_one_key() -> None:
    for public, private in (
        ("3_1.ec_public_key", "3_2.ec_private_key"),
        ("3_3.rsa_public_key", "3_4.rsa_private_key"),
    ):
        assert key_from_jwk(COOKBOOK[f"jwk/{public}"]) == key_from_jwk(COOKBOOK[f"jwk/{private}"])


def test_every_example_of_the_cookbook_is_there() -> None:
    folders = [name.partition("/")[0] for name in COOKBOOK]
    counts = {folder: folders.count(folder) for folder in ("jws", "jwk", "jwe", "curve25519", "rfc7797")}
    assert counts == {"jws": 8, "jwk": 6, "jwe": 13, "curve25519": 2, "rfc7797": 2}
