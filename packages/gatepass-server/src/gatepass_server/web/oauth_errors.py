"""Errors of the OAuth endpoints, in the form that RFC 6749 section 5.2 gives them."""

from collections.abc import Callable
from functools import wraps

from flask import Response
from werkzeug.exceptions import RequestEntityTooLarge, UnsupportedMediaType

from gatepass_server.domain.errors import InvalidClient, InvalidInput
from gatepass_server.observe.logs import get_logger
from gatepass_server.web.answers import json_answer
from gatepass_server.web.schema import Schema, json_of, object_of

_log = get_logger(__name__)
OAUTH_ERROR: Schema = json_of(
    object_of(error={"type": "string"}, optional={"error_description": {"type": "string"}})
)


class InvalidRequest(InvalidInput):
    """A parameter is missing, sent twice or cannot be read, or the program names itself in two ways."""

    code = "invalid_request"


def answers_as_oauth(view: Callable[[], Response]) -> Callable[[], Response]:
    """Answer what ``view`` refuses as OAuth clients expect it; the reason reaches only the log."""

    @wraps(view)
    def answered() -> Response:
        try:
            return view()
        except InvalidClient as error:
            _log.info("refused", code=error.code, reason=error.reason)
            answer = _error(error.code, error.message, 401)
            # RFC 6749 section 5.2 asks for it where the header was used, RFC 9110 section 15.5.2 wherever it is 401.
            answer.headers["WWW-Authenticate"] = 'Basic realm="gatepass clients", charset="UTF-8"'
            return answer
        except InvalidInput as error:
            _log.info("refused", code=error.code, reason=error.reason or error.message)
            return _error(InvalidRequest.code, error.message, 400)
        except UnsupportedMediaType as error:
            return _error(InvalidRequest.code, str(error.description), 415)
        except RequestEntityTooLarge:
            return _error(InvalidRequest.code, "The body is larger than 64 KiB.", 413)

    return answered


def _error(code: str, description: str, status: int) -> Response:
    return json_answer({"error": code, "error_description": description}, status)
