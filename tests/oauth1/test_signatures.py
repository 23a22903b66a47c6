"""Signatures that others have published verify, and what they are made over is what they say."""

import base64
import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import SimpleNamespace

import pytest
from cryptography.hazmat.primitives.serialization import load_der_public_key

from gatepass_server.protocol.oauth1.messages import Pairs, SignedMessage
from gatepass_server.protocol.oauth1.request import SignedRequest
from gatepass_server.protocol.oauth1.signatures import METHODS
from tests.support.old_program import header

RFC = "RFC 5849"
PHOTOS = "https://photos.example.net"
FIRST = ("kd94hf93k423kf44", "")
KEY = (
    "MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQC0YjCwIfYoprq/FQO6lb3asXrxLlJFuCvtinTF5p0GxvQGu5O3gYytUvtC2JlYzypSRjVxwxrs"
    "uRcP3e641SdASwfrmzyvIgP08N4S0IFzEURkV1wp/IpH7kH41EtbmUmrXSwfNZsnQRE5SYSOhh+LcK2wyQkdgcMv11l4KoBkcwIDAQAB"
)
"""Of OAuth Core 1.0's example for RSA-SHA1."""


@dataclass(frozen=True)
class Example:
    """A published request, and the secrets that it was signed with."""

    method: str
    url: str
    own: Mapping[str, str]
    secrets: tuple[str, str] = ("", "")
    query: Pairs = ()
    form: Pairs = ()
    key: str = field(default="", repr=False)

    def request(self) -> SignedRequest:
        """As it reaches the server."""
        named = {f"oauth_{name}": value for name, value in self.own.items()}
        message = SignedMessage(
            method=self.method,
            url=self.url,
            query=self.query,
            form=self.form,
            authorization=header(list(named.items())),
        )
        request = SignedRequest(message)
        key = load_der_public_key(base64.b64decode(self.key)) if self.key else None
        request.client = SimpleNamespace(
            get_client_secret=lambda: self.secrets[0], get_rsa_public_key=lambda: key
        )
        request.credential = SimpleNamespace(get_oauth_token_secret=lambda: self.secrets[1])
        return request

    def verifies(self) -> bool:
        """Whether its signature holds."""
        request = self.request()
        return METHODS[request.signature_method](request)


def photos(signature: str, timestamp: str, nonce: str, **more: str) -> dict[str, str]:
    return {
        "consumer_key": "dpf43f3p2l4k3l03",
        "signature_method": "HMAC-SHA1",
        "timestamp": timestamp,
        "nonce": nonce,
        "signature": signature,
        **more,
    }


PUBLISHED = {
    "RFC 5849 1.2, temporary credentials": Example(
        "POST",
        f"{PHOTOS}/initiate",
        photos(
            "74KNZJeDHnMBp0EMJ9ZHt/XKycU=",
            "137131200",
            "wIjqoS",
            callback="http://printer.example.com/ready",
        ),
        FIRST,
    ),
    "RFC 5849 1.2, token credentials": Example(
        "POST",
        f"{PHOTOS}/token",
        photos(
            "gKgrFCywp7rO0OXSjdot/IHF7IU=",
            "137131201",
            "walatlh",
            token="hh5s93j4hdidpola",
            verifier="hfdp7dh39dks9884",
        ),
        ("kd94hf93k423kf44", "hdhd0244k9j7ao03"),
    ),
    "RFC 5849 1.2, a resource": Example(
        "GET",
        "http://photos.example.net/photos",
        photos("MdpQcU8iPSUjWoN/UDMsK2sui9I=", "137131202", "chapoH", token="nnch734d00sl2jdk"),
        ("kd94hf93k423kf44", "pfkkdhi9sl3r4s00"),
        query=(("file", "vacation.jpg"), ("size", "original")),
    ),
    "OAuth Core 1.0a, appendix A": Example(
        "GET",
        "http://photos.example.net/photos",
        photos(
            "tR3+Ty81lMeYAr/Fid0kMTYa/WM=",
            "1191242096",
            "kllo9940pd9333jh",
            token="nnch734d00sl2jdk",
            version="1.0",
        ),
        ("kd94hf93k423kf44", "pfkkdhi9sl3r4s00"),
        query=(("file", "vacation.jpg"), ("size", "original")),
    ),
    "OAuth wiki, RSA-SHA1": Example(
        "GET",
        "http://photos.example.net/photos",
        {
            "consumer_key": "dpf43f3p2l4k3l03",
            "signature_method": "RSA-SHA1",
            "timestamp": "1196666512",
            "nonce": "13917289812797014437",
            "version": "1.0",
            "signature": (
                "jvTp/wX1TYtByB1m+Pbyo0lnCOLIsyGCH7wke8AUs3BpnwZJtAuEJkvQL2/9n4s5wUmUl4aCI4BwpraNx4RtEXMe5qg5T1LVTG"
                "liMRpKasKsW//e+RinhejgCuzoH26dyF8iY2ZZ/5D1ilgeijhV/vBka5twt399mXwaYdCwFYE="
            ),
        },
        query=(("file", "vacaction.jpg"), ("size", "original")),
        key=KEY,
    ),
    "Twitter, creating a signature": Example(
        "POST",
        "https://api.twitter.com/1.1/statuses/update.json",
        {
            "consumer_key": "xvz1evFS4wEEPTGEFPHBog",
            "nonce": "kYjzVBB8Y0ZFabxSWbWovY3uYSQ2pTgmZeNu2VS4cg",
            "signature": "hCtSmYh+iHYCEqBWrE7C7hYmtUk=",
            "signature_method": "HMAC-SHA1",
            "timestamp": "1318622958",
            "token": "370773112-GmHxMAgYyLbNEtIKZeRNFsMKPR9EyMZeS9weJAEb",
            "version": "1.0",
        },
        ("kAcSOqF21Fu85e7zjz7ZN2U4ZRhfV3WpwPAoE3Z7kBw", "LswwdoUaIvS8ltyTt5jkRh4J50vUPVVHtR2YPi5kE"),
        query=(("include_entities", "true"),),
        form=(("status", "Hello Ladies + Gentlemen, a signed OAuth request!"),),
    ),
}
ODD = Example(
    "post",
    "http://EXAMPLE.com:80/request",
    {
        "consumer_key": "9djdj82h48djs9d2",
        "token": "kkk9d7dh3k39sjv7",
        "signature_method": "HMAC-SHA1",
        "timestamp": "137131201",
        "nonce": "7d8f3e4a",
        "signature": "bYT5CMsGcbgUdFHObYMEfcx6bsw=",
    },
    ("j49sk3j29djd", "dh893hdasih9"),
    query=(("b5", "=%3D"), ("a3", "a"), ("c@", ""), ("a2", "r b")),
    form=(("c2", ""), ("a3", "2 q")),
)
ODD_BASE = (
    "POST&http%3A%2F%2Fexample.com%2Frequest&a2%3Dr%2520b%26a3%3D2%2520q%26a3%3Da%26b5%3D%253D%25253D%26c%2540%3D%26c2"
    "%3D%26oauth_consumer_key%3D9djdj82h48djs9d2%26oauth_nonce%3D7d8f3e4a%26oauth_signature_method%3DHMAC-SHA1%26oauth"
    "_timestamp%3D137131201%26oauth_token%3Dkkk9d7dh3k39sjv7"
)


@pytest.mark.compliance(RFC, "1.2", "its examples are signed as this server checks them")
@pytest.mark.compliance(RFC, "3.4.2", "HMAC-SHA1")
@pytest.mark.compliance(RFC, "3.4.3", "RSA-SHA1")
@pytest.mark.parametrize("name", PUBLISHED)
def test_a_published_signature_verifies(name: str) -> None:
    assert PUBLISHED[name].verifies()


@pytest.mark.compliance(RFC, "3.4.1.1", "the example of a signature base string")
@pytest.mark.compliance(RFC, "3.4.1.2", "scheme and host in lower case, without the default port")
@pytest.mark.compliance(RFC, "3.4.1.3", "parameters of query, form and header, sorted once they are encoded")
def test_the_published_base_string_is_made() -> None:
    assert ODD.request().base_string == ODD_BASE


@pytest.mark.compliance(
    RFC, "3.4.1.1", "its example signature is that of erratum 2550: the printed one is of nothing"
)
def test_the_corrected_signature_of_that_example_verifies() -> None:
    assert not ODD.verifies()
    assert replace(ODD, own={**ODD.own, "signature": "r6/TJjbCOr97/+UU0NsvSne7s5g="}).verifies()


@pytest.mark.compliance(RFC, "3.4.1.3.1", "realm is left out where it stands in the header, and nowhere else")
def test_only_the_realm_of_the_header_is_unsigned() -> None:
    plain = Example("GET", f"{PHOTOS}/x", dict(ODD.own))
    told = Example("GET", f"{PHOTOS}/x", dict(ODD.own), query=(("realm", "another"),))
    assert "realm" not in plain.request().base_string
    assert "realm%3Danother" in told.request().base_string


@pytest.mark.advisory("WP-API/OAuth1#91")
@pytest.mark.compliance(RFC, "3.4.1.3.1", "parameters of the protocol are decoded once")
def test_an_encoded_callback_is_decoded_once() -> None:
    own = {**ODD.own, "callback": "https://printer.example.com/a%20b?x=%2541"}
    base = Example("POST", f"{PHOTOS}/initiate", own).request().base_string
    assert (
        "oauth_callback%3Dhttps%253A%252F%252Fprinter.example.com%252Fa%252520b%253Fx%253D%25252541" in base
    )


@pytest.mark.compliance(RFC, "3.4.2", "the same with SHA-256, as clients have it")
def test_hmac_sha256_is_what_any_implementation_makes_of_the_base_string() -> None:
    own = {**ODD.own, "signature_method": "HMAC-SHA256"}
    base = Example("POST", PHOTOS + "/", own).request().base_string
    made = base64.b64encode(hmac.digest(b"j49sk3j29djd&dh893hdasih9", base.encode(), "sha256")).decode()
    assert Example("POST", PHOTOS + "/", {**own, "signature": made}, ODD.secrets).verifies()
    assert not Example("POST", PHOTOS + "/", {**own, "signature": made[:-2] + "A="}, ODD.secrets).verifies()


@pytest.mark.compliance(RFC, "3.4.4", "the secrets are encoded before they are joined")
def test_plaintext_joins_encoded_secrets() -> None:
    own = {**ODD.own, "signature_method": "PLAINTEXT", "signature": "a%26b&c%25"}
    assert Example("POST", PHOTOS + "/", own, ("a&b", "c%")).verifies()
    assert not Example("POST", PHOTOS + "/", own, ("a", "b&c%")).verifies()


@pytest.mark.parametrize("signature", ["", "ä", "\ud7ff", "A", "====", "AAAA", "x" * 8000])
@pytest.mark.parametrize("method", METHODS)
def test_no_text_for_a_signature_is_more_than_wrong(method: str, signature: str) -> None:
    own = {**ODD.own, "signature_method": method, "signature": signature or "-"}
    assert not Example("POST", PHOTOS + "/", own, ODD.secrets, key=KEY).verifies()
