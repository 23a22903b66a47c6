"""One translator from refusals to HTTP. The reason of a refusal reaches only the log."""

from typing import Protocol

from flask import Response, request
from flask.sansio.scaffold import Scaffold
from werkzeug.exceptions import HTTPException

from gatepass_server.domain.directories import DirectoryUnavailable
from gatepass_server.domain.errors import (
    Busy,
    Conflict,
    CsrfFailed,
    EmailTaken,
    Forbidden,
    GatepassError,
    InvalidClient,
    InvalidGrant,
    InvalidInput,
    InvalidScope,
    MissingCredentials,
    NotFound,
    OperatorError,
    RetryLater,
    TooManyAttempts,
    WrongCredentials,
)
from gatepass_server.observe.logs import get_logger
from gatepass_server.upstream.errors import AttemptGone, Unavailable, UpstreamError
from gatepass_server.web.answers import text_answer
from gatepass_server.web.problems import problem

_log = get_logger(__name__)

_STATUS: tuple[tuple[type[GatepassError], int], ...] = (
    (InvalidInput, 400),
    (MissingCredentials, 401),
    (InvalidGrant, 400),  # RFC 6749 section 5.2
    (InvalidScope, 400),
    (InvalidClient, 401),
    (CsrfFailed, 403),
    (WrongCredentials, 403),
    (Forbidden, 403),
    (NotFound, 404),
    (Unavailable, 502),
    (AttemptGone, 400),
    (UpstreamError, 403),
    (Conflict, 409),
    (TooManyAttempts, 429),
    (Busy, 503),
    (DirectoryUnavailable, 503),
    (OperatorError, 503),
)
_CHALLENGES = {
    MissingCredentials.code: 'Basic realm="Login required"',
    WrongCredentials.code: 'Basic realm="Wrong credentials"',
}
_HTTP_CODES = {
    400: "bad_request",
    404: "not_found",
    405: "method_not_allowed",
    406: "not_acceptable",
    413: "body_too_large",
    415: "unsupported_media_type",
}


class ErrorPages(Protocol):
    """Tells people what went wrong."""

    def misfit(self, error: HTTPException) -> Response:
        """The page for a request that does not fit its address."""
        ...


def install_errors(target: Scaffold, pages: ErrorPages | None = None) -> None:
    """Answer every error of ``target`` (the application, or the blueprint where it is mounted).

    Where ``pages`` are given, a browser that went to an address where nothing is gets one.
    """

    def answer_misfit(error: HTTPException) -> Response:
        if pages is not None and request.url_rule is None and wants_page():
            return pages.misfit(error)
        return answer_http_error(error)

    target.register_error_handler(GatepassError, answer_refusal)
    target.register_error_handler(HTTPException, answer_misfit)
    target.register_error_handler(Exception, answer_fault)


def wants_page() -> bool:
    """Whether the request asks for a page rather than for JSON, as a browser that goes to an address does."""
    accepted = request.accept_mimetypes
    page = max((quality for name, quality in accepted if name == "text/html"), default=0)
    return page > 0 and page >= accepted["application/json"]


def answer_refusal(error: GatepassError) -> Response:
    """Something was refused on purpose."""
    _log.info("refused", code=error.code, reason=error.reason or error.message)
    if isinstance(error, EmailTaken):
        return text_answer(error.message, 202)
    status = next((status for kind, status in _STATUS if isinstance(error, kind)), 400)
    headers = {}
    if error.code in _CHALLENGES:
        headers["WWW-Authenticate"] = _CHALLENGES[error.code]
    if isinstance(error, RetryLater):
        headers["Retry-After"] = str(error.retry_after)
    if isinstance(error, OperatorError):
        return problem(status, "unavailable", "The server cannot answer now.", headers={"Retry-After": "5"})
    faults = error.faults if isinstance(error, InvalidInput) else ()
    return problem(status, error.code, error.message, faults=faults, headers=headers)


def answer_http_error(error: HTTPException) -> Response:
    """The request does not fit the address: 404, 405, 413, 415 ..."""
    status = error.code or 500
    kept = {"Allow", "Retry-After"}
    headers = {name: value for name, value in error.get_headers() if name in kept}
    detail = error.description or "The request cannot be answered."
    return problem(status, _HTTP_CODES.get(status, "http_error"), detail, headers=headers)


def answer_fault(error: Exception) -> Response:
    """A fault of ours. The caller learns nothing but the request's id, under which the log has the rest."""
    _log.error("fault", exc_info=error)
    return problem(
        500, "internal_error", "Something went wrong on our side. The log has it under X-Request-Id."
    )
