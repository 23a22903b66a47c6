"""Answers to programs of OAuth 1.0a: refusals are told as the extension for problem reporting has it."""

from collections.abc import Callable
from functools import wraps
from urllib.parse import quote, urlencode

from flask import Response
from werkzeug.exceptions import RequestEntityTooLarge, UnsupportedMediaType

from gatepass_server.domain.errors import InvalidInput
from gatepass_server.observe.logs import get_logger
from gatepass_server.protocol.oauth1.problems import ParameterRejected, Problem

FORM = "application/x-www-form-urlencoded"
_log = get_logger(__name__)


def answers_signed(realm: str, view: Callable[[], Response]) -> Callable[[], Response]:
    """Answer what ``view`` refuses with ``oauth_problem``; the reason reaches only the log.

    Args:
        realm: of the challenge: the issuer.
        view: of an endpoint.
    """

    @wraps(view)
    def answered() -> Response:
        try:
            return view()
        except Problem as error:
            return _problem(error, realm)
        except UnsupportedMediaType as error:
            return _problem(ParameterRejected(str(error.description)), realm, 415)
        except RequestEntityTooLarge:
            return _problem(ParameterRejected("The body is larger than 64 KiB."), realm, 413)
        except InvalidInput as error:
            return _problem(ParameterRejected(error.message, reason=error.reason), realm)

    return answered


def _problem(error: Problem, realm: str, status: int | None = None) -> Response:
    _log.info("refused", code=error.code, reason=error.reason or error.message)
    told = {"oauth_problem": error.code, "oauth_problem_advice": error.message}
    answer = Response(urlencode(told), status or error.status, content_type=FORM)
    answer.headers["Cache-Control"] = "no-store"
    if answer.status_code == 401:  # RFC 5849 section 3.5.1, RFC 9110 section 11.6.1
        challenge = f'OAuth realm="{quote(realm, safe=":/")}", oauth_problem="{error.code}"'
        answer.headers["WWW-Authenticate"] = challenge
    return answer
