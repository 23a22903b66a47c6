"""Endpoints of the protocol that take a form."""

import base64
import re
from collections.abc import Callable
from urllib.parse import parse_qsl

from gatepass_server.domain.errors import GatepassError
from gatepass_server.protocol.messages import Parameters, ProtocolRequest, ProtocolResponse
from gatepass_server.web.body import MAX_BODY_BYTES
from gatepass_server.web.bridge import MOST_PARAMETERS, refusal
from gatepass_server.web.caller_address import caller_address
from gatepass_server.web.direct.lanes import Lane
from gatepass_server.web.direct.request import DirectRequest, Headers
from gatepass_server.web.errors import answer_refusal
from gatepass_server.web.oauth import token
from gatepass_server.web.plain_answer import PlainAnswer, of_flask, of_protocol

Service = Callable[[ProtocolRequest], ProtocolResponse]

VARIES = ("Vary", "Origin")
"""A header of what browser apps may ask, too."""

_FORM = "application/x-www-form-urlencoded"
_PLAIN_ID = re.compile(rb"[A-Za-z0-9_-]{1,64}")
"""A ``client_id`` that cannot be an address, however it is written."""

_QUICK_GRANTS = frozenset(
    {
        b"grant_type=client_credentials",
        b"grant_type=refresh_token",
        b"grant_type=authorization_code",
    }
)
"""Fields of the form: where another one of this name stands beside it, the request is refused."""


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
        """See ``Endpoint.lane``.

        A proof (RFC 9449) is spent by a transaction of its own, after which the request cannot be begun anew.
        """
        return self._lane if "dpop" not in request.headers and _asks_nobody(request) else Lane.ANY

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
                max_num_fields=MOST_PARAMETERS,
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
            answer.headers.append(VARIES)
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


def _asks_nobody(request: DirectRequest) -> bool:
    """Whether nothing in it could make this server ask another: neither its client, nor its grant.

    A client may be the address of a document, or prove who it is by keys that lie elsewhere, and so may who speaks for
    somebody else. Those with a secret in the header, and the three usual grants, ask nobody.
    """
    scheme, _, value = request.headers.get("authorization", "").partition(" ")
    body = request.body
    if scheme.lower() != "basic" or b"client_assertion" in body or body.count(b"&") >= MOST_PARAMETERS:
        return False
    fields = body.split(b"&")
    if any(_is_encoded(field.partition(b"=")[0]) for field in fields):
        return False
    try:
        named = base64.b64decode(value, validate=True).partition(b":")[0]
    except ValueError:
        return False
    if not _PLAIN_ID.fullmatch(named):
        return False
    return request.path != token.PATH or not _QUICK_GRANTS.isdisjoint(fields)


def _is_encoded(name: bytes) -> bool:
    """Whether the name of a field is not written as it is: no program does that, and it could be any name."""
    return b"%" in name or b"+" in name
