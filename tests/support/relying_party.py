"""A program that people sign in to, and a browser that carries its requests: all inside the test's own process."""

import base64
import hashlib
import secrets
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Self
from urllib.parse import parse_qs, urlencode, urlsplit

from werkzeug.test import TestResponse

from gatepass.keys import Key
from gatepass_server.domain.clients import Client, ClientMetadata
from gatepass_server.domain.secret import Secret
from tests.support.house import EMAIL, PASSWORD, House

API = "https://api.example.com"
OTHER_API = "https://other.example.com"
CALLBACK = "https://app.example.com/callback"
SIGN_IN_SCOPE = "openid profile email"
USUAL = ClientMetadata(
    redirect_uris=(CALLBACK,),
    grant_types=("authorization_code", "refresh_token"),
    scope="openid profile email offline_access",
)


@dataclass
class RelyingParty:
    """A program registered with a house. ``secret`` is None for public ones."""

    house: House
    client: Client
    secret: Secret | None
    verifier: str = field(default_factory=lambda: secrets.token_urlsafe(32))

    @classmethod
    def of(cls, house: House, metadata: ClientMetadata = USUAL, name: str = "Wiki") -> Self:
        """Register one."""
        give_rsa_key(house, metadata)
        return cls(house, *house.gatepass.clients.create(name, metadata))

    @property
    def id(self) -> str:
        """Its ``client_id``."""
        return self.client.id

    @property
    def challenge(self) -> str:
        """S256 of its verifier."""
        digest = hashlib.sha256(self.verifier.encode()).digest()
        return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()

    def parameters(self, **changed: str | None) -> dict[str, str]:
        """Of a usual authorization request; None leaves one out."""
        usual: dict[str, str | None] = {
            "client_id": self.id,
            "redirect_uri": self.client.metadata.redirect_uris[0],
            "response_type": "code",
            "scope": SIGN_IN_SCOPE,
            "state": "a state",
            "nonce": "a nonce",
            "code_challenge": self.challenge,
            "code_challenge_method": "S256",
        }
        return {name: value for name, value in {**usual, **changed}.items() if value is not None}

    def authorize(self, **changed: str | None) -> TestResponse:
        """``GET /oauth2/authorize`` in the house's browser."""
        return self.house.client.get(f"/oauth2/authorize?{urlencode(self.parameters(**changed))}")

    def token(self, *, auth: bool = True, **form: Any) -> TestResponse:
        """``POST /oauth2/token``; with ``auth`` the program proves who it is."""
        headers = self.basic() if auth and self.secret is not None else {}
        if self.secret is None and auth:
            form.setdefault("client_id", self.id)
        return self.house.client.post("/oauth2/token", data=form, headers=headers)

    def post(self, path: str, *, accept: str = "", **form: Any) -> TestResponse:
        """POST a form to an endpoint for programs, proving who it is as it must."""
        headers = self.basic()
        if self.secret is None:
            form.setdefault("client_id", self.id)
        if accept:
            headers["Accept"] = accept
        return self.house.client.post(path, data=form, headers=headers)

    def introspect(self, token: str) -> dict[str, Any]:
        """What it is told of a token."""
        answer = self.post("/oauth2/introspect", token=token)
        assert answer.status_code == 200, answer.text
        return dict(answer.get_json())

    def basic(self) -> dict[str, str]:
        """The header that proves who it is."""
        if self.secret is None:
            return {}
        pair = f"{self.id}:{self.secret.reveal()}".encode()
        return {"Authorization": "Basic " + base64.b64encode(pair).decode()}

    def redeem(self, code: str, **form: Any) -> TestResponse:
        """Present a code with its verifier."""
        given: dict[str, Any] = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self.client.metadata.redirect_uris[0],
            "code_verifier": self.verifier,
            **form,
        }
        return self.token(**{name: value for name, value in given.items() if value is not None})

    def code(self, **changed: str | None) -> str:
        """A code: whoever is signed in in the browser consents to all."""
        return answered(self.consent_to(self.authorize(**changed)))["code"]

    def tokens(self, **changed: str | None) -> dict[str, Any]:
        """Tokens of whoever is signed in in the browser."""
        response = self.redeem(self.code(**changed))
        assert response.status_code == 200, response.text
        return dict(response.get_json())

    def consent_to(self, response: TestResponse) -> TestResponse:
        """Go through the consent step, if that is where the browser was sent."""
        location = response.headers["Location"]
        if "/consent?flow=" not in location:
            return response
        handle = flow_of(response)
        browser = self.house.browser()
        assert browser.current is not None
        provider = self.house.provider
        provider.flows.note_consented(handle, browser.current)
        return self.house.client.get(f"/oauth2/authorize?flow={handle}")


def give_rsa_key(house: House, metadata: ClientMetadata) -> None:
    """Where the client will have RS256 and the house has no such key, give it one that was made before."""
    keeper = house.gatepass.keeper
    assert keeper is not None
    if "RS256" in metadata.algorithms and "RS256" not in {record.alg for record, _ in keeper.list()}:
        keeper.adopt(rsa_key(), algorithm="RS256", activate=True)


@cache
def rsa_key() -> Key:
    """A key that was made once for all tests of a process."""
    return Key.generate("RS256")


def flow_of(response: TestResponse) -> str:
    """The handle of the request that waits, where the browser was sent to a page."""
    return parse_qs(urlsplit(response.headers["Location"]).query)["flow"][0]


def answered(response: TestResponse) -> dict[str, str]:
    """The parameters of an answer that the browser carries to the program."""
    assert response.status_code == 303, response.text
    parts = urlsplit(response.headers["Location"])
    return {name: values[0] for name, values in parse_qs(parts.query or parts.fragment).items()}


def sign_in(house: House, email: str = EMAIL, password: str = PASSWORD) -> None:
    """Sign in in the house's browser, by cookie; the account is made if there is none."""
    house.sign_up(email, password)
    response = house.client.post("/login", json={"email": email, "password": password, "mode": "cookie"})
    assert response.status_code == 201, response.text
