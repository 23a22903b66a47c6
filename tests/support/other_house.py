"""A small house of others, in the tests' own code: OpenID Connect, OAuth 2.0 alone, and OAuth 1.0a, by real HTTP."""

import base64
import hashlib
import hmac
import json
import secrets
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit

from werkzeug.serving import WSGIRequestHandler, make_server
from werkzeug.wrappers import Request, Response

from gatepass import Signer
from gatepass.keys import Key
from gatepass_server.domain.clock import Clock

CLIENT_ID = "gatepass"
CLIENT_SECRET = "a secret between two houses"


@dataclass
class OtherHouse:
    """What it says and how it errs is up to the test.

    Attributes:
        url: Its address, and issuer.
        clock: Seconds since the epoch.
        person: What it says of whoever comes: claims of the ID token, and of its userinfo.
        spoil: Changes the claims of an ID token before it is signed.
        sign: Signs them, instead of its own key.
        published: Changes its discovery document.
        answer: Changes the parameters with which people are sent back.
        tokens: Changes what its token endpoint answers.
        asked: The parameters of the last authorization request.
        redeemed: The forms that came to its token endpoint, and headers.
    """

    url: str
    clock: Clock
    person: dict[str, Any] = field(default_factory=dict)
    spoil: Callable[[dict[str, Any]], object] = lambda _: None
    sign: Callable[[dict[str, Any]], str] | None = None
    published: Callable[[dict[str, Any]], object] = lambda _: None
    answer: Callable[[dict[str, str]], object] = lambda _: None
    tokens: Callable[[dict[str, Any]], object] = lambda _: None
    emails: list[dict[str, Any]] = field(default_factory=list)
    asked: dict[str, str] = field(default_factory=dict)
    redeemed: list[dict[str, str]] = field(default_factory=list)
    key: Key = field(default_factory=lambda: Key.generate("ES256"))

    def __post_init__(self) -> None:
        self._codes: dict[str, dict[str, str]] = {}
        self._secrets: dict[str, str] = {}
        self.person = self.person or {
            "sub": "248289",
            "email": "Ann@Example.com",
            "email_verified": True,
            "name": "Ann Other",
            "preferred_username": "ann",
            "groups": ["staff"],
        }

    def id_token(self, **changed: Any) -> str:
        """An ID token for us."""
        now = int(self.clock())
        claims = {
            "iss": self.url,
            "aud": CLIENT_ID,
            "iat": now,
            "exp": now + 300,
            "auth_time": now,
            "sid": "their-session",
            **self.person,
            **changed,
        }
        self.spoil(claims)
        return self.sign(claims) if self.sign else self.signed(claims)

    def signed(self, claims: dict[str, Any], typ: str = "JWT") -> str:
        """Claims, signed with its key."""
        signer = Signer(self.key, issuer=self.url, audience=CLIENT_ID, clock=self.clock)
        return signer.sign({name: value for name, value in claims.items() if value is not None}, typ=typ)

    def logout_token(self, **changed: Any) -> str:
        """A log-out token for us (Back-Channel Logout 1.0 section 2.4)."""
        now = int(self.clock())
        claims = {
            "iss": self.url,
            "aud": CLIENT_ID,
            "iat": now,
            "exp": now + 120,
            "jti": secrets.token_hex(8),
            "events": {"http://schemas.openid.net/event/backchannel-logout": {}},
            "sub": self.person["sub"],
            "sid": "their-session",
            **changed,
        }
        return self.signed({n: v for n, v in claims.items() if v is not None}, typ="logout+jwt")

    def allow(self, address: str) -> str:
        """What the person's browser does there: it is sent back to this address."""
        asked = dict(parse_qsl(urlsplit(address).query))
        self.asked = asked
        if "oauth_token" in asked:
            return f"{self._secrets['callback of ' + asked['oauth_token']]}?" + urlencode(
                {"oauth_token": asked["oauth_token"], "oauth_verifier": "verified"}
            )
        code = secrets.token_urlsafe(16)
        self._codes[code] = asked
        answer = {"code": code, "state": asked["state"], "iss": self.url}
        self.answer(answer)
        return f"{asked['redirect_uri']}?{urlencode(answer)}"

    def __call__(self, environ: Any, start_response: Any) -> Any:
        """Answer as a WSGI application."""
        request = Request(environ)
        view = _VIEWS.get(request.path)
        response = Response(status=404) if view is None else view(self, request)
        return response(environ, start_response)

    def _discovery(self, _: Request) -> Response:
        document = {
            "issuer": self.url,
            "authorization_endpoint": f"{self.url}/authorize",
            "token_endpoint": f"{self.url}/token",
            "userinfo_endpoint": f"{self.url}/userinfo",
            "jwks_uri": f"{self.url}/jwks",
            "authorization_response_iss_parameter_supported": True,
        }
        self.published(document)
        return _json(document)

    def _jwks(self, _: Request) -> Response:
        return _json({"keys": [self.key.public_jwk()]})

    def _authorize(self, request: Request) -> Response:
        return Response(status=303, headers={"Location": self.allow(request.url)})

    def _token(self, request: Request) -> Response:
        form = dict(request.values.items())
        self.redeemed.append({**form, "authorization": request.headers.get("Authorization", "")})
        begun = self._codes.pop(form.get("code", ""), None)
        if begun is None or begun["redirect_uri"] != form.get("redirect_uri"):
            return _json({"error": "invalid_grant"}, 400)
        if "code_challenge" in begun and begun["code_challenge"] != _challenge(form.get("code_verifier", "")):
            return _json({"error": "invalid_grant"}, 400)
        tokens: dict[str, Any] = {"access_token": "their-access-token", "token_type": "Bearer"}
        if "openid" in begun.get("scope", ""):
            tokens["id_token"] = self.id_token(nonce=begun.get("nonce"))
        self.tokens(tokens)
        return _json(tokens)

    def _userinfo(self, request: Request) -> Response:
        given = request.headers.get("Authorization") == "Bearer their-access-token"
        given = given or request.args.get("access_token") == "their-access-token"
        return _json(self.person) if given else _json({"error": "invalid_token"}, 401)

    def _emails(self, _: Request) -> Response:
        return _json(self.emails)

    def _request_token(self, request: Request) -> Response:
        given = self._demand_signature(request, "")
        if given is None:
            return Response("bad signature", 401)
        token = secrets.token_urlsafe(12)
        self._secrets[token] = secrets.token_urlsafe(12)
        self._secrets["callback of " + token] = given["oauth_callback"]
        found = {
            "oauth_token": token,
            "oauth_token_secret": self._secrets[token],
            "oauth_callback_confirmed": "true",
        }
        self.tokens(found)
        return Response(urlencode(found), content_type="application/x-www-form-urlencoded")

    def _access_token(self, request: Request) -> Response:
        token = _oauth_parameters(request).get("oauth_token", "")
        given = self._demand_signature(request, self._secrets.get(token, ""))
        if given is None or given.get("oauth_verifier") != "verified" or token not in self._secrets:
            return Response("refused", 401)
        del self._secrets[token]
        self._secrets["final"] = "final secret"
        found = {"oauth_token": "final", "oauth_token_secret": "final secret", "user_id": "77"}
        return Response(urlencode(found), content_type="text/html; charset=utf-8")

    def _me(self, request: Request) -> Response:
        given = self._demand_signature(request, self._secrets.get("final", ""))
        return Response("refused", 401) if given is None else _json(self.person)

    def _demand_signature(self, request: Request, token_secret: str) -> dict[str, str] | None:
        """The OAuth parameters, if their HMAC-SHA1 is right (RFC 5849 section 3.4.2), computed without Authlib."""
        given = _oauth_parameters(request)
        signed = {**given, **dict(request.args.items())}
        signature = signed.pop("oauth_signature", "")
        pairs = sorted((_escaped(name), _escaped(value)) for name, value in signed.items())
        text = "&".join(f"{name}={value}" for name, value in pairs)
        base = "&".join(map(_escaped, (request.method, request.base_url, text)))
        key = f"{_escaped(CLIENT_SECRET)}&{_escaped(token_secret)}"
        digest = hmac.digest(key.encode(), base.encode(), "sha1")
        return given if hmac.compare_digest(base64.b64encode(digest).decode(), signature) else None


class _Quiet(WSGIRequestHandler):
    def log(self, type: str, message: str, *args: Any) -> None:  # noqa: A002 - the name is Werkzeug's
        """Say nothing."""


_VIEWS: dict[str, Callable[[OtherHouse, Request], Response]] = {
    "/.well-known/openid-configuration": OtherHouse._discovery,
    "/jwks": OtherHouse._jwks,
    "/authorize": OtherHouse._authorize,
    "/token": OtherHouse._token,
    "/userinfo": OtherHouse._userinfo,
    "/emails": OtherHouse._emails,
    "/oauth1/request": OtherHouse._request_token,
    "/oauth1/authorize": OtherHouse._authorize,
    "/oauth1/access": OtherHouse._access_token,
    "/oauth1/me": OtherHouse._me,
}


@contextmanager
def other_house(clock: Clock) -> Iterator[OtherHouse]:
    """One that answers on loopback."""
    house = OtherHouse("", clock)
    server = make_server("127.0.0.1", 0, house, threaded=True, request_handler=_Quiet)
    house.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield house
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def openid_settings(house: OtherHouse, **more: Any) -> dict[str, Any]:
    """The table ``[upstream.NAME]`` of it as an OpenID Connect provider."""
    return {"issuer": house.url, "client_id": CLIENT_ID, "client_secret": CLIENT_SECRET, **more}


def oauth2_settings(house: OtherHouse, **more: Any) -> dict[str, Any]:
    """The same where it speaks OAuth 2.0 alone."""
    return {
        "kind": "oauth2",
        "authorize_url": f"{house.url}/authorize",
        "token_url": f"{house.url}/token",
        "userinfo_url": f"{house.url}/userinfo",
        "client_id": CLIENT_ID,
        "client_secret": CLIENT_SECRET,
        "scope": "user",
        **more,
    }


def oauth1_settings(house: OtherHouse, **more: Any) -> dict[str, Any]:
    """The same where it speaks OAuth 1.0a."""
    return {
        "kind": "oauth1",
        "request_token_url": f"{house.url}/oauth1/request",
        "authorize_url": f"{house.url}/oauth1/authorize",
        "token_url": f"{house.url}/oauth1/access",
        "userinfo_url": f"{house.url}/oauth1/me",
        "client_id": CLIENT_ID,
        "client_secret": CLIENT_SECRET,
        **more,
    }


def _json(body: Any, status: int = 200) -> Response:

    return Response(json.dumps(body), status=status, content_type="application/json")


def _challenge(verifier: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()


def _oauth_parameters(request: Request) -> dict[str, str]:
    header = request.headers.get("Authorization", "").removeprefix("OAuth ")
    parts = (part.strip().partition("=") for part in header.split(",") if "=" in part)
    return {unquote(name): unquote(value.strip('"')) for name, _, value in parts}


def _escaped(text: str) -> str:
    return quote(text, safe="~")
