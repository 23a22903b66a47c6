"""What this server sends to other houses, and where it does not go."""

import base64
import textwrap
from pathlib import Path

import pytest

from gatepass import Verifier
from gatepass.keys import Key
from gatepass_server.domain.errors import OperatorError
from tests.support.clock import FakeClock
from tests.support.house import House, cheap_settings
from tests.support.other_house import CLIENT_ID, OtherHouse
from tests.support.through import OURS, Traveller, code_on
from tests.upstream.conftest import Build

PEM = Key.generate("ES256")


def pem_of(key: Key) -> str:
    """The private key as the file that Apple gives has it."""
    text = "\n".join(textwrap.wrap(base64.b64encode(key.to_private_der()).decode(), 64))
    return f"-----BEGIN PRIVATE KEY-----\n{text}\n-----END PRIVATE KEY-----\n"


def test_a_secret_that_is_signed_is_made_anew_for_each_request(
    build: Build, tmp_path: Path, clock: FakeClock
) -> None:
    file = tmp_path / "AuthKey.p8"
    file.write_text(pem_of(PEM))
    apple = build(
        client_auth="signed", team_id="TEAM", key_id="KEY", signing_key_file=str(file), client_secret=""
    )
    apple.come_back()
    form = apple.other.redeemed[-1]
    assert form["client_id"] == CLIENT_ID
    verifier = Verifier.from_pem(
        PEM.public_pem(), issuer="TEAM", audience=apple.other.url, clock=clock, types=["JWT"]
    )
    claims = verifier.verify(form["client_secret"]).claims
    assert (claims["sub"], claims["exp"] - claims["iat"]) == (CLIENT_ID, 300)
    assert apple.me() is not None


def test_a_key_that_cannot_sign_stops_the_start(sqlite_url: str, tmp_path: Path, clock: FakeClock) -> None:
    table = {"preset": "apple", "client_id": "a", "team_id": "t", "key_id": "k", "signing_key": "no key"}
    settings = cheap_settings(sqlite_url, tmp_path / "data", upstream={"apple": table})
    with pytest.raises(OperatorError, match=r"upstream\.apple: the signing_key cannot be used"):
        House(settings, clock)


@pytest.mark.compliance("OpenID Connect Core 1.0", "5.3.2", "userinfo of another person are not used")
def test_userinfo_fill_in_what_the_id_token_does_not_say_for_the_same_person_alone(
    build: Build, other: OtherHouse
) -> None:
    ann = build(userinfo=True)
    full = dict(other.person)
    other.person["sub"] = "another"
    other.spoil = lambda claims: claims.update(sub="248289")
    assert code_on(ann.come_back().text) == "upstream_untrusted"
    other.person = full
    other.spoil = lambda claims: [claims.pop(name) for name in ("email", "name", "email_verified")]
    assert ann.come_back().status_code == 303
    me = ann.me()
    assert me is not None
    assert me["name"] == "Ann Other"


@pytest.mark.compliance("OpenID Connect Core 1.0", "5.1", "email_verified is said of the address beside it")
@pytest.mark.parametrize(
    ("elsewhere", "is_verified"),
    [("ann@example.com", False), ("Ann@Example.com", True)],
    ids=["another", "same"],
)
def test_that_one_address_is_verified_says_nothing_of_another(
    build: Build, other: OtherHouse, elsewhere: str, is_verified: bool
) -> None:
    """Whoever may write an address into the ID token does not make it their own."""
    ann = build(userinfo=True)
    other.person |= {"email": elsewhere, "email_verified": True}
    other.spoil = lambda claims: [claims.pop("email_verified"), claims.update(email="Ann@Example.com")]
    answer = ann.come_back()
    assert answer.headers["Location"].startswith(
        "/account" if is_verified else "/sign-in/through/corp/finish"
    )


@pytest.mark.parametrize("endpoint", ["token_endpoint", "jwks_uri"])
def test_a_document_leads_to_no_private_place_that_the_operator_has_not_named(
    ann: Traveller, endpoint: str
) -> None:
    elsewhere = ann.other.url.replace("127.0.0.1", "localhost")
    ann.other.published = lambda document: document.update({endpoint: elsewhere + "/token"})
    assert code_on(ann.come_back().text) == "upstream_unavailable"
    assert ann.other.redeemed == [] or endpoint == "jwks_uri"
    assert ann.me() is None


@pytest.mark.parametrize("address", ["http://other.example/authorize", "javascript:alert(1)", "ftp://a", ""])
def test_nobody_is_sent_to_an_address_that_is_none(ann: Traveller, address: str) -> None:
    ann.other.published = lambda document: document.update(authorization_endpoint=address)
    answer = ann.house.client.get("/sign-in/through/corp", headers=OURS)
    assert answer.status_code in {303, 502}
    if answer.status_code == 303:
        assert address.startswith(
            "http://other.example"
        )  # plain http, as the settings have this house itself
