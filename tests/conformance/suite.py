"""The side of the suite: a program that asks, a person who answers, and the checks that every module makes.

They are those of the conformance suite of the OpenID Foundation: what its base classes check on every answer is checked
here on every answer, too.
"""

import base64
import hashlib
import json
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from joserfc import jwk, jws
from werkzeug.test import TestResponse

from gatepass_server.domain.clients import Client, ClientMetadata
from gatepass_server.domain.secret import Secret
from tests.support.house import EMAIL, ISSUER, PASSWORD, House
from tests.support.relying_party import give_rsa_key
from tests.support.visitor import Reader, Visitor

CALLBACK = "https://suite.example.com/test/a/gatepass/callback"
PLAIN = ClientMetadata(
    redirect_uris=(CALLBACK,),
    grant_types=("authorization_code", "refresh_token"),
    scope="openid profile email groups offline_access",
    require_pkce=False,  # the modules of OpenID Connect Core send no code_challenge
)
_ERROR_TEXT = {*range(0x20, 0x22), *range(0x23, 0x5C), *range(0x5D, 0x7F)}
"""What a description consists of (RFC 6749 section 4.1.2.1)."""

_PAGES = ("/sign-in", "/consent", "/choose-account", "/sign-up")


@dataclass(frozen=True)
class Answer:
    """What reached the program's redirect URI, and the pages that the person saw on the way."""

    to: str
    mode: str
    parameters: dict[str, str]
    asked: tuple[str, ...]


@dataclass(frozen=True)
class Tokens:
    """A token response that has passed the checks."""

    body: dict[str, Any]
    header: dict[str, Any]
    claims: dict[str, Any]

    @property
    def access(self) -> str:
        """The access token."""
        return str(self.body["access_token"])


@dataclass
class Program:
    """A registered program, in front of a browser.

    Attributes:
        mode: The ``response_mode`` that it asks for; None asks for none.
        pages: What the person was shown.
    """

    house: House
    person: Visitor
    client: Client
    secret: Secret | None
    mode: str | None = None
    pages: list[str] = field(default_factory=list)

    @classmethod
    def of(
        cls, house: House, person: Visitor, metadata: ClientMetadata = PLAIN, mode: str | None = None
    ) -> "Program":
        """Register one."""
        give_rsa_key(house, metadata)
        return cls(house, person, *house.gatepass.clients.create("The suite", metadata), mode)

    def request(self, **changed: str | None) -> dict[str, str]:
        """The parameters of a usual request; None leaves one out."""
        usual: dict[str, str | None] = {
            "client_id": self.client.id,
            "redirect_uri": self.client.metadata.redirect_uris[0],
            "response_type": "code",
            "response_mode": self.mode,
            "scope": "openid",
            "state": "Az09-._~!",
            "nonce": "n-0S6_WzA2Mj",
        }
        return {name: value for name, value in {**usual, **changed}.items() if value is not None}

    def post(self, **changed: str | None) -> TestResponse:
        """Have the browser post a form of the program to the authorization endpoint."""
        origin = "https://suite.example.com"
        return self.person.post("/oauth2/authorize", self.request(**changed), Origin=origin)

    def send(self, **changed: str | None) -> TestResponse:
        """Take the browser to the authorization endpoint."""
        parameters = self.request(**changed)
        return self.person.get(f"/oauth2/authorize?{urlencode(parameters)}")

    def walk(self, response: TestResponse, *, consent: str = "allow") -> Answer:
        """Go through every page that the person is shown, up to the answer."""
        asked: list[str] = []
        for _ in range(9):
            answer = _answer(response, self.client.metadata.redirect_uris, tuple(asked))
            if answer is not None:
                return answer
            path = urlsplit(response.headers["Location"]).path
            page = self.person.follow(response)
            if path in _PAGES:
                asked.append(path)
                self.pages.append(page.text)
                page = self._act(path, page, consent)
            response = page
        raise AssertionError(f"the pages lead nowhere: {asked}")

    def authorize(self, **changed: str | None) -> Answer:
        """Ask, have the person answer, and check what comes back (``code``, ``state``, ``iss``)."""
        answer = self.walk(self.send(**changed))
        self.check_answer(answer, self.request(**changed))
        return answer

    def refused(self, *codes: str, **changed: str | None) -> Answer:
        """Ask, and check that an error with one of the codes comes back."""
        answer = self.walk(self.send(**changed))
        self.check_error(answer, self.request(**changed), *codes)
        return answer

    def sign_in(self, **changed: str | None) -> Tokens:
        """The whole flow, with every check."""
        return self.redeem(self.authorize(**changed), **changed)

    def redeem(self, answer: Answer, *, verifier: str | None = None, **asked: str | None) -> Tokens:
        """Present the code, and check the tokens."""
        form = {
            "grant_type": "authorization_code",
            "code": answer.parameters["code"],
            "redirect_uri": answer.to,
            **({} if verifier is None else {"code_verifier": verifier}),
        }
        return self.check_tokens(self.token(**form), self.request(**asked).get("nonce"))

    def token(self, *, by: str | None = None, **form: str) -> TestResponse:
        """``POST /oauth2/token`` with the program's secret, in the header or the body."""
        headers = {}
        method = by or self.client.metadata.token_endpoint_auth_method
        if self.secret is None:
            form["client_id"] = self.client.id
        elif method == "client_secret_post":
            form |= {"client_id": self.client.id, "client_secret": self.secret.reveal()}
        else:
            pair = f"{self.client.id}:{self.secret.reveal()}".encode()
            headers["Authorization"] = "Basic " + base64.b64encode(pair).decode()
        return self.house.client.post("/oauth2/token", data=form, headers=headers)

    def userinfo(self, tokens: Tokens) -> dict[str, Any]:
        """``GET /oauth2/userinfo``, with every check."""
        return self.check_userinfo(self.house.get("/oauth2/userinfo", tokens.access), tokens)

    def check_answer(self, answer: Answer, sent: dict[str, str]) -> None:
        """Conditions of the authorization response."""
        self._check_callback(answer, sent)
        assert answer.parameters.keys() == {"code", "iss"} | ({"state"} & sent.keys())
        code = answer.parameters["code"]
        assert len(code) >= 22, "128 bits at least (RFC 6749 section 10.10)"
        assert len(set(code)) >= 10

    def check_error(self, answer: Answer, sent: dict[str, str], *codes: str) -> None:
        """Conditions of an error response."""
        self._check_callback(answer, sent)
        assert answer.parameters["error"] in codes
        assert answer.parameters.keys() <= {"error", "error_description", "state", "iss"}
        assert set(answer.parameters["error_description"].encode()) <= _ERROR_TEXT

    def _check_callback(self, answer: Answer, sent: dict[str, str]) -> None:
        assert answer.to == sent.get("redirect_uri", answer.to)
        assert answer.mode == (self.mode or "query")
        assert answer.parameters["iss"] == ISSUER
        assert answer.parameters.get("state") == sent.get("state")

    def check_tokens(self, response: TestResponse, nonce: str | None) -> Tokens:
        """Conditions of the token response and of the ID token (OpenID Connect Core sections 2, 3.1.3.3, 3.1.3.7)."""
        assert response.status_code == 200, response.text
        assert response.headers["Content-Type"] == "application/json"
        assert response.headers["Cache-Control"] == "no-store"
        body = dict(response.get_json())
        assert body["token_type"].lower() in {"bearer", "dpop"}
        assert isinstance(body["expires_in"], int)
        assert body["expires_in"] > 0
        assert len(body["access_token"]) >= 22
        header, claims = self.verify(body["id_token"])
        now = self.house.gatepass.clock()
        assert (claims["iss"], claims["aud"], claims.get("azp", self.client.id)) == (
            ISSUER,
            self.client.id,
            self.client.id,
        )
        assert 0 < len(claims["sub"]) <= 255
        assert claims["sub"].isascii()
        assert claims["iat"] <= now < claims["exp"] <= now + 86_400
        assert claims.get("nonce") == nonce
        assert isinstance(claims["auth_time"], int)
        assert claims["auth_time"] <= now
        assert claims["at_hash"] == _left_half(body["access_token"], header["alg"])
        return Tokens(body, header, claims)

    def verify(self, token: str) -> tuple[dict[str, Any], dict[str, Any]]:
        """Header and claims of what the house signed; the key is found in its JWK set by ``kid``."""
        keys = jwk.KeySet.import_key_set(self.house.get("/.well-known/jwks.json").get_json())
        kids = [key.kid for key in keys.keys]
        assert len(kids) == len(set(kids))
        algorithm = self.client.metadata.id_token_algorithm
        found = jws.deserialize_compact(token, keys, algorithms=[algorithm])
        assert found.headers()["kid"] in kids
        return dict(found.headers()), dict(json.loads(found.payload))

    def check_userinfo(self, response: TestResponse, tokens: Tokens) -> dict[str, Any]:
        """Conditions of the userinfo response (OpenID Connect Core sections 5.1 and 5.3.2)."""
        assert response.status_code == 200, response.text
        assert response.headers["Content-Type"] == "application/json"
        claims = dict(response.get_json())
        assert claims["sub"] == tokens.claims["sub"]
        kinds = {"email_verified": bool, "updated_at": int, "groups": list, "roles": list}
        assert all(isinstance(value, kinds.get(name, str)) for name, value in claims.items()), claims
        assert "nonce" not in claims
        return claims

    def _act(self, path: str, page: TestResponse, consent: str) -> TestResponse:
        if path == "/sign-in":
            return self.person.submit(page, email=EMAIL, password=PASSWORD)
        if path == "/consent":
            return self.person.submit(page, button=consent)
        raise AssertionError(f"nobody told the person what to do at {path}")


def error_page(response: TestResponse) -> str:
    """The text of a page that tells a person that nobody can be sent back (RFC 6749 section 4.1.2.1)."""
    assert 400 <= response.status_code < 500, response.headers
    assert response.headers["Content-Type"].startswith("text/html")
    assert "Location" not in response.headers
    return response.text


def check_token_error(response: TestResponse, *codes: str) -> None:
    """Conditions of an error of the token endpoint (RFC 6749 section 5.2)."""
    assert response.status_code in ({400, 401} if "invalid_client" in codes else {400}), response.text
    assert response.headers["Content-Type"] == "application/json"
    body = response.get_json()
    assert body["error"] in codes
    assert body.keys() <= {"error", "error_description", "error_uri"}
    assert set(body["error_description"].encode()) <= _ERROR_TEXT


def _answer(response: TestResponse, registered: tuple[str, ...], asked: tuple[str, ...]) -> Answer | None:
    """The answer, where the response carries one to a registered address."""
    if response.status_code == 303:
        location = response.headers["Location"]
        if location.startswith(("/", f"{ISSUER}/")):
            return None
        parts = urlsplit(location)
        mode, text = ("fragment", parts.fragment) if parts.fragment else ("query", parts.query)
        pairs = parse_qsl(text, keep_blank_values=True, strict_parsing=True)
        to = max((uri for uri in registered if location.startswith(uri)), key=len)
        own = parse_qsl(urlsplit(to).query)
        assert pairs[: len(own)] == own, "the query of the redirect URI is kept"
        parameters = dict(pairs[len(own) :])
        assert len(parameters) == len(pairs) - len(own), "no parameter is sent twice"
        return Answer(to, mode, parameters, asked)
    assert response.status_code == 200, response.text
    assert "no-store" in response.headers["Cache-Control"]
    page = Reader(response.text)
    (form,) = page.forms
    (attributes,) = [found for tag, found in page.tags if tag == "form"]
    assert attributes["method"] == "post"
    assert (
        attributes.get("enctype", "application/x-www-form-urlencoded") == "application/x-www-form-urlencoded"
    )
    return Answer(form.action, "form_post", form.fields, asked)


def _left_half(text: str, algorithm: str) -> str:
    size = "512" if algorithm in {"EdDSA", "Ed25519"} else algorithm[-3:]
    digest = hashlib.new(f"sha{size}", text.encode()).digest()
    return base64.urlsafe_b64encode(digest[: len(digest) // 2]).rstrip(b"=").decode()
