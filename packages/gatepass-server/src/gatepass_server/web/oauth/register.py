"""``/oauth2/register`` (RFC 7591) and each program's own registration below it (RFC 7592)."""

from collections.abc import Callable
from functools import wraps
from typing import Final

from flask import Response, request

from gatepass_server.observe.logs import get_logger
from gatepass_server.protocol.errors import InvalidToken
from gatepass_server.protocol.registration.registration import Registration
from gatepass_server.web.answers import json_answer, no_content
from gatepass_server.web.body import read_object
from gatepass_server.web.bridge import answers_programs
from gatepass_server.web.headers import client_address, request_id
from gatepass_server.web.oauth_errors import OAUTH_ERROR
from gatepass_server.web.schema import NOTHING, PROBLEM, Schema, json_of, object_of, operation, path

PATH: Final = "/oauth2/register"
ONE: Final = f"{PATH}/<client_id>"
_TEXT: Schema = {"type": "string"}
_TEXTS: Schema = {"type": "array", "items": _TEXT}
_METADATA: Schema = object_of(
    optional={
        "redirect_uris": _TEXTS,
        "grant_types": _TEXTS,
        "response_types": _TEXTS,
        "scope": _TEXT,
        "client_name": _TEXT,
        "token_endpoint_auth_method": _TEXT,
    }
)
_BODY: Schema = {"required": True, "content": json_of(_METADATA)}
_INFORMATION = json_of(
    object_of(
        client_id=_TEXT,
        registration_client_uri=_TEXT,
        registration_access_token=_TEXT,
        optional={"client_secret": _TEXT},
    )
)
_REFUSED: dict[int, tuple[str, Schema]] = {
    400: ("The metadata cannot be registered; `error` and `error_description` say why.", OAUTH_ERROR),
    413: ("The body is larger than 64 KiB.", OAUTH_ERROR),
    415: ("The body is no JSON.", OAUTH_ERROR),
}
_UNAUTHORIZED: tuple[str, Schema] = ("No bearer token, or one that is not good for this.", OAUTH_ERROR)
_ID = path("client_id", "The program.")

REGISTER = operation(
    "Register a program (RFC 7591)",
    body=_BODY,
    answers={
        201: ("It is registered; secret and registration access token are told once.", _INFORMATION),
        **_REFUSED,
        401: _UNAUTHORIZED,
        429: ("This address has registered enough programs for now.", PROBLEM),
    },
    security="registration",
)
READ = operation(
    "What a program is registered with (RFC 7592 section 2.1)",
    parameters=[_ID],
    answers={200: ("Its registration.", _INFORMATION), 401: _UNAUTHORIZED},
    security="registration",
)
CHANGE = operation(
    "Replace what a program is registered with (RFC 7592 section 2.2)",
    parameters=[_ID],
    body=_BODY,
    answers={200: ("Its registration.", _INFORMATION), **_REFUSED, 401: _UNAUTHORIZED},
    security="registration",
)
DELETE = operation(
    "End a program's registration (RFC 7592 section 2.3)",
    parameters=[_ID],
    answers={204: ("It is gone.", NOTHING), 401: _UNAUTHORIZED},
    security="registration",
)
_log = get_logger(__name__)


def described(is_open: bool) -> Schema:
    """The entry of ``POST``; where anybody may register, who comes without a token is let in, too."""
    return {**REGISTER, "security": [*REGISTER["security"], {}]} if is_open else REGISTER


class RegistrationEndpoint:
    """Answers programs that register themselves, and those that did."""

    def __init__(self, registration: Registration, *, trusted_proxies: int) -> None:
        self._registration = registration
        self._trusted_proxies = trusted_proxies
        self.post = _answers(self._post)
        self.get = _answers(self._get)
        self.put = _answers(self._put)
        self.delete = _answers(self._delete)

    def _post(self) -> Response:
        """201."""
        told = self._registration.register(
            read_object(request),
            _bearer(),
            address=client_address(self._trusted_proxies),
            request_id=request_id(),
        )
        return json_answer(told, 201)

    def _get(self, client_id: str) -> Response:
        """200."""
        return json_answer(self._registration.read(client_id, _bearer()))

    def _put(self, client_id: str) -> Response:
        """200."""
        bearer = _bearer()
        self._registration.read(client_id, bearer)  # who may not is told nothing of the body
        return json_answer(self._registration.change(client_id, read_object(request), bearer))

    def _delete(self, client_id: str) -> Response:
        """204."""
        self._registration.delete(client_id, _bearer())
        return no_content()


def _bearer() -> str | None:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" and token.strip() else None


def _answers(view: Callable[..., Response]) -> Callable[..., Response]:
    """Refusals as RFC 7591 section 3.2.2 and RFC 6750 section 3 say."""

    @wraps(view)
    def challenged(*args: object, **kwargs: object) -> Response:
        try:
            return view(*args, **kwargs)
        except InvalidToken as error:
            _log.info("refused", code=error.code, reason=error.reason or error.message)
            told = {"error": error.code, "error_description": error.message}
            response = json_answer(told, error.status)
            says = f', error="{error.code}"' if _bearer() else ""
            response.headers["WWW-Authenticate"] = f'Bearer realm="registration"{says}'
            return response

    return answers_programs(challenged)
