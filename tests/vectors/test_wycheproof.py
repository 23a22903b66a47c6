"""Edge cases of signatures: numbers at the ends of their range, paddings that are nearly right, encodings."""

import json
from typing import Any

import pytest

from gatepass import InvalidSignatureError, Key, KeyFormatError, base64url, jose
from gatepass.jwk import key_from_jwk
from tests.vectors.examples import DATA, agrees, key_of

FILES = {
    name: json.loads((DATA / "wycheproof" / f"{name}.json").read_text()) for name in ("ecdsa", "rsa", "eddsa")
}
SETS: list[Any] = [one for file in FILES.values() for one in file]
TOKENS: list[Any] = json.loads((DATA / "wycheproof" / "jws.json").read_text())


def matches(key: Key, alg: str, message: bytes, signature: bytes) -> bool:
    """Whether a signature is good. The messages are no tokens, so they are handed in below the reader of tokens."""
    unproven = jose.Unproven(
        alg=alg, kid=None, header=b"", signing_input=message, payload=b"", signature=signature
    )
    try:
        return jose.find_signer(unproven, [key]) is key
    except InvalidSignatureError:
        return False


@pytest.mark.parametrize(
    "one", SETS, ids=lambda one: f"{one['alg']} {one['source'].removesuffix('_test.json')}"
)
@pytest.mark.compliance("RFC 7518", "3.3 to 3.5", "edge cases of RSA and ECDSA signatures")
@pytest.mark.compliance("RFC 8032", "5.1.7", "edge cases of Ed25519 signatures")
def test_the_edge_cases_agree(one: dict[str, Any]) -> None:
    wrong, heard = [], set()
    for group in one["groups"]:
        try:
            key = key_from_jwk({**group["key"], "alg": one["alg"]})
        except KeyFormatError:
            # A key of small order, for which a signature proves nothing.
            assert {verdict for *_, verdict in group["tests"]} <= {"acceptable", "invalid"}, group["key"]
            continue
        for number, comment, message, signature, verdict in group["tests"]:
            found = matches(
                key, one["alg"], base64url.decode(message.encode()), base64url.decode(signature.encode())
            )
            heard.add(found)
            if verdict != "acceptable" and found != (verdict == "valid"):
                wrong.append((number, comment, verdict))
    assert not wrong
    assert False in heard


def test_the_acceptable_ones_are_known() -> None:
    """Where the collection leaves it open: the NULL of PKCS#1 that is missing, and keys with a part of small order."""
    verdicts = {}
    for one in SETS:
        for group in one["groups"]:
            for number, comment, message, signature, verdict in group["tests"]:
                if verdict == "acceptable":
                    try:
                        key = key_from_jwk({**group["key"], "alg": one["alg"]})
                    except KeyFormatError:
                        verdicts[one["alg"], number] = "key refused"
                        continue
                    decoded = (base64url.decode(text.encode()) for text in (message, signature))
                    verdicts[one["alg"], number] = f"{matches(key, one['alg'], *decoded)} {comment}"
    rsa = {alg: value for (alg, _), value in verdicts.items() if alg.startswith("RS")}
    assert set(rsa) == {"RS256", "RS384", "RS512"}
    assert all(value.startswith("False") for value in rsa.values()), rsa
    assert sum(value == "key refused" for value in verdicts.values()) >= 4


@pytest.mark.parametrize("group", TOKENS, ids=lambda group: str(group["comment"]))
@pytest.mark.compliance("RFC 7515", "5.2", "edge cases of the compact form")
def test_the_edge_cases_of_tokens_agree(group: dict[str, Any]) -> None:
    key = key_of(group["key"])
    verdicts = {number: agrees(token, key) for number, _, token, _ in group["tests"]}
    assert verdicts == {number: verdict == "valid" for number, _, _, verdict in group["tests"]}


def test_the_collection_is_whole() -> None:
    count = sum(len(group["tests"]) for one in SETS for group in one["groups"])
    assert count == 459
    assert {one["alg"] for one in SETS} == {
        *("ES256", "ES384", "ES512", "RS256", "RS384", "RS512", "PS256", "PS384", "EdDSA"),
    }
