"""A program of OAuth 1.0a, which signs by hand: nothing of the library that the server rests on is in it."""

import base64
import hmac
import itertools
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Self
from urllib.parse import parse_qs, parse_qsl, quote, urlencode, urlsplit

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from werkzeug.test import TestResponse

from gatepass_server.domain.clients import Client, ClientMetadata
from tests.support.house import House
from tests.support.relying_party import flow_of

CALLBACK = "https://printer.example.com/ready"
USUAL = ClientMetadata(
    redirect_uris=(CALLBACK,),
    grant_types=("oauth1",),
    token_endpoint_auth_method="oauth1",
    scope="openid profile email",
)
Pairs = Sequence[tuple[str, str]]
_nonces = itertools.count()


def encoded(text: str) -> str:
    """RFC 5849 section 3.6."""
    return quote(text, safe="-._~")


def base_string(method: str, url: str, pairs: Pairs) -> str:
    """RFC 5849 section 3.4.1, for an address without a default port."""
    normal = "&".join(f"{n}={v}" for n, v in sorted((encoded(n), encoded(v)) for n, v in pairs))
    return "&".join(map(encoded, (method, url, normal)))


def signature(method: str, base: str, secrets: tuple[str, str], key: RSAPrivateKey | None = None) -> str:
    """By the signature method of this name."""
    joined = "&".join(map(encoded, secrets))
    if method == "PLAINTEXT":
        return joined
    kind, _, name = method.partition("-")
    if kind == "RSA":
        assert key is not None
        algorithm = {"SHA1": hashes.SHA1(), "SHA256": hashes.SHA256()}[name]
        made = key.sign(base.encode(), padding.PKCS1v15(), algorithm)
    else:
        made = hmac.digest(joined.encode(), base.encode(), name.lower())
    return base64.b64encode(made).decode()


@dataclass
class Credentials:
    """A text and its secret."""

    token: str
    secret: str = field(repr=False)


@dataclass
class OldProgram:
    """A program registered with a house."""

    house: House
    client: Client
    secret: str
    key: RSAPrivateKey | None = None
    method: str = "HMAC-SHA1"
    place: str = "header"
    """Where its parameters of the protocol stand: ``header``, ``body`` or ``query``."""

    @classmethod
    def of(cls, house: House, metadata: ClientMetadata = USUAL, **options: Any) -> Self:
        """Register one."""
        client, secret = house.gatepass.clients.create("Printer", metadata)
        return cls(house, client, secret.reveal() if secret else "", **options)

    def parameters(self, credentials: Credentials | None = None, **changed: str | None) -> dict[str, str]:
        """Those of the protocol for one request, without the signature; None leaves one out."""
        usual: dict[str, str | None] = {
            "oauth_consumer_key": self.client.id,
            "oauth_signature_method": self.method,
            "oauth_timestamp": str(int(self.house.gatepass.clock())),
            "oauth_nonce": f"n{next(_nonces)}",
            **({"oauth_token": credentials.token} if credentials else {}),
        }
        return {name: value for name, value in {**usual, **changed}.items() if value is not None}

    def signed(
        self,
        method: str,
        path: str,
        credentials: Credentials | None = None,
        *,
        query: Pairs = (),
        form: Pairs = (),
        issuer: str = "",
        **changed: str | None,
    ) -> dict[str, str]:
        """Parameters of the protocol with the signature over all."""
        own = self.parameters(credentials, **changed)
        base = base_string(
            method,
            (issuer or self.house.gatepass.settings.public_issuer) + path,
            [*query, *form, *own.items()],
        )
        secrets = (self.secret, credentials.secret if credentials else "")
        made = signature(own["oauth_signature_method"], base, secrets, self.key)
        return {**own, "oauth_signature": made}

    def send(
        self,
        method: str,
        path: str,
        own: Mapping[str, str] | Pairs,
        *,
        query: Pairs = (),
        form: Pairs = (),
        headers: Mapping[str, str] | None = None,
        **options: Any,
    ) -> TestResponse:
        """Send a request whose signature was made before."""
        pairs = list(own.items()) if isinstance(own, Mapping) else list(own)
        given = dict(headers or {})
        if self.place == "header":
            given["Authorization"] = header(pairs)
        elif self.place == "body":
            form = [*form, *pairs]
        else:
            query = [*query, *pairs]
        body = urlencode(form) if form else None
        kind = "application/x-www-form-urlencoded" if form else None
        address = f"{path}?{urlencode(query)}" if query else path
        return self.house.client.open(
            address, method=method, data=body, content_type=kind, headers=given, **options
        )

    def call(
        self,
        method: str,
        path: str,
        credentials: Credentials | None = None,
        *,
        query: Pairs = (),
        form: Pairs = (),
        **changed: str | None,
    ) -> TestResponse:
        """Sign a request and send it."""
        own = self.signed(method, path, credentials, query=query, form=form, issuer="", **changed)
        return self.send(method, path, own, query=query, form=form)

    def initiate(self, callback: str = CALLBACK) -> Credentials:
        """Temporary credentials."""
        return credentials_in(self.call("POST", "/oauth1/initiate", oauth_callback=callback))

    def visit(self, temporary: Credentials) -> TestResponse:
        """Send the house's browser to the approval, where whoever is signed in there consents."""
        client = self.house.client
        response = client.get(f"/oauth1/authorize?{urlencode({'oauth_token': temporary.token})}")
        if "/consent?flow=" not in response.headers.get("Location", ""):
            return response
        handle = flow_of(response)
        browser = self.house.browser()
        assert browser.current is not None
        self.house.provider.flows.note_consented(handle, browser.current)
        return client.get(f"/oauth1/authorize?flow={handle}")

    def verifier(self, temporary: Credentials) -> str:
        """What the browser carries back."""
        response = self.visit(temporary)
        assert response.status_code == 303, response.text
        told = parse_qs(urlsplit(response.headers["Location"]).query)
        assert told["oauth_token"] == [temporary.token]
        return told["oauth_verifier"][0]

    def exchange(self, temporary: Credentials, verifier: str | None) -> TestResponse:
        """Present temporary credentials and their verifier."""
        return self.call("POST", "/oauth1/token", temporary, oauth_verifier=verifier)

    def credentials(self) -> Credentials:
        """Token credentials of whoever is signed in in the browser."""
        temporary = self.initiate()
        return credentials_in(self.exchange(temporary, self.verifier(temporary)))


def header(pairs: Pairs, realm: str = "Photos") -> str:
    """``Authorization`` (RFC 5849 section 3.5.1), in no order."""
    shuffled = random.sample(list(pairs), len(pairs))
    return f'OAuth realm="{realm}", ' + ", ".join(f'{encoded(n)}="{encoded(v)}"' for n, v in shuffled)


def credentials_in(response: TestResponse) -> Credentials:
    """Those of an answer."""
    assert response.status_code == 200, response.text
    told = dict(parse_qsl(response.text, strict_parsing=True))
    return Credentials(told["oauth_token"], told["oauth_token_secret"])


def problem(response: TestResponse) -> tuple[int, str]:
    """The status of a refusal, and why."""
    return response.status_code, dict(parse_qsl(response.text)).get("oauth_problem", response.text)
