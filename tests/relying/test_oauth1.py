"""Programs of OAuth 1.0a with three libraries, over HTTPS and behind nginx, which asks for another host inside."""

import json
import ssl
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx
import pytest
import requests
from authlib.integrations.requests_client import OAuth1Session as AuthlibSession
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_der_private_key,
)
from msgspec import structs
from requests.adapters import HTTPAdapter
from requests_oauthlib import OAuth1Session

from gatepass import Verifier
from gatepass_server.bootstrap import build
from gatepass_server.settings import load_settings
from tests.outage.certificates import self_signed
from tests.relying.conftest import House
from tests.relying.nginx import find_nginx, nginx
from tests.relying.running import NODE
from tests.relying.visitor import Visitor
from tests.support.old_program import USUAL
from tests.support.relying_party import rsa_key
from tests.support.server import EMAIL, Server, free_port, serving, sign_up

RFC = "RFC 5849"
CALLBACK = "https://printer.example.com/ready?keep=this"
ODD = {"a b": "ü+&=~*'()", "empty": ""}
HMAC = ("HMAC-SHA1", "HMAC-SHA256", "PLAINTEXT")
RSA = ("RSA-SHA1", "RSA-SHA256")


@dataclass(frozen=True)
class Client:
    """A program as it was told when it was registered."""

    id: str
    secret: str | None = None
    key: str | None = None


@dataclass(frozen=True)
class Site:
    """The house behind its proxy, somebody signed in there, and two programs."""

    house: House
    visitor: Visitor
    by_secret: Client
    by_key: Client
    out_of_band: Client

    def client(self, method: str) -> Client:
        """The one that signs so."""
        return self.by_key if method in RSA else self.by_secret

    def at(self, path: str) -> str:
        """An address, as programs outside see it."""
        return f"{self.house.issuer}/oauth1/{path}"

    def verifier(self, address: str) -> str:
        """What the person's browser carries back."""
        location = self.visitor.carry(address)
        assert location.startswith(CALLBACK + "&"), location
        return parse_qs(urlsplit(location).query)["oauth_verifier"][0]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    find_nginx()
    folder = tmp_path_factory.mktemp("oauth1")
    certificate = self_signed(folder / "localhost.pem")
    port, plain = free_port(), free_port()
    settings = {"issuer": f"https://localhost:{port}", "trusted_proxies": "1", "oauth1": "true"}
    with (
        serving(folder, port=plain, **settings) as server,
        nginx(folder, port=port, upstream=plain, certificate=certificate),
    ):
        assert sign_up(server.url).status_code == 201
        house = House(server, settings["issuer"], folder, trust=str(certificate))
        told = house.create("--grant", "oauth1", "--redirect-uri", CALLBACK, name="Printer")
        by_secret = Client(told["CLIENT_ID"], told["CLIENT_SECRET"])
        with house.visitor() as visitor:
            yield Site(house, visitor, by_secret, *others(server))


def others(server: Server) -> tuple[Client, Client]:
    """One that signs with a key, and one whose person types the verifier; made beside the server, in its database."""
    gatepass = build(load_settings(options={"data": server.data}, environ={}))
    jwks = {"keys": [rsa_key().public_jwk()]}
    signer, nothing = gatepass.clients.create(
        "Signer", structs.replace(USUAL, redirect_uris=(CALLBACK,), jwks=jwks)
    )
    typed, secret = gatepass.clients.create("Terminal", structs.replace(USUAL, redirect_uris=()))
    gatepass.close()
    assert nothing is None
    assert secret is not None
    private = load_der_private_key(rsa_key().to_private_der(), None)
    pem = private.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption()).decode()
    return Client(signer.id, key=pem), Client(typed.id, secret.reveal())


def check(site: Site, client: Client, userinfo: dict[str, Any], jwt: dict[str, Any]) -> None:
    """What a program was told is right, and the access token is good at a modern API."""
    assert userinfo["email"] == EMAIL
    trust = site.house.trust
    with httpx.Client(verify=ssl.create_default_context(cafile=trust)) as http:
        keys = http.get(f"{site.house.issuer}/.well-known/jwks.json").json()
        headers = {"Authorization": f"Bearer {jwt['access_token']}"}
        assert http.get(f"{site.house.issuer}/oauth2/userinfo", headers=headers).json()["email"] == EMAIL
    issuer = site.house.issuer
    principal = Verifier.from_jwks(keys, issuer=issuer, audience=issuer).verify(jwt["access_token"])
    assert (principal.client_id, principal.scopes) == (client.id, frozenset({"openid", "email"}))
    assert "status" in principal.claims


def session_of(kind: str, site: Site, client: Client, method: str, place: str) -> Any:
    """A session of a library of Python."""
    options: dict[str, Any] = {
        "client_secret": client.secret,
        "rsa_key": client.key,
        "signature_method": method,
    }
    if kind == "requests_oauthlib":
        name = {"header": "AUTH_HEADER", "body": "BODY", "query": "QUERY"}[place]
        session = OAuth1Session(client.id, callback_uri=CALLBACK, signature_type=name, **options)
    else:
        session = AuthlibSession(client.id, redirect_uri=CALLBACK, signature_type=place.upper(), **options)
    session.verify = site.house.trust
    session.trust_env = False
    return session


def three_legs(site: Site, session: Any, client: Client) -> None:
    """All of it."""
    session.fetch_request_token(site.at("initiate"))
    address = (
        session.create_authorization_url(site.at("authorize"))
        if isinstance(session, AuthlibSession)
        else session.authorization_url(site.at("authorize"))
    )
    verifier = site.verifier(address)
    session.fetch_access_token(site.at("token"), verifier=verifier)
    who = session.post(site.at("userinfo") + "?a=1&a=0", data=ODD)
    assert who.status_code == 200, who.text
    jwt = session.post(site.at("jwt"), data={"scope": "openid email"})
    assert jwt.status_code == 200, jwt.text
    check(site, client, who.json(), jwt.json())


@pytest.mark.compliance(RFC, "1.2", "the three legs, with requests-oauthlib")
@pytest.mark.compliance(RFC, "3.5", "parameters in the header, in the body and in the query")
@pytest.mark.parametrize(
    ("method", "place"),
    [
        *((method, "header") for method in (*HMAC, *RSA)),
        *(("HMAC-SHA1", place) for place in ("body", "query")),
        *(("RSA-SHA256", place) for place in ("body", "query")),
    ],
)
def test_requests_oauthlib_is_let_in(site: Site, method: str, place: str) -> None:
    client = site.client(method)
    three_legs(site, session_of("requests_oauthlib", site, client, method, place), client)


@pytest.mark.compliance(RFC, "1.2", "the three legs, with Authlib's session")
@pytest.mark.parametrize("method", ["HMAC-SHA1", "PLAINTEXT", "RSA-SHA1"])
def test_authlib_is_let_in(site: Site, method: str) -> None:
    client = site.client(method)
    three_legs(site, session_of("authlib", site, client, method, "header"), client)


@pytest.mark.compliance(RFC, "1.2", "the three legs, with oauth-1.0a of npm")
def test_oauth_1_0a_of_npm_is_let_in_with_each_method(site: Site, node: str) -> None:
    environment = {"ISSUER": site.house.issuer, "CALLBACK": CALLBACK, "NODE_EXTRA_CA_CERTS": site.house.trust}
    program = subprocess.Popen(
        [node, str(NODE / "oauth1.mjs")],
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with program:
        assert program.stdin
        assert program.stdout

        def tell(line: str) -> dict[str, Any]:
            assert program.stdin
            assert program.stdout
            program.stdin.write(line + "\n")
            program.stdin.flush()
            return dict(json.loads(program.stdout.readline()))

        for method in (*HMAC, *RSA):
            client = site.client(method)
            about = {"method": method, "id": client.id, "secret": client.secret, "key": client.key}
            told = tell(site.verifier(tell(json.dumps(about))["go"]))
            check(site, client, told["userinfo"], told["jwt"])
        program.stdin.close()


@pytest.mark.compliance(RFC, "2.1", "out of band: the verifier is read off a page and typed")
def test_a_person_types_the_verifier(site: Site) -> None:
    client = site.out_of_band
    session = OAuth1Session(client.id, client_secret=client.secret, callback_uri="oob")
    session.verify = site.house.trust
    session.trust_env = False
    temporary = session.fetch_request_token(site.at("initiate"))
    page = site.visitor.go(session.authorization_url(site.at("authorize")))
    verifier = page.text.split('class="user-code">')[1].split("<")[0]
    assert session.fetch_access_token(site.at("token"), verifier=verifier.lower()) != temporary
    assert session.get(site.at("userinfo")).json()["email"] == EMAIL


class _BehindTheProxy(HTTPAdapter):
    """Brings what was signed for the outside straight to the server, under the name that it has there."""

    def __init__(self, issuer: str, inside: str) -> None:
        super().__init__()
        self._issuer = issuer
        self._inside = inside

    def get_connection_with_tls_context(
        self, request: requests.PreparedRequest, *arguments: Any, **options: Any
    ) -> Any:
        """Of the server's own address."""
        assert request.url
        request.url = request.url.replace(self._issuer, self._inside)
        return super().get_connection_with_tls_context(request, *arguments, **options)


@pytest.mark.compliance(RFC, "3.4.1.2", "what is signed is the public address, whichever way a request came")
def test_the_same_requests_hold_straight_at_the_server(site: Site) -> None:
    client = site.by_secret
    session = session_of("requests_oauthlib", site, client, "HMAC-SHA256", "header")
    session.mount(site.house.issuer, _BehindTheProxy(site.house.issuer, site.house.server.url))
    three_legs(site, session, client)
    fooled = session_of("requests_oauthlib", site, client, "HMAC-SHA256", "header")
    answer = fooled.post(f"{site.house.server.url}/oauth1/initiate")
    assert (answer.status_code, "signature_invalid" in answer.text) == (401, True)


def test_an_unsigned_request_is_challenged(site: Site) -> None:
    query = urlencode({"oauth_token": "x"})
    answer = requests.get(f"{site.at('userinfo')}?{query}", verify=site.house.trust, timeout=30)
    assert answer.status_code == 400
    assert "parameter_absent" in answer.text
