"""``POST /sign-in/through/NAME/logout``: another house tells of a log-out."""

from flask import Response, request

from gatepass_server.domain.errors import GatepassError
from gatepass_server.observe.logs import get_logger
from gatepass_server.upstream.errors import UnknownProvider
from gatepass_server.upstream.house import Upstreams
from gatepass_server.web.answers import json_answer
from gatepass_server.web.body import read_fields
from gatepass_server.web.headers import client_address, request_id
from gatepass_server.web.schema import NOTHING, PROBLEM, body_of, operation

PATH = "/sign-in/through/<name>/logout"
LOG_OUT = operation(
    "Another house tells of a log-out (OpenID Connect Back-Channel Logout 1.0)",
    body=body_of(required=("logout_token",), logout_token={"type": "string"}),
    answers={
        200: ("What began in the session that has ended is ended, too.", NOTHING),
        400: ("The token is not good.", NOTHING),
        404: ("There is no such house.", PROBLEM),
    },
)
_log = get_logger(__name__)


class UpstreamLogOutEndpoint:
    """Takes log-out tokens (OpenID Connect Back-Channel Logout 1.0 section 2.5)."""

    def __init__(self, upstreams: Upstreams, *, trusted_proxies: int) -> None:
        self._log_outs = upstreams.log_outs
        self._trusted_proxies = trusted_proxies

    def post(self, name: str) -> Response:
        """200 when it is done, also where nothing was to end; 400 for a token that is not good (section 2.8)."""
        token = read_fields(request, ("logout_token",))["logout_token"] or ""
        try:
            self._log_outs(
                name, token, address=client_address(self._trusted_proxies), request_id=request_id()
            )
        except UnknownProvider:
            raise
        except GatepassError as error:
            _log.info("refused", code=error.code, reason=error.reason or error.message)
            answer = json_answer({"error": "invalid_request", "error_description": error.message}, 400)
        else:
            answer = Response(status=200)
        answer.headers["Cache-Control"] = "no-store"
        return answer
