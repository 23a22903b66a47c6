"""``POST /login`` and ``POST /refresh``."""

from typing import Any

from flask import Response, request

from gatepass_server.accounts.faces import LoggedIn
from gatepass_server.accounts.log_in import LogIn
from gatepass_server.accounts.password_check import UnknownEmail
from gatepass_server.accounts.refresh import Refresh
from gatepass_server.accounts.tokens import TokenPair
from gatepass_server.crypto.cookie_handles import CookieHandle
from gatepass_server.domain.errors import FieldFault, InvalidInput, MissingCredentials
from gatepass_server.domain.secret import Secret
from gatepass_server.domain.sessions import SessionMode
from gatepass_server.web.answers import json_answer
from gatepass_server.web.body import read_fields
from gatepass_server.web.cookies import SessionCookie
from gatepass_server.web.csrf import OwnOrigin
from gatepass_server.web.headers import client_address, request_id
from gatepass_server.web.schema import PROBLEM, body_of, json_of, object_of, operation

_PAIR = object_of(
    token={
        "type": "string",
        "description": "The access token: a signed JWT (RFC 9068), or an opaque one that /oauth2/introspect explains.",
    },
    token_type={"type": "string", "const": "Bearer"},
    expires_in={"type": "integer", "description": "Seconds."},
    refresh_token={"type": "string", "description": "Buys the next pair at /refresh, once."},
    scope={"type": "string"},
)
_TOKENS = json_of(_PAIR)
_BY_COOKIE = object_of(
    session=object_of(
        id={"type": "string"},
        created_at={"type": "integer", "description": "Seconds since the epoch."},
        expires_at={"type": "integer", "description": "Its absolute end, in seconds since the epoch."},
    ),
    csrf_token={
        "type": "string",
        "description": "For the header X-CSRF-Token, or the form field csrf_token.",
    },
)
_MODE = {
    "type": "string",
    "enum": [str(mode) for mode in SessionMode],
    "description": "What is handed out: a signed token (which is the default), an opaque one, or a browser's cookie.",
}
LOG_IN = operation(
    "Log in with e-mail and password",
    body=body_of(
        required=(),
        email={"type": "string"},
        password={"type": "string"},
        mode=_MODE,
        scope={
            "type": "string",
            "description": "Scopes out of those of a log-in, which are given without it; an admin may ask for `admin` "
            "as well, and then gets a token for the admin API, but no cookie.",
        },
    ),
    answers={
        201: (
            "Logged in. In cookie mode the cookie is set and no token told.",
            json_of({"anyOf": [_PAIR, _BY_COOKIE]}),
        ),
        400: (
            "The body cannot be read, there is no such mode, or `scope` is more than is granted (`invalid_scope`).",
            PROBLEM,
        ),
        401: ("The e-mail or the password is missing.", PROBLEM),
        403: (
            "Wrong credentials; the same for an unknown e-mail. Or another site asked for a cookie (`csrf_failed`).",
            PROBLEM,
        ),
        429: ("Too many failed attempts.", PROBLEM),
    },
)
_NOT_REFRESHED = (
    "No refresh token can be read; it is unknown, expired or spent (`code` is `invalid_grant`); or `scope` is more "
    "than the log-in has (`invalid_scope`)."
)
REFRESH = operation(
    "Spend a refresh token for a new pair",
    body=body_of(
        required=("refresh_token",),
        refresh_token={"type": "string", "minLength": 1},
        scope={"type": "string", "description": "Fewer scopes for the access token (RFC 6749 section 6)."},
    ),
    answers={
        200: ("A new pair; the old refresh token is spent.", _TOKENS),
        400: (_NOT_REFRESHED, PROBLEM),
    },
)


class LogInEndpoint:
    """Log-in and refresh answer alike."""

    def __init__(
        self,
        log_in: LogIn,
        refresh: Refresh,
        cookie: SessionCookie,
        origin: OwnOrigin,
        *,
        trusted_proxies: int,
        article_answers: bool,
    ) -> None:
        self._log_in = log_in
        self._refresh = refresh
        self._cookie = cookie
        self._origin = origin
        self._trusted_proxies = trusted_proxies
        self._article_answers = article_answers

    def post(self) -> Response:
        """201 with a pair of tokens, or with a cookie."""
        fields = read_fields(request, ("email", "password", "mode", "scope"))
        email, password, mode = fields["email"], fields["password"], _mode(fields["mode"])
        if mode is SessionMode.COOKIE:
            self._origin.demand()  # or another site could sign its visitors in as somebody they are not
        if not email or not password:
            raise MissingCredentials("Send an e-mail address and a password.")
        try:
            logged_in = self._log_in(
                email,
                Secret(password),
                address=client_address(self._trusted_proxies),
                device=request.user_agent.string,
                request_id=request_id(),
                mode=mode,
                scope=fields["scope"] or None,
                replaces=self._cookie.presented() if mode is SessionMode.COOKIE else None,
            )
        except UnknownEmail as error:
            if self._article_answers:
                raise MissingCredentials("There is no such account.", reason=error.reason) from None
            raise
        if isinstance(logged_in.given, CookieHandle):
            return self._with_cookie(logged_in, logged_in.given)
        return json_answer(_as_json(logged_in.given), 201)

    def refresh(self) -> Response:
        """200 with the next pair of tokens (RFC 6749 section 5.1)."""
        fields = read_fields(request, ("refresh_token", "scope"))
        token = fields["refresh_token"]
        if not token:
            fault = FieldFault("refresh_token", "missing", "This field is needed.")
            raise InvalidInput("Send the refresh token.", faults=[fault])
        pair = self._refresh(
            token,
            scope=fields["scope"] or None,
            address=client_address(self._trusted_proxies),
            request_id=request_id(),
        )
        return json_answer(_as_json(pair))

    def _with_cookie(self, logged_in: LoggedIn, handle: CookieHandle) -> Response:
        session = logged_in.session
        answer = json_answer(
            {
                "session": {
                    "id": session.id,
                    "created_at": session.created_at,
                    "expires_at": session.expires_at,
                },
                "csrf_token": handle.csrf_token.reveal(),
            },
            201,
        )
        self._cookie.give(answer, handle, max_age=session.expires_at - session.created_at)
        return answer


def _mode(text: str | None) -> SessionMode:
    """The mode that was asked for; without one, tokens."""
    try:
        return SessionMode(text) if text else SessionMode.TOKEN
    except ValueError:
        known = ", ".join(SessionMode)
        fault = FieldFault("mode", "invalid", f"This must be one of: {known}.")
        raise InvalidInput("There is no such way to stay logged in.", faults=[fault]) from None


def _as_json(pair: TokenPair) -> dict[str, Any]:
    return {
        "token": pair.access.text,
        "token_type": "Bearer",
        "expires_in": pair.access.expires_in,
        "refresh_token": pair.refresh_token.reveal(),
        "scope": pair.scope,
    }
