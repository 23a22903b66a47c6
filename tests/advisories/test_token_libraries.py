"""Past holes of neighbouring token libraries, each kept shut by a test."""

import base64
import hmac
import json
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_public_key

from gatepass import Key, KeyFormatError, TokenError, Verifier, base64url
from gatepass.discovery import IssuerKeys
from gatepass.fetch import FetchError
from gatepass.jwk import key_from_jwk
from gatepass.shared_secret import secret_key
from tests.support.clock import FakeClock
from tests.verify import forge


@pytest.fixture(scope="module")
def rsa_key() -> Key:
    return Key.generate("RS256")


@pytest.fixture(scope="module")
def keys(rsa_key: Key) -> dict[str, Key]:
    return {"RSA": rsa_key, "EC": Key.generate("ES256"), "OKP": Key.generate("EdDSA")}


@pytest.fixture
def verifier(rsa_key: Key, clock: FakeClock) -> Verifier:
    return Verifier.from_jwks(
        {"keys": [rsa_key.public_jwk()]}, issuer=forge.ISSUER, audience=forge.AUDIENCE, clock=clock
    )


def refused(verifier: Verifier, token: object) -> str:
    with pytest.raises(TokenError) as caught:
        verifier.verify(token)
    return caught.value.code


def public_forms(key: Key) -> dict[str, bytes]:
    """Everything a public key is published as."""
    public = load_pem_public_key(key.public_pem().encode())
    jwk = json.dumps(key.public_jwk()).encode()
    forms = {
        "PEM": key.public_pem().encode(),
        "PEM without the last line": key.public_pem().encode().rsplit(b"-----END", 1)[0],
        "PEM on one line": key.public_pem().replace("\n", "").encode(),
        "PEM with other line ends": key.public_pem().replace("\n", "\r\n").encode(),
        "PEM with leading text": b"comment\n" + key.public_pem().encode(),
        "DER": public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo),
        "DER and a line end": public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo) + b"\n",
        "OpenSSH": public.public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH),
        "OpenSSH in authorized_keys": b'command="x" '
        + public.public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH)
        + b" me@here",
        "JWK": jwk,
        "JWK with blanks": b" \n" + jwk.replace(b",", b" , "),
        "JWK in an array": b"[" + jwk + b"]",
        "JWK as a JSON string": json.dumps(jwk.decode()).encode(),
        "JWK set": json.dumps({"keys": [key.public_jwk()]}).encode(),
    }
    if key.kind == "RSA":
        forms["PKCS#1 PEM"] = public.public_bytes(Encoding.PEM, PublicFormat.PKCS1)
        forms["PKCS#1 DER"] = public.public_bytes(Encoding.DER, PublicFormat.PKCS1)
    return forms


def wrappings(data: bytes) -> list[bytes]:
    """The same bytes as people wrap them."""
    wrapped = [
        data,
        b"\xef\xbb\xbf" + data,
        base64.b64encode(data),
        base64.encodebytes(data),
        base64.urlsafe_b64encode(data).rstrip(b"="),
        base64.b64encode(base64.b64encode(data)),
        data.hex().encode(),
    ]
    if data.isascii():
        wrapped += [data.decode().encode("utf-16"), base64.b64encode(b"\xef\xbb\xbf" + data)]
    return wrapped


@pytest.mark.advisory("CVE-2015-9235")
@pytest.mark.parametrize("alg", ["none", "None", "NONE", "nOnE", "", "null", None])
def test_an_unsigned_token_is_refused(
    verifier: Verifier, rsa_key: Key, clock: FakeClock, alg: object
) -> None:
    head = (
        forge.segment({"alg": alg, "typ": "at+jwt", "kid": rsa_key.kid})
        + b"."
        + forge.segment(forge.good_claims(clock.now))
    )
    signed = forge.token(rsa_key, forge.good_claims(clock.now)).rpartition(".")[2]
    for signature in ("", signed, "AA"):
        assert refused(verifier, f"{head.decode()}.{signature}") in {"unsupported_algorithm", "malformed"}


@pytest.mark.advisory("CVE-2016-10555")
@pytest.mark.advisory("CVE-2017-11424")
@pytest.mark.advisory("CVE-2022-29217")
@pytest.mark.advisory("CVE-2024-33663")
@pytest.mark.parametrize("kind", ["RSA", "EC", "OKP"])
def test_a_public_key_never_verifies_an_hmac(keys: dict[str, Key], clock: FakeClock, kind: str) -> None:
    key = keys[kind]
    made: list[Verifier] = [
        Verifier.from_jwks(
            {"keys": [key.public_jwk()]}, issuer=forge.ISSUER, audience=forge.AUDIENCE, clock=clock
        ),
        Verifier.from_pem(key.public_pem(), issuer=forge.ISSUER, audience=forge.AUDIENCE, clock=clock),
    ]
    for secret in public_forms(key).values():
        head = (
            forge.segment({"alg": "HS256", "typ": "at+jwt", "kid": key.kid})
            + b"."
            + forge.segment(forge.good_claims(clock.now))
        )
        token = head + b"." + base64url.encode(hmac.digest(secret, head, "sha256"))
        for verifier in made:
            assert refused(verifier, token.decode()) == "unsupported_algorithm"


@pytest.mark.advisory("CVE-2026-48526")
@pytest.mark.advisory("GHSA-r6x4-923q-g947")
@pytest.mark.advisory("GHSA-ffc3-869f-jxw9")
@pytest.mark.advisory("GHSA-p4g4-x82p-q773")
@pytest.mark.advisory("GHSA-w2cx-738m-mc7w")
@pytest.mark.parametrize("kind", ["RSA", "EC", "OKP"])
def test_nothing_that_is_published_is_taken_for_a_secret(keys: dict[str, Key], kind: str) -> None:
    for form in public_forms(keys[kind]).values():
        for wrapped in wrappings(form):
            with pytest.raises(KeyFormatError, match="looks like"):
                secret_key(wrapped)


@pytest.mark.advisory("joserfc 1.7.7")
def test_a_certificate_is_not_taken_for_a_secret(tmp_path: Path) -> None:
    command = (
        "openssl req -x509 -newkey rsa:2048 -nodes -subj /CN=x -keyout key -out crt "
        "&& openssl x509 -in crt -outform DER -out der"
    )
    subprocess.run(["sh", "-c", command], check=True, capture_output=True, cwd=tmp_path, timeout=60)
    for name in ("crt", "der", "key"):
        for wrapped in wrappings((tmp_path / name).read_bytes()):
            with pytest.raises(KeyFormatError):
                secret_key(wrapped)


@pytest.mark.advisory("CVE-2026-48526")
def test_an_allow_list_may_not_mix_secrets_and_public_keys(rsa_key: Key) -> None:
    with pytest.raises(ValueError, match="mix"):
        Verifier.from_jwks(
            {"keys": [rsa_key.public_jwk()]}, issuer="i", audience="a", algorithms=["RS256", "HS256"]
        )


@pytest.mark.advisory("CVE-2024-37568")
def test_without_a_list_of_algorithms_the_token_still_does_not_choose(rsa_key: Key, clock: FakeClock) -> None:
    for alg in ("HS256", "HS512", "none", "ES256K", "RSA-OAEP"):
        verifier = Verifier.from_pem(
            rsa_key.public_pem(), issuer=forge.ISSUER, audience=forge.AUDIENCE, clock=clock
        )
        token = forge.token(rsa_key, forge.good_claims(clock.now), forge.header_for(rsa_key, alg=alg))
        assert refused(verifier, token) == "unsupported_algorithm"


@pytest.mark.advisory("GHSA-jq35-7prp-9v3f")
def test_the_algorithm_of_the_jwk_counts_besides_the_allow_list(clock: FakeClock) -> None:
    key = Key.from_private_der(Key.generate("RS256").to_private_der())
    verifier = Verifier.from_jwks(
        {"keys": [key.public_jwk("PS256")]},
        issuer=forge.ISSUER,
        audience=forge.AUDIENCE,
        algorithms=["RS256", "PS256"],
        clock=clock,
    )
    assert refused(verifier, forge.token(key, forge.good_claims(clock.now))) == "unknown_key"
    verifier.verify(
        forge.token(key, forge.good_claims(clock.now), forge.header_for(key, alg="PS256"), alg="PS256")
    )


@pytest.mark.advisory("GHSA-pxh4-856f-4h89")
@pytest.mark.advisory("joserfc 1.6.8")
def test_an_empty_secret_is_refused() -> None:
    for empty in (b"", "", b" ", "\x00", b"\x00" * 31):
        with pytest.raises(KeyFormatError):
            secret_key(empty)
    for k in ("", "AA"):
        with pytest.raises(KeyFormatError):
            key_from_jwk({"kty": "oct", "k": k})


@pytest.mark.advisory("GHSA-75c5-xw7c-p5pm")
@pytest.mark.parametrize(
    "iss",
    [
        "https://auth.example.co",
        "https://auth.example.com.",
        "auth.example.com",
        "",
        [forge.ISSUER],
        {forge.ISSUER: 1},
    ],
)
def test_the_issuer_is_not_matched_in_part(
    verifier: Verifier, rsa_key: Key, clock: FakeClock, iss: object
) -> None:
    assert refused(verifier, forge.token(rsa_key, forge.good_claims(clock.now, iss=iss))) in {
        "wrong_issuer",
        "invalid_claims",
    }


@pytest.mark.advisory("CVE-2026-32597")
@pytest.mark.advisory("GHSA-752w-5fwx-jx9f")
@pytest.mark.advisory("CVE-2025-59420")
@pytest.mark.parametrize("crit", [["unknown"], ["b64"], ["exp"], ["typ"], [], "b64", None, [1], {"b64": 1}])
def test_critical_extensions_are_never_passed_over(
    verifier: Verifier, rsa_key: Key, clock: FakeClock, crit: object
) -> None:
    header = forge.header_for(rsa_key, crit=crit, unknown=True)
    assert refused(verifier, forge.token(rsa_key, forge.good_claims(clock.now), header)) == "malformed"


@pytest.mark.advisory("GHSA-w7vc-732c-9m39")
@pytest.mark.advisory("PYSEC-2026-178")
@pytest.mark.advisory("go-jose 5348b9a")
def test_an_unencoded_payload_is_never_read(verifier: Verifier, rsa_key: Key, clock: FakeClock) -> None:
    for extra in ({"b64": False}, {"b64": False, "crit": ["b64"]}, {"b64": True, "crit": ["b64"]}):
        header = forge.header_for(rsa_key, **extra)
        assert refused(verifier, forge.token(rsa_key, forge.good_claims(clock.now), header)) == "malformed"


@pytest.mark.advisory("CVE-2018-0114")
@pytest.mark.advisory("CVE-2026-27962")
def test_a_key_in_the_header_is_never_used(verifier: Verifier, clock: FakeClock) -> None:
    mine = Key.generate("RS256")
    for kid in (mine.kid, ...):
        header = forge.header_for(
            mine,
            kid=kid,
            jwk=mine.public_jwk(),
            jku="https://evil.example",
            x5u="https://evil.example",
            x5c=["AA"],
        )
        assert refused(verifier, forge.token(mine, forge.good_claims(clock.now), header)) in {
            "unknown_key",
            "invalid_signature",
        }


@pytest.mark.advisory("GHSA-993g-76c3-p5m4")
@pytest.mark.advisory("PYSEC-2026-175")
@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd",
        "ftp://a.example/",
        "data:application/json,{}",
        "http://a.example/",
        "jar:https://a.example/",
    ],
)
def test_keys_are_fetched_over_https_alone(url: str) -> None:
    with pytest.raises(ValueError, match="https"):
        Verifier(url, audience=forge.AUDIENCE)


@pytest.mark.advisory("GHSA-2gx3-rcp4-g85q")
@pytest.mark.advisory("PYSEC-2026-177")
@pytest.mark.advisory("GHSA-fhv5-28vv-h8m8")
def test_unknown_names_cause_few_fetches_and_a_failed_fetch_loses_nothing(
    rsa_key: Key, clock: FakeClock
) -> None:
    asked: list[str] = []
    down = False

    def fetch(url: str) -> dict[str, Any]:
        asked.append(url)
        if down:
            raise FetchError(url)
        return {
            "issuer": forge.ISSUER,
            "jwks_uri": "https://auth.example.com/jwks",
            "keys": [rsa_key.public_jwk()],
        }

    source = IssuerKeys(forge.ISSUER, fetch=fetch, monotonic=clock)
    verifier = Verifier(forge.ISSUER, audience=forge.AUDIENCE, keys=source, clock=clock)
    good = forge.token(rsa_key, forge.good_claims(clock.now, exp=clock.now + 9_999))
    verifier.verify(good)
    down = True
    for number in range(200):
        clock.advance(0.01)
        refused(
            verifier,
            forge.token(rsa_key, forge.good_claims(clock.now), forge.header_for(rsa_key, kid=str(number))),
        )
    assert len(asked) == 2
    clock.advance(3_600)
    verifier.verify(good)


@pytest.mark.advisory("GHSA-8wjv-2p76-3863")
@pytest.mark.advisory("GHSA-w6j9-cwv2-h6wq")
@pytest.mark.parametrize(
    "nest", [lambda n: b"[" * n + b"]" * n, lambda n: b'{"a":' * n + b"1" + b"}" * n, lambda n: b"[" * n]
)
def test_deep_nesting_is_malformed(verifier: Verifier, rsa_key: Key, nest: Callable[[int], bytes]) -> None:
    for depth in (100, 900, 1_000, 1_100, 1_900):
        assert refused(verifier, forge.token(rsa_key, nest(depth))) in {"malformed", "invalid_claims"}
        assert refused(verifier, forge.token(rsa_key, {}, nest(depth))) == "malformed"


@pytest.mark.advisory("pyjwt 2.15.0")
def test_one_bad_key_leaves_the_others(rsa_key: Key, clock: FakeClock) -> None:
    bad: list[Any] = [
        {"kty": "RSA", "n": "AQAB", "e": "AQAB"},
        {"kty": "EC", "crv": "P-256", "x": "AA", "y": "AA"},
        {"kty": "?"},
        1,
    ]
    verifier = Verifier.from_jwks(
        {"keys": [*bad, rsa_key.public_jwk()]}, issuer=forge.ISSUER, audience=forge.AUDIENCE, clock=clock
    )
    verifier.verify(forge.token(rsa_key, forge.good_claims(clock.now)))


@pytest.mark.advisory("GHSA-hxm8-2xgr-2p9m")
@pytest.mark.parametrize("junk", ["=", "\n", " ", "!", "+", "/", "\x00", "é"])
def test_foreign_characters_in_a_segment_are_refused(
    verifier: Verifier, rsa_key: Key, clock: FakeClock, junk: str
) -> None:
    head, payload, signature = forge.token(rsa_key, forge.good_claims(clock.now)).split(".")
    for token in (
        f"{head}{junk}.{payload}.{signature}",
        f"{head}.{payload}{junk}.{signature}",
        f"{head}.{payload}.{signature}{junk}",
    ):
        assert refused(verifier, token) in {"malformed", "invalid_signature"}


@pytest.mark.advisory("CVE-2025-61920")
@pytest.mark.advisory("CVE-2025-65015")
def test_a_huge_token_is_refused_without_work_and_not_quoted(
    verifier: Verifier, rsa_key: Key, clock: FakeClock
) -> None:
    head, payload, signature = forge.token(rsa_key, forge.good_claims(clock.now)).split(".")
    huge = "QUFB" * 2_000_000
    for token in (
        f"{huge}.{payload}.{signature}",
        f"{head}.{huge}.{signature}",
        f"{head}.{payload}.{huge}",
        "." * 8_000_000,
    ):
        began = time.process_time()
        with pytest.raises(TokenError) as caught:
            verifier.verify(token)
        assert time.process_time() - began < 0.1
        assert caught.value.code == "malformed"
        assert len(caught.value.reason) + len(str(caught.value)) < 300


@pytest.mark.advisory("CVE-2024-33664")
@pytest.mark.advisory("CVE-2024-28102")
@pytest.mark.advisory("CVE-2024-28176")
@pytest.mark.advisory("CVE-2024-28180")
@pytest.mark.advisory("CVE-2022-36083")
@pytest.mark.advisory("CVE-2023-6681")
@pytest.mark.advisory("CVE-2023-50967")
@pytest.mark.advisory("CVE-2016-6298")
@pytest.mark.advisory("CVE-2026-28490")
@pytest.mark.advisory("CVE-2026-29000")
@pytest.mark.parametrize(
    "header",
    [
        {"alg": "dir", "enc": "A256GCM", "zip": "DEF"},
        {"alg": "PBES2-HS256+A128KW", "enc": "A128CBC-HS256", "p2c": 2**31 - 1, "p2s": "AAAA"},
        {"alg": "RSA1_5", "enc": "A128CBC-HS256"},
        {"alg": "RSA-OAEP-256", "enc": "A256GCM", "cty": "JWT"},
    ],
)
def test_encrypted_tokens_are_not_even_looked_into(
    verifier: Verifier, rsa_key: Key, header: dict[str, Any]
) -> None:
    segment = forge.segment(header).decode()
    began = time.process_time()
    assert refused(verifier, f"{segment}.AAAA.AAAA.AAAA.AAAA") == "malformed"
    assert refused(verifier, forge.token(rsa_key, {}, header)) == "unsupported_algorithm"
    assert time.process_time() - began < 0.5


@pytest.mark.advisory("CVE-2022-39227")
@pytest.mark.advisory("GHSA-jc38-x7x8-2xc8")
def test_a_json_serialization_is_not_a_token(verifier: Verifier, rsa_key: Key, clock: FakeClock) -> None:
    head, payload, signature = forge.token(rsa_key, forge.good_claims(clock.now)).split(".")
    evil = forge.segment(forge.good_claims(clock.now, sub="admin")).decode()
    flat: dict[str, Any] = {
        "protected": head,
        "payload": payload,
        "signature": signature,
        "header": {"alg": "none"},
    }
    smuggled = (
        f'{{"  {head}.{evil}.":"","protected":"{head}","payload":"{payload}","signature":"{signature}"}}'
    )
    for token in (json.dumps(flat), flat, smuggled):
        assert refused(verifier, token) == "malformed"


@pytest.mark.advisory("CVE-2022-21449")
def test_a_signature_of_zeros_is_refused(keys: dict[str, Key], clock: FakeClock) -> None:
    key = keys["EC"]
    verifier = Verifier.from_jwks(
        {"keys": [key.public_jwk()]}, issuer=forge.ISSUER, audience=forge.AUDIENCE, clock=clock
    )
    head = forge.token(key, forge.good_claims(clock.now)).rpartition(".")[0]
    order = bytes.fromhex("ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551")
    for numbers in (
        b"\0" * 64,
        order * 2,
        b"\0" * 32 + order,
        b"\0" * 63 + b"\1",
        b"\xff" * 64,
        b"",
        b"\0",
        b"\0" * 63,
        b"\0" * 65,
    ):
        assert refused(verifier, f"{head}.{base64url.encode(numbers).decode()}") == "invalid_signature"


@pytest.mark.advisory("CVE-2022-21449")
def test_an_ecdsa_signature_in_der_is_refused(keys: dict[str, Key], clock: FakeClock) -> None:
    key = keys["EC"]
    verifier = Verifier.from_jwks(
        {"keys": [key.public_jwk()]}, issuer=forge.ISSUER, audience=forge.AUDIENCE, clock=clock
    )
    head, _, signature = forge.token(key, forge.good_claims(clock.now)).rpartition(".")
    raw = base64url.decode(signature.encode())
    der = encode_dss_signature(int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big"))
    assert refused(verifier, f"{head}.{base64url.encode(der).decode()}") == "invalid_signature"


@pytest.mark.advisory("joserfc 1.8.0")
@pytest.mark.advisory("pyjwt 2.15.0")
@pytest.mark.parametrize(
    "payload",
    [
        '{"exp":true}',
        '{"exp":NaN}',
        '{"exp":Infinity}',
        '{"exp":-Infinity}',
        '{"exp":[9999999999]}',
        '{"exp":"9999999999"}',
        '{"exp":1e400}',
        '{"jti":1}',
        '{"jti":null}',
        '{"iss":["https://auth.example.com"]}',
        '{"nbf":false}',
        '{"iat":{}}',
        "[]",
        "null",
        '"x"',
        "1",
    ],
)
def test_claims_of_the_wrong_kind_are_refused(
    verifier: Verifier, rsa_key: Key, clock: FakeClock, payload: str
) -> None:
    if payload.startswith("{"):
        good = {
            name: value for name, value in forge.good_claims(clock.now).items() if f'"{name}"' not in payload
        }
        payload = json.dumps(good)[:-1] + "," + payload[1:]
    assert refused(verifier, forge.token(rsa_key, payload.encode())) in {"invalid_claims", "malformed"}


@pytest.mark.advisory("python-jose 419")
def test_a_verifier_without_a_choice_of_algorithms_takes_those_of_its_key(
    keys: dict[str, Key], clock: FakeClock
) -> None:
    verifier = Verifier.from_pem(
        keys["EC"].public_pem(), issuer=forge.ISSUER, audience=forge.AUDIENCE, clock=clock
    )
    for name in ("RSA", "OKP"):
        assert (
            refused(verifier, forge.token(keys[name], forge.good_claims(clock.now)))
            == "unsupported_algorithm"
        )
