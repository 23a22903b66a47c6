"""``POST /login`` and ``POST /refresh``."""

from typing import Any

from flask import Response, request

from gatepass_server.accounts.log_in import LogIn, UnknownEmail
from gatepass_server.accounts.refresh import Refresh
from gatepass_server.accounts.tokens import TokenPair
from gatepass_server.domain.errors import FieldFault, InvalidInput, MissingCredentials
from gatepass_server.domain.secret import Secret
from gatepass_server.web.answers import json_answer
from gatepass_server.web.body import read_fields
from gatepass_server.web.headers import client_address, request_id
from gatepass_server.web.schema import PROBLEM, body_of, json_of, object_of, operation

_TOKENS = json_of(
    object_of(
        token={"type": "string", "description": "The access token, a signed JWT (RFC 9068)."},
        token_type={"type": "string", "const": "Bearer"},
        expires_in={"type": "integer", "description": "Seconds."},
        refresh_token={"type": "string", "description": "Buys the next pair at /refresh, once."},
        scope={"type": "string"},
    )
)
LOG_IN = operation(
    "Log in with e-mail and password",
    body=body_of(required=(), email={"type": "string"}, password={"type": "string"}),
    answers={
        201: ("Logged in.", _TOKENS),
        400: ("The body cannot be read.", PROBLEM),
        401: ("The e-mail or the password is missing.", PROBLEM),
        403: ("Wrong credentials; the same for an unknown e-mail.", PROBLEM),
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
        self, log_in: LogIn, refresh: Refresh, *, trusted_proxies: int, article_answers: bool
    ) -> None:
        self._log_in = log_in
        self._refresh = refresh
        self._trusted_proxies = trusted_proxies
        self._article_answers = article_answers

    def post(self) -> Response:
        """201 with a pair of tokens."""
        fields = read_fields(request, ("email", "password"))
        email, password = fields["email"], fields["password"]
        if not email or not password:
            raise MissingCredentials("Send an e-mail address and a password.")
        try:
            pair = self._log_in(
                email,
                Secret(password),
                address=client_address(self._trusted_proxies),
                device=request.user_agent.string,
                request_id=request_id(),
            )
        except UnknownEmail as error:
            if self._article_answers:
                raise MissingCredentials("There is no such account.", reason=error.reason) from None
            raise
        return json_answer(_as_json(pair), 201)

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


def _as_json(pair: TokenPair) -> dict[str, Any]:
    return {
        "token": pair.access.text,
        "token_type": "Bearer",
        "expires_in": pair.access.expires_in,
        "refresh_token": pair.refresh_token.reveal(),
        "scope": pair.scope,
    }
