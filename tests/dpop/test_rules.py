"""The rules of RFC 9449 section 4.3, one by one."""

import hashlib
from typing import Any

import pytest

from gatepass import InvalidProofError, Key, base64url
from gatepass.dpop import DPoP
from tests.dpop import proofs
from tests.dpop.conftest import Prove
from tests.support.clock import FakeClock


@pytest.mark.compliance("RFC 9449", "4.3", "a proof that keeps every rule is accepted")
@pytest.mark.compliance("RFC 9449", "6.1", "the key is told by its RFC 7638 thumbprint")
def test_a_proof_in_order_gives_the_thumbprint_of_its_key(dpop: DPoP, prove: Prove, key: Key) -> None:
    assert proofs.check(dpop, prove()) == key.thumbprint


@pytest.mark.compliance("RFC 9449", "5", "a proof for the token endpoint goes with no access token")
def test_a_proof_for_the_token_endpoint_needs_no_hash_of_a_token(dpop: DPoP, prove: Prove, key: Key) -> None:
    url = "https://auth.example.com/oauth2/token"
    proof = prove(htm="POST", htu=url, ath=...)
    assert dpop.check([proof], method="POST", url=url, token=None) == key.thumbprint
    with pytest.raises(InvalidProofError):
        dpop.check([proof], method="POST", url=url, token=None)
    with pytest.raises(InvalidProofError):
        dpop.check(
            [prove(jti="proof-2", htm="POST", htu=url, ath=...)], method="POST", url=url, token="a.b.c"
        )
    with pytest.raises(InvalidProofError):
        dpop.check([prove(jti="proof-3", ath=...)], method="POST", url=url, token=None)


@pytest.mark.compliance("RFC 9449", "4.3 (1)", "not more than one DPoP header")
def test_several_headers_are_refused_even_when_each_is_good(dpop: DPoP, prove: Prove) -> None:
    with pytest.raises(InvalidProofError):
        proofs.check(dpop, prove(), prove(jti="proof-2"))
    with pytest.raises(InvalidProofError):
        proofs.check(dpop, prove(), prove())


@pytest.mark.compliance("RFC 9449", "7.1", "a proof was also received")
def test_no_header_is_refused(dpop: DPoP) -> None:
    with pytest.raises(InvalidProofError):
        proofs.check(dpop)


@pytest.mark.compliance("RFC 9449", "4.3 (2)", "the header is a single and well-formed JWT")
@pytest.mark.parametrize(
    "shape",
    [
        "",
        " ",
        ".",
        "..",
        "{0}.",
        "{0}.{0}",
        "{0}, {1}",
        "{0},{1}",
        "{0} {1}",
        "{0}=",
        "{0}\n",
        " {0}",
        '"{0}"',
        "{0}é",
        "{0}\ud800",
    ],
)
def test_what_is_not_one_proof_is_refused(dpop: DPoP, prove: Prove, shape: str) -> None:
    with pytest.raises(InvalidProofError):
        proofs.check(dpop, shape.format(prove(), prove(jti="proof-2")))


@pytest.mark.compliance("RFC 9449", "4.3 (2)", "the header is a single and well-formed JWT")
@pytest.mark.parametrize("payload", [b"", b"[]", b"null", b'"text"', b"{", b'{"jti":"a","jti":"b"}', b"\xff"])
def test_a_signed_payload_that_is_no_plain_object_is_refused(dpop: DPoP, key: Key, payload: bytes) -> None:
    with pytest.raises(InvalidProofError):
        proofs.check(dpop, proofs.sign(key, proofs.good_header(key), payload))


def test_a_claim_twice_is_refused_although_all_is_signed(dpop: DPoP, key: Key, clock: FakeClock) -> None:
    payload = (
        f'{{"jti":"a","htm":"GET","htu":"{proofs.URL}","ath":"{proofs.ath()}","iat":{clock.now},"htm":"GET"}}'
    )
    with pytest.raises(InvalidProofError):
        proofs.check(dpop, proofs.sign(key, proofs.good_header(key), payload.encode()))


def test_a_proof_of_8193_characters_is_refused(dpop: DPoP, prove: Prove) -> None:
    # Three characters of base64url hold two bytes at the end, so every length but one in four can be reached.
    sizes = {len(proof): proof for proof in (prove(x="x" * size) for size in range(5600, 5900))}
    assert proofs.check(dpop, sizes[max(size for size in sizes if size <= 8192)])
    with pytest.raises(InvalidProofError, match="invalid") as refused:
        proofs.check(dpop, sizes[min(size for size in sizes if size > 8192)])
    assert "8192" in refused.value.reason


@pytest.mark.compliance("RFC 9449", "4.3 (3)", "all required claims are there")
@pytest.mark.parametrize("claim", ["jti", "htm", "htu", "iat", "ath"])
def test_a_proof_without_a_claim_is_refused(dpop: DPoP, prove: Prove, claim: str) -> None:
    with pytest.raises(InvalidProofError):
        proofs.check(dpop, prove(**{claim: ...}))


@pytest.mark.compliance("RFC 9449", "4.3 (3)", "all required claims are there")
@pytest.mark.parametrize("claim", ["jti", "htm", "htu", "iat", "ath"])
@pytest.mark.parametrize("value", [None, True, 0, -1, "", [], ["GET"], {}, {"a": 1}])
def test_a_claim_of_another_kind_is_refused(dpop: DPoP, prove: Prove, claim: str, value: object) -> None:
    with pytest.raises(InvalidProofError):
        proofs.check(dpop, prove(**{claim: value}))


@pytest.mark.compliance("RFC 9449", "4.2", "a proof may have further parameters and claims")
def test_further_parameters_and_claims_are_ignored(dpop: DPoP, prove: Prove) -> None:
    header = {"kid": "x", "jku": "https://evil.example.com", "x5c": ["a"], "vendor": {"a": 1}}
    assert proofs.check(dpop, prove(header, nonce="of somebody else", vendor=[1, 2], aud=7))


@pytest.mark.compliance("RFC 9449", "4.3 (8)", "htm matches the method of the request")
@pytest.mark.parametrize("method", ["POST", "get", "Get", "GET ", "HEAD", ""])
def test_a_proof_for_another_method_is_refused(dpop: DPoP, prove: Prove, method: str) -> None:
    with pytest.raises(InvalidProofError):
        proofs.check(dpop, prove(), method=method)


@pytest.mark.compliance(
    "RFC 9449", "4.3 (9)", "htu matches the target of the request, ignoring query and fragment"
)
@pytest.mark.parametrize("end", ["", "?page=2", "#top", "?page=2#top", "?"])
@pytest.mark.parametrize("called", ["", "?page=3", "#end", "?x#y"])
def test_query_and_fragment_are_ignored_on_both_sides(
    dpop: DPoP, prove: Prove, end: str, called: str
) -> None:
    assert proofs.check(dpop, prove(htu=proofs.URL + end), url=proofs.URL + called)


@pytest.mark.compliance(
    "RFC 9449", "4.3 (9)", "htu matches the target of the request, ignoring query and fragment"
)
@pytest.mark.parametrize(
    "htu",
    [
        "https://api.example.com/orders/",
        "https://api.example.com/Orders",
        "https://api.example.com/orders/1",
        "https://api.example.com/",
        "https://api.example.com",
        "https://api.example.com//orders",
        "https://api.example.com:8443/orders",
        "https://api.example.com./orders",
        "https://api.example.org/orders",
        "https://api.example.com.evil.example/orders",
        "http://api.example.com/orders",
        "https://user@api.example.com/orders",
        "https://evil.example\\@api.example.com/orders",
        "//api.example.com/orders",
        "/orders",
        "orders",
        "https:/api.example.com/orders",
        "https:api.example.com/orders",
        "https://api.example.com/orders\n",
        "https://api.example.com/or\tders",
        " https://api.example.com/orders",
        "https://api.example.com/orders%",
        "https://api.example.com:port/orders",
        "https://[::1/orders",
    ],
)
def test_a_proof_for_another_target_is_refused(dpop: DPoP, prove: Prove, htu: str) -> None:
    with pytest.raises(InvalidProofError):
        proofs.check(dpop, prove(htu=htu))


@pytest.mark.compliance("RFC 9449", "4.3 (12)", "ath is the hash of the access token")
@pytest.mark.parametrize(
    "wrong",
    [
        proofs.ath("another.token.value"),
        proofs.ath() + "=",
        proofs.ath().upper(),
        hashlib.sha256(proofs.TOKEN.encode()).hexdigest(),
        base64url.encode(hashlib.sha512(proofs.TOKEN.encode()).digest()).decode(),
        base64url.encode(hashlib.sha256(proofs.TOKEN.encode()).digest()[:16]).decode(),
        proofs.TOKEN,
    ],
)
def test_a_proof_for_another_token_is_refused(dpop: DPoP, prove: Prove, wrong: str) -> None:
    with pytest.raises(InvalidProofError):
        proofs.check(dpop, prove(ath=wrong))


@pytest.mark.parametrize("token", ["", "é", "\ud800", "other.token.value"])
def test_a_proof_does_not_go_with_another_token(dpop: DPoP, prove: Prove, token: str) -> None:
    with pytest.raises(InvalidProofError):
        proofs.check(dpop, prove(), token=token)


def test_a_refusal_tells_its_reason_to_the_log_alone_and_never_the_proof(dpop: DPoP, prove: Prove) -> None:
    proof = prove(htm="SECRET-LOOKING")
    with pytest.raises(InvalidProofError) as refused:
        proofs.check(dpop, proof)
    told = f"{refused.value!r} {refused.value.reason}"
    assert str(refused.value) == "The DPoP proof is invalid."
    for part in (*proof.split("."), *proofs.TOKEN.split(".")):
        assert part not in told


def test_what_was_judged_shows_neither_proof_nor_signature(dpop: DPoP, prove: Prove) -> None:
    proof = prove()
    judged: Any = dpop.judge([proof], method="GET", url=proofs.URL, token=proofs.TOKEN)
    for part in (*proof.split(".")[1:], *proofs.TOKEN.split(".")):
        assert part not in repr(judged)
