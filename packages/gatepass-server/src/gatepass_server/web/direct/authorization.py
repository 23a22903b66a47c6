"""Authorization requests that are answered by a redirect: to the program, or to a page of ours."""

import re
from urllib.parse import parse_qsl

from werkzeug.http import parse_cookie
from werkzeug.urls import iri_to_uri

from gatepass_server.domain.errors import GatepassError
from gatepass_server.protocol.authorization.authorize import Authorize
from gatepass_server.protocol.authorization.outcomes import Refused, Step
from gatepass_server.protocol.messages import Parameters
from gatepass_server.web.bridge import MOST_PARAMETERS
from gatepass_server.web.cookies import Cookies
from gatepass_server.web.direct.lanes import Lane
from gatepass_server.web.direct.request import DirectRequest
from gatepass_server.web.oauth.authorize import address_of
from gatepass_server.web.plain_answer import PlainAnswer
from gatepass_server.web.signed_in import SignedIn

_UNUSUAL = frozenset({"request", "request_uri", "response_mode"})
"""Parameters with which an answer may be a page, or another server may be asked for the request."""

_PLAINLY_NAMED = re.compile(r"(?:\A|&)client_id=[A-Za-z0-9_-]{1,64}(?:&|\Z)")
"""A ``client_id`` that cannot be an address; where another one stands beside it, the request is refused."""


class DirectAuthorization:
    """Answers a ``GET`` (RFC 6749 section 3.1). Refusals are pages, and left to Flask: nothing was done for them.

    Args:
        authorize: decides.
        signed_in: tells who is signed in, by the cookies.
        base: the issuer, without a slash at its end.
    """

    def __init__(self, authorize: Authorize, signed_in: SignedIn, base: str) -> None:
        self._authorize = authorize
        self._signed_in = signed_in
        self._base = base

    def lane(self, request: DirectRequest) -> Lane:
        """See ``Endpoint.lane``. A program whose id is an address may have to be fetched."""
        return Lane.WORK if _PLAINLY_NAMED.search(request.query) else Lane.ANY

    def __call__(self, request: DirectRequest, request_id: str) -> PlainAnswer | None:  # noqa: ARG002 - nothing is written under it
        """See ``Endpoint``."""
        try:
            parameters, cookies = _read(request)
        except ValueError:
            return None
        try:
            if "client_id" not in parameters or not _UNUSUAL.isdisjoint(parameters):
                return None
            outcome = self._authorize.begin(parameters, self._signed_in.by(cookies))
        except GatepassError:  # no code was given: Flask asks again, and shows the page
            return None
        if isinstance(outcome, Refused):
            return None
        location = address_of(outcome, self._base) if isinstance(outcome, Step) else outcome.location
        return PlainAnswer(
            303,
            [
                ("Content-Type", "text/html; charset=utf-8"),
                ("Location", iri_to_uri(location)),
                ("Cache-Control", "no-store"),
            ],
            b"",
        )


def _read(request: DirectRequest) -> tuple[Parameters, Cookies]:
    """The parameters of the query, and the cookies.

    Raises:
        ValueError: they are not what they should be.
    """
    query = request.query.encode("ascii").decode()
    pairs = parse_qsl(query, keep_blank_values=True, errors="strict", max_num_fields=MOST_PARAMETERS)
    return Parameters(pairs), parse_cookie(request.headers.get("cookie", ""))
