"""``POST /oauth2/introspect`` (RFC 7662)."""

from flask import Response, request

from gatepass_server.accounts.clients import Clients
from gatepass_server.accounts.entitlements import CLAIMS
from gatepass_server.accounts.introspection import Introspection
from gatepass_server.web.answers import json_answer
from gatepass_server.web.body import read_form
from gatepass_server.web.client_authentication import FIELDS, authenticated_client
from gatepass_server.web.oauth_errors import OAUTH_ERROR, InvalidRequest, answers_as_oauth
from gatepass_server.web.schema import Schema, form_of, json_of, object_of, operation

PATH = "/oauth2/introspect"
_TEXT: Schema = {"type": "string"}
_NAMES: Schema = {"type": "array", "items": _TEXT}
_SECONDS: Schema = {"type": "integer", "description": "Seconds since the epoch."}
INTROSPECT = operation(
    "Is a token good, and what may it do? (RFC 7662)",
    body=form_of(
        required=("token",),
        token={"type": "string", "minLength": 1},
        token_type_hint={"type": "string", "description": "Taken and not needed: tokens tell their kind."},
    ),
    answers={
        200: (
            "For a token that is not good, `active` is false, and nothing else is told.",
            json_of(
                object_of(
                    active={"type": "boolean"},
                    optional={
                        "token_type": {"type": "string", "enum": ["Bearer", "refresh_token"]},
                        "exp": _SECONDS,
                        "iat": _SECONDS,
                        "auth_time": _SECONDS,
                        **dict.fromkeys(CLAIMS, _NAMES),
                        **dict.fromkeys(("scope", "client_id", "sub", "aud", "iss", "jti", "sid"), _TEXT),
                    },
                )
            ),
        ),
        400: ("`token` is missing, or the client names itself in two ways.", OAUTH_ERROR),
        401: ("The client did not prove who it is.", OAUTH_ERROR),
        413: ("The body is larger than 64 KiB.", OAUTH_ERROR),
        415: ("The body is no form.", OAUTH_ERROR),
    },
    security="client",
)


class IntrospectionEndpoint:
    """Answers programs that have proved who they are."""

    def __init__(self, clients: Clients, introspection: Introspection) -> None:
        self._clients = clients
        self._introspection = introspection
        self.post = answers_as_oauth(self._post)

    def _post(self) -> Response:
        """200 for good tokens and for bad ones."""
        fields = read_form(request, (*FIELDS, "token"))
        authenticated_client(self._clients, fields)
        token = fields["token"]
        if not token:
            raise InvalidRequest("Send the token.")
        return json_answer(self._introspection(token))
