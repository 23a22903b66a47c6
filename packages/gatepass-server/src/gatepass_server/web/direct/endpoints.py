"""The direct endpoints of a house. Each stands in ``web/routes.py``, too: for hosts, and for what is unusual."""

import base64
import re
from collections.abc import Callable, Mapping
from urllib.parse import parse_qsl

from flask import Response

from gatepass import AccessTokenVerifier
from gatepass.errors import TokenError
from gatepass_server.accounts.sessions import Sessions
from gatepass_server.bootstrap import Gatepass
from gatepass_server.domain.clock import Clock
from gatepass_server.domain.errors import GatepassError
from gatepass_server.keys.ring import KeyRing
from gatepass_server.protocol.messages import Parameters, ProtocolRequest, ProtocolResponse
from gatepass_server.protocol.scopes import OPENID
from gatepass_server.protocol.userinfo import UserInfo
from gatepass_server.web.api.discovery import DiscoveryEndpoint
from gatepass_server.web.body import MAX_BODY_BYTES
from gatepass_server.web.bridge import refusal
from gatepass_server.web.caller_address import caller_address
from gatepass_server.web.cors import FOR_REGISTERED
from gatepass_server.web.direct.answering import Answering, Endpoint
from gatepass_server.web.direct.lanes import Lane
from gatepass_server.web.direct.request import DirectRequest, Headers
from gatepass_server.web.errors import answer_refusal
from gatepass_server.web.oauth import introspection, pushed, revocation, token, userinfo
from gatepass_server.web.plain_answer import PlainAnswer, of_flask, of_protocol
from gatepass_server.web.usual_headers import usual_headers

Service = Callable[[ProtocolRequest], ProtocolResponse]

_FORM = "application/x-www-form-urlencoded"
_MOST_FIELDS = 100
_VARIES = ("Vary", "Origin")
_DOCUMENT_SECONDS = 1
_PLAIN_ID = re.compile(rb"[A-Za-z0-9_-]{1,64}")
"""A ``client_id`` that cannot be an address, however it is written."""

_QUICK_GRANT = re.compile(
    rb"(?:\A|&)grant_type=(?:client_credentials|refresh_token|authorization_code)(?:&|\Z)"
)
"""A field of the form: where another one of this name stands beside it, the request is refused."""

_ENCODED_NAME = re.compile(rb"(?:\A|&)[^=&]*[%+]")
"""A field whose name is not written as it is: no program does that, and it could be any name."""

_SOONER = 0.1
"""Seconds before a document is stale in which it is told by a thread already: the event loop never makes one anew."""

_TOKEN = re.compile(r"[A-Za-z0-9\-._~+/]+=*")
"""RFC 6750 section 2.1."""

_UNUSUAL = frozenset({"origin", "dpop", "x-access-token"})
"""Headers of a userinfo request that Flask is left with."""


class FormEndpoint:
    """Hands a form to a service of the protocol, as ``web/oauth/program_endpoint.py`` does.

    Args:
        service: answers.
        base: the issuer, without a slash at its end.
        trusted_proxies: that stand in front.
        certificate_header: in which they pass on the client's certificate; empty where they do not.
        for_browsers: whether programs in browsers call it, too, whose origins Flask judges.
        lane: of requests that are quick.
    """

    def __init__(
        self,
        service: Service,
        base: str,
        *,
        trusted_proxies: int,
        certificate_header: str,
        for_browsers: bool,
        lane: Lane,
    ) -> None:
        self._service = service
        self._base = base
        self._trusted_proxies = trusted_proxies
        self._certificate_header = certificate_header.lower() if trusted_proxies else ""
        self._for_browsers = for_browsers
        self._lane = lane

    def lane(self, request: DirectRequest) -> Lane:
        """See ``Endpoint.lane``."""
        return self._lane if _asks_nobody(request) else Lane.ANY

    def __call__(self, request: DirectRequest, request_id: str) -> PlainAnswer | None:
        """See ``Endpoint``."""
        headers = request.headers
        if request.query or "origin" in headers or headers.get("content-type") != _FORM:
            return None
        if len(request.body) > MAX_BODY_BYTES:
            return None
        try:
            pairs = parse_qsl(
                request.body.decode("utf-8"),
                keep_blank_values=True,
                errors="strict",
                max_num_fields=_MOST_FIELDS,
            )
        except ValueError:
            return None
        proof = headers.get("dpop")
        message = ProtocolRequest(
            method=request.method,
            url=self._base + request.path,
            form=Parameters(pairs),
            headers=Headers(headers),
            proofs=() if proof is None else (proof,),
            certificate=headers.get(self._certificate_header, "").strip() if self._certificate_header else "",
            address=caller_address(
                request.peer, (headers.get("x-forwarded-for", ""),), self._trusted_proxies
            ),
            device=headers.get("user-agent", ""),
            request_id=request_id,
        )
        answer = self._answer(message)
        if self._for_browsers:
            answer.headers.append(_VARIES)
        return answer

    def _answer(self, message: ProtocolRequest) -> PlainAnswer:
        try:
            return of_protocol(self._service(message))
        except GatepassError as error:
            refused = error
        try:
            return of_flask(refusal(refused))
        except GatepassError as error:  # none that RFC 6749 has a code for
            return of_flask(answer_refusal(error))


class DirectUserInfo:
    """Answers for a bearer token that is good; of any other, Flask tells what is wrong with it.

    Args:
        verifier: checks access tokens of the house.
        sessions: knows which are alive.
        userinfo: tells the claims.
        lane: where it is answered.
    """

    def __init__(
        self, verifier: AccessTokenVerifier, sessions: Sessions, userinfo: UserInfo, *, lane: Lane
    ) -> None:
        self._verifier = verifier
        self._sessions = sessions
        self._userinfo = userinfo
        self._lane = lane

    def lane(self, request: DirectRequest) -> Lane:  # noqa: ARG002 - see ``Endpoint``
        """See ``Endpoint.lane``."""
        return self._lane

    def __call__(self, request: DirectRequest, request_id: str) -> PlainAnswer | None:  # noqa: ARG002 - nothing is written under it
        """See ``Endpoint``."""
        headers = request.headers
        scheme, _, token = headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not _TOKEN.fullmatch(token) or not _UNUSUAL.isdisjoint(headers):
            return None
        try:
            principal = self._verifier.verify(token, scopes=(OPENID,))
        except TokenError:
            return None
        live = self._sessions.caller(principal)
        if live is None:
            return None
        answer = of_protocol(self._userinfo(principal, live))
        answer.headers.append(_VARIES)
        return answer


class DirectDocument:
    """A public document that changes only with the keys: it is made anew every second, and when they are reread.

    Args:
        view: makes it, as in ``web/api/discovery.py``.
        ring: has the keys.
        clock: seconds since the epoch.
    """

    def __init__(self, view: Callable[[], Response], ring: KeyRing, clock: Clock) -> None:
        self._view = view
        self._ring = ring
        self._clock = clock
        self._made: tuple[float, object, PlainAnswer] | None = None

    def __call__(self, request: DirectRequest, request_id: str) -> PlainAnswer | None:  # noqa: ARG002 - see ``Endpoint``
        """See ``Endpoint``."""
        made = self._made
        if made is None or self._is_stale():
            answer = of_flask(self._view())  # which rereads the keys, if it must
            made = self._made = (self._clock(), self._ring.fresh(), answer)
        kept = made[2]
        return PlainAnswer(kept.status, list(kept.headers), kept.body)

    def lane(self, request: DirectRequest) -> Lane:  # noqa: ARG002 - see ``Endpoint``
        """See ``Endpoint.lane``: the event loop has what is fresh, and still is when it is asked for."""
        return Lane.ANY if self._is_stale(sooner=_SOONER) else Lane.LOOP

    def _is_stale(self, *, sooner: float = 0.0) -> bool:
        """Whether it is to be made anew, for which the keys may have to be read."""
        made = self._made
        if made is None or not 0 <= self._clock() - made[0] < _DOCUMENT_SECONDS - sooner:
            return True
        keys = self._ring.fresh(sooner=sooner)
        return keys is None or keys is not made[1]


def _asks_nobody(request: DirectRequest) -> bool:
    """Whether nothing in it could make this server ask another: neither its client, nor its grant.

    A client may be the address of a document, or prove who it is by keys that lie elsewhere, and so may who speaks for
    somebody else. Those with a secret in the header, and the three usual grants, ask nobody.
    """
    scheme, _, value = request.headers.get("authorization", "").partition(" ")
    body = request.body
    if scheme.lower() != "basic" or b"client_assertion" in body or _ENCODED_NAME.search(body):
        return False
    try:
        named = base64.b64decode(value, validate=True).partition(b":")[0]
    except ValueError:
        return False
    if not _PLAIN_ID.fullmatch(named):
        return False
    return request.path != token.PATH or _QUICK_GRANT.search(body) is not None


def direct_endpoints(gatepass: Gatepass) -> Mapping[tuple[str, str], Answering]:
    """By method and path. Where a shared secret signs, there are none."""
    provider, ring, settings = gatepass.provider, gatepass.ring, gatepass.settings
    if provider is None or ring is None:
        return {}
    # To read a session of SQLite takes less than to wake a thread for it, and no writer holds up a reader.
    reads = Lane.LOOP if settings.database.startswith("sqlite") else Lane.READS
    services: dict[str, tuple[Service, Lane]] = {
        token.PATH: (provider.server.token, Lane.WORK),
        introspection.PATH: (gatepass.introspection, reads),
        revocation.PATH: (provider.revocation, Lane.WORK),
        pushed.PATH: (provider.pushed, Lane.ANY),
    }
    found: dict[tuple[str, str], Endpoint] = {
        ("POST", path): FormEndpoint(
            service,
            settings.public_issuer.rstrip("/"),
            trusted_proxies=settings.trusted_proxies,
            certificate_header=settings.client_certificate_header,
            for_browsers=path in FOR_REGISTERED,
            lane=lane,
        )
        for path, (service, lane) in services.items()
    }
    found["GET", userinfo.PATH] = DirectUserInfo(
        gatepass.verifier,
        gatepass.sessions,
        provider.userinfo,
        lane=Lane.ANY if settings.takes_documents else reads,  # a program's document may have to be fetched
    )
    discovery = DiscoveryEndpoint(ring, provider.metadata)
    views = {
        "jwks.json": discovery.jwks,
        "openid-configuration": discovery.metadata,
        "oauth-authorization-server": discovery.metadata,
    }
    for title, view in views.items():
        found["GET", f"/.well-known/{title}"] = DirectDocument(view, ring, gatepass.clock)
    usual = usual_headers(is_https=settings.public_issuer.startswith("https://"))
    return {at: Answering(endpoint, usual) for at, endpoint in found.items()}
