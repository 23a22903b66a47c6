"""The keys that the standards print, and their thumbprints."""

import pytest

from gatepass import KeyFormatError
from gatepass.jwk import key_from_jwk, keys_from_jwks
from tests.vectors.examples import RFC


@pytest.mark.compliance("RFC 7638", "3.1", "the thumbprint of an RSA key")
@pytest.mark.compliance("RFC 8037", "A.3", "the thumbprint of an Ed25519 key")
def test_the_thumbprints() -> None:
    assert key_from_jwk(RFC["rfc7638"]["jwk"]).thumbprint == RFC["rfc7638"]["thumbprint"]
    for entry in RFC["rfc8037"]["jwks"][:2]:
        assert key_from_jwk(entry["jwk"]).thumbprint == RFC["rfc8037"]["thumbprint"]


@pytest.mark.compliance("RFC 7638", "3.2.1", "only the required members count")
def test_a_thumbprint_is_of_the_public_numbers_alone() -> None:
    for entry in RFC["rfc7517"]["jwks"]:
        jwk = {name: value for name, value in entry["jwk"].items() if name != "use"}
        if jwk["kty"] == "oct":
            continue
        public = {name: jwk[name] for name in ("kty", "crv", "x", "y", "n", "e") if name in jwk}
        dressed = {**jwk, "kid": "another", "x5t": "AAAA", "ext": True}
        assert key_from_jwk(public).thumbprint == key_from_jwk(dressed).thumbprint


@pytest.mark.compliance("RFC 7517", "A.1, A.2", "public and private keys")
@pytest.mark.compliance("RFC 7517", "B", "a key with a certificate chain")
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


@pytest.mark.compliance("RFC 7517", "A.1, A.3", "a set with a key for encryption, a set of secrets")
def test_the_sets_of_rfc_7517() -> None:
    public = [entry["jwk"] for entry in RFC["rfc7517"]["jwks"] if entry["section"].startswith("A.1")]
    secret = [entry["jwk"] for entry in RFC["rfc7517"]["jwks"] if entry["section"].startswith("A.3")]
    assert [key.kid for key in keys_from_jwks({"keys": public})] == ["2011-04-29"]
    with pytest.raises(KeyFormatError):
        keys_from_jwks({"keys": secret})
    assert [key.kid for key in keys_from_jwks({"keys": secret + public})] == ["2011-04-29"]


@pytest.mark.parametrize("rfc", ["rfc7515", "rfc7516", "rfc8037", "rfc9101"])
def test_every_other_key_is_read_or_refused_with_a_sentence(rfc: str) -> None:
    for entry in RFC[rfc]["jwks"]:
        jwk = entry["jwk"]
        if jwk["kty"] == "oct" or jwk.get("crv") in {"X25519", "X448"}:
            with pytest.raises(KeyFormatError, match=r"secret|cannot sign"):
                key_from_jwk(jwk)
        else:
            assert key_from_jwk(jwk).is_private == ("d" in jwk)
