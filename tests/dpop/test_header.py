"""What a proof is signed with (RFC 9449 section 4.3, rules 4 to 7)."""

import hmac
import json
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15

from gatepass import InvalidProofError, Key, base64url
from gatepass.dpop import DPoP, header
from gatepass.jwk import key_from_jwk
from gatepass.keys import ASYMMETRIC_ALGORITHMS
from gatepass.shared_secret import secret_key
from tests.dpop import proofs
from tests.dpop.conftest import Prove
from tests.support.clock import FakeClock
from tests.verify.forge import segment


@pytest.mark.compliance("RFC 9449", "4.3 (4)", "typ is dpop+jwt")
@pytest.mark.parametrize(
    "typ",
    [
        ...,
        None,
        "",
        "JWT",
        "at+jwt",
        "application/dpop+jwt",
        "dpop",
        "dpop+jwt ",
        "dpop+jwt\x00",
        ["dpop+jwt"],
        1,
        "dpop\N{FULLWIDTH PLUS SIGN}jwt",
    ],
)
def test_another_type_is_refused(dpop: DPoP, prove: Prove, typ: object) -> None:
    with pytest.raises(InvalidProofError):
        proofs.check(dpop, prove({"typ": typ}))


@pytest.mark.compliance("RFC 9449", "4.3 (4)", "typ is dpop+jwt")
def test_the_type_is_compared_as_media_types_are_without_case(dpop: DPoP, prove: Prove) -> None:
    assert proofs.check(dpop, prove({"typ": "DPoP+JWT"}))


@pytest.mark.compliance("RFC 9449", "4.3 (5)", "alg is an asymmetric algorithm that is supported")
@pytest.mark.parametrize("alg", [alg for alg in ASYMMETRIC_ALGORITHMS if alg[0] != "R" and alg[0] != "P"])
def test_keys_of_every_curve_are_accepted(dpop: DPoP, clock: FakeClock, alg: str) -> None:
    key = Key.generate(alg)
    proof = proofs.sign(key, proofs.good_header(key), proofs.good_claims(clock.now))
    assert proofs.check(dpop, proof) == key.thumbprint


@pytest.mark.compliance("RFC 9449", "4.3 (5)", "alg is an asymmetric algorithm that is supported")
@pytest.mark.parametrize("alg", [alg for alg in ASYMMETRIC_ALGORITHMS if alg[0] == "R" or alg[0] == "P"])
def test_rsa_keys_are_accepted(dpop: DPoP, rsa_key: Key, clock: FakeClock, alg: str) -> None:
    header = proofs.good_header(rsa_key, alg=alg)
    assert proofs.check(dpop, proofs.sign(rsa_key, header, proofs.good_claims(clock.now), alg))


@pytest.mark.compliance("RFC 9449", "4.3 (5)", "alg is not none and not symmetric")
@pytest.mark.parametrize(
    "alg",
    [..., None, "", "none", "None", "NONE", "nOnE", "HS256", "HS512", "RSA-OAEP", "es256", 7, ["ES256"], {}],
)
def test_no_algorithm_but_those_with_public_keys_is_accepted(dpop: DPoP, prove: Prove, alg: object) -> None:
    signed = prove({"alg": alg})
    for proof in (signed, signed.rpartition(".")[0] + "."):
        with pytest.raises(InvalidProofError):
            proofs.check(dpop, proof)


@pytest.mark.compliance("RFC 9449", "4.3 (5)", "alg is acceptable per local policy")
def test_an_algorithm_that_is_not_on_the_list_is_refused(prove: Prove, clock: FakeClock) -> None:
    assert proofs.check(DPoP(algorithms=["ES256"], clock=clock), prove())
    with pytest.raises(InvalidProofError):
        proofs.check(DPoP(algorithms=["PS256", "EdDSA"], clock=clock), prove())


@pytest.mark.compliance("RFC 9449", "4.3 (5)", "alg is not symmetric")
def test_a_public_key_does_not_serve_as_a_shared_secret(dpop: DPoP, key: Key, clock: FakeClock) -> None:
    header = proofs.good_header(key, alg="HS256")
    signing_input = segment(header) + b"." + segment(proofs.good_claims(clock.now))
    for secret in (key.public_pem().encode(), json.dumps(header["jwk"]).encode()):
        signature = base64url.encode(hmac.digest(secret, signing_input, "sha256"))
        with pytest.raises(InvalidProofError):
            proofs.check(dpop, (signing_input + b"." + signature).decode())


@pytest.mark.compliance("RFC 9449", "4.3 (5)", "alg is not symmetric")
def test_a_shared_secret_in_the_proof_is_refused(dpop: DPoP, clock: FakeClock) -> None:
    secret = secret_key(b"x" * 64)
    jwk = {"kty": "oct", "k": base64url.encode(b"x" * 64).decode()}
    for alg in ("HS256", "ES256"):
        header = {"typ": "dpop+jwt", "alg": alg, "jwk": jwk}
        with pytest.raises(InvalidProofError):
            proofs.check(dpop, proofs.sign(secret, header, proofs.good_claims(clock.now), "HS256"))


@pytest.mark.compliance("RFC 9449", "4.3 (6)", "the signature verifies with the key in jwk")
def test_a_signature_by_another_key_is_refused(
    dpop: DPoP, key: Key, other_key: Key, clock: FakeClock
) -> None:
    proof = proofs.sign(other_key, proofs.good_header(key), proofs.good_claims(clock.now))
    with pytest.raises(InvalidProofError):
        proofs.check(dpop, proof)


@pytest.mark.compliance("RFC 9449", "4.3 (6)", "the signature verifies with the key in jwk")
@pytest.mark.parametrize("signature", [b"", bytes(64), bytes(32), bytes(63) + b"\x01", b"\xff" * 64])
def test_a_signature_of_nothing_is_refused(dpop: DPoP, prove: Prove, signature: bytes) -> None:
    unsigned = prove().rpartition(".")[0]
    with pytest.raises(InvalidProofError):
        proofs.check(dpop, f"{unsigned}.{base64url.encode(signature).decode()}")


@pytest.mark.compliance("RFC 9449", "4.3 (6)", "the signature verifies with the key in jwk")
def test_no_character_of_a_proof_can_be_changed(clock: FakeClock) -> None:
    key = Key.generate("EdDSA")
    proof = proofs.sign(key, proofs.good_header(key), proofs.good_claims(clock.now))
    dpop = DPoP(clock=clock)
    for place, character in enumerate(proof):
        changed = proof[:place] + ("A" if character != "A" else "B") + proof[place + 1 :]
        with pytest.raises(InvalidProofError):
            proofs.check(dpop, changed)
    assert proofs.check(dpop, proof)


def test_a_header_that_is_known_does_not_spare_the_signature(
    dpop: DPoP, prove: Prove, other_key: Key, key: Key, clock: FakeClock
) -> None:
    assert proofs.check(dpop, prove())
    forged = proofs.sign(other_key, proofs.good_header(key), proofs.good_claims(clock.now, jti="proof-2"))
    assert forged.split(".")[0] == prove().split(".")[0]
    with pytest.raises(InvalidProofError):
        proofs.check(dpop, forged)
    assert proofs.check(dpop, prove(jti="proof-3")) == key.thumbprint


def test_more_clients_than_are_kept_are_all_judged_by_their_own_key(clock: FakeClock) -> None:
    dpop = DPoP(clock=clock)
    key = Key.generate("EdDSA")
    for number in range(1100):  # more distinct headers than are kept
        named = proofs.good_header(key, kid=str(number))
        proof = proofs.sign(key, named, proofs.good_claims(clock.now, jti=f"proof-{number}"))
        assert proofs.check(dpop, proof) == key.thumbprint
        assert len(dpop._known._known) <= header.MAX_KEPT


def test_a_header_of_unusual_length_is_not_kept(dpop: DPoP, prove: Prove) -> None:
    assert proofs.check(dpop, prove({"vendor": "x" * 2000}))
    assert not dpop._known._known
    assert proofs.check(dpop, prove(jti="proof-2"))
    assert len(dpop._known._known) == 1


def test_the_key_of_a_client_is_read_once_and_that_of_a_stranger_is_not_kept(
    dpop: DPoP, key: Key, other_key: Key, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[Key] = []

    def reading(jwk: object) -> Key:
        read.append(found := key_from_jwk(jwk))
        return found

    monkeypatch.setattr(header, "key_from_jwk", reading)
    for number in range(5):
        claims = proofs.good_claims(clock.now, jti=str(number))
        assert proofs.check(dpop, proofs.sign(key, proofs.good_header(key), claims))
        stranger = proofs.sign(other_key, proofs.good_header(other_key), claims)
        # Whoever has no good token comes no further than this.
        dpop.judge([stranger], method="GET", url=proofs.URL, token=proofs.TOKEN)
    assert read.count(key.public()) == 1
    assert read.count(other_key.public()) == 5


def private_members(key: Key) -> dict[str, Any]:
    return {**key.native.as_dict(private=True)}


@pytest.mark.compliance("RFC 9449", "4.3 (7)", "jwk holds no private key")
def test_a_private_key_in_the_proof_is_refused(dpop: DPoP, key: Key, rsa_key: Key, clock: FakeClock) -> None:
    for holder in (key, rsa_key, Key.generate("EdDSA")):
        header = proofs.good_header(holder, jwk=private_members(holder))
        assert "d" in header["jwk"]
        with pytest.raises(InvalidProofError) as refused:
            proofs.check(dpop, proofs.sign(holder, header, proofs.good_claims(clock.now)))
        assert refused.value.reason == "jwk holds a private key"


@pytest.mark.compliance("RFC 9449", "4.3 (7)", "jwk holds no private key")
@pytest.mark.parametrize("member", ["d", "p", "q", "dp", "dq", "qi", "oth", "k", "priv"])
@pytest.mark.parametrize("value", ["", "AA", None, 1, []])
def test_a_single_private_member_is_enough_to_refuse(
    dpop: DPoP, prove: Prove, key: Key, member: str, value: object
) -> None:
    with pytest.raises(InvalidProofError):
        proofs.check(dpop, prove({"jwk": {**proofs.public(key), member: value}}))


@pytest.mark.compliance("RFC 9449", "4.2", "jwk is the public key")
@pytest.mark.parametrize(
    "jwk",
    [
        ...,
        None,
        {},
        [],
        "key",
        1,
        {"kty": "EC"},
        {"kty": "EC", "crv": "P-256"},
        {"kty": "EC", "crv": "P-256", "x": "AA", "y": "AA"},
        {"kty": "EC", "crv": "P-256", "x": 1, "y": 2},
        {"kty": "EC", "crv": "secp256k1", "x": "AA", "y": "AA"},
        {"kty": "EC", "crv": ["P-256"], "x": "AA", "y": "AA"},
        {"kty": "OKP", "crv": "X25519", "x": "AA"},
        {"kty": "OKP", "crv": "Ed25519", "x": ""},
        {"kty": "OKP", "crv": "Ed25519", "x": base64url.encode(bytes(32)).decode()},
        {"kty": "RSA"},
        {"kty": "RSA", "n": "AQAB", "e": "AQAB"},
        {"kty": "RSA", "n": 5, "e": 5},
        {"kty": "AKP", "alg": "ML-DSA-44", "pub": "AA"},
        {"kty": ["EC"]},
        {"kid": "key-1"},
    ],
)
def test_what_is_no_usable_public_key_is_refused(dpop: DPoP, prove: Prove, jwk: object) -> None:
    with pytest.raises(InvalidProofError):
        proofs.check(dpop, prove({"jwk": jwk}))


def test_a_point_off_the_curve_is_refused(dpop: DPoP, prove: Prove, key: Key) -> None:
    jwk = proofs.public(key)
    with pytest.raises(InvalidProofError):
        proofs.check(dpop, prove({"jwk": {**jwk, "y": jwk["x"]}}))


@pytest.mark.parametrize(
    "restriction",
    [{"use": "enc"}, {"key_ops": ["sign"]}, {"key_ops": ["encrypt"]}, {"alg": "ES384"}, {"kid": 7}],
)
def test_a_key_is_held_to_what_it_says_of_itself(
    dpop: DPoP, prove: Prove, key: Key, restriction: dict[str, Any]
) -> None:
    with pytest.raises(InvalidProofError):
        proofs.check(dpop, prove({"jwk": {**proofs.public(key), **restriction}}))


@pytest.mark.compliance("RFC 7638", "3.2", "only the required members count")
@pytest.mark.parametrize(
    "further", [{"kid": "mine"}, {"use": "sig", "alg": "ES256"}, {"key_ops": ["verify"], "ext": True}]
)
def test_what_else_a_key_says_does_not_change_its_thumbprint(
    dpop: DPoP, prove: Prove, key: Key, further: dict[str, Any]
) -> None:
    assert proofs.check(dpop, prove({"jwk": {**further, **proofs.public(key)}})) == key.thumbprint


@pytest.mark.parametrize("name", ["crit", "b64"])
@pytest.mark.parametrize("value", [[], ["exp"], ["b64"], True, False, None])
@pytest.mark.compliance("RFC 7515", "4.1.11", "an extension that is not understood is refused")
def test_extensions_are_refused(dpop: DPoP, prove: Prove, name: str, value: object) -> None:
    with pytest.raises(InvalidProofError):
        proofs.check(dpop, prove({name: value}))


def rsa_proof(key: rsa.RSAPrivateKey, clock: FakeClock, exponent: int | None = None) -> str:
    """A proof signed with an RSA key of any size; with another exponent named than its own, if given."""
    numbers = key.public_key().public_numbers()
    jwk = {"kty": "RSA", "n": _number(numbers.n), "e": _number(exponent or numbers.e)}
    header = {"typ": "dpop+jwt", "alg": "RS256", "jwk": jwk}
    signing_input = segment(header) + b"." + segment(proofs.good_claims(clock.now))
    signature = key.sign(signing_input, PKCS1v15(), hashes.SHA256())
    return (signing_input + b"." + base64url.encode(signature)).decode()


def _number(value: int) -> str:
    return base64url.encode(value.to_bytes((value.bit_length() + 7) // 8, "big")).decode()


@pytest.mark.compliance("RFC 7518", "3.3", "an RSA key has at least 2048 bits")
def test_a_short_rsa_key_is_refused(dpop: DPoP, clock: FakeClock) -> None:
    with pytest.raises(InvalidProofError):
        proofs.check(dpop, rsa_proof(rsa.generate_private_key(65537, 1024), clock))


def test_an_rsa_key_whose_check_takes_long_is_refused(dpop: DPoP, rsa_key: Key, clock: FakeClock) -> None:
    private: Any = rsa_key.native.private_key
    assert proofs.check(dpop, rsa_proof(private, clock))
    huge = {"kty": "RSA", "n": base64url.encode(b"\xff" * 513).decode(), "e": "AQAB"}
    proof = proofs.sign(rsa_key, proofs.good_header(rsa_key, jwk=huge), proofs.good_claims(clock.now))
    for slow in (rsa_proof(private, clock, exponent=(1 << 2000) + 1), proof):
        with pytest.raises(InvalidProofError) as refused:
            proofs.check(dpop, slow)
        assert "4096 bits" in refused.value.reason


def test_a_curve_goes_with_its_own_algorithm_alone(dpop: DPoP, clock: FakeClock) -> None:
    key = Key.from_raw(ec.generate_private_key(ec.SECP384R1()))
    with pytest.raises(InvalidProofError):
        proofs.check(
            dpop, proofs.sign(key, proofs.good_header(key, alg="ES256"), proofs.good_claims(clock.now))
        )
