"""``POST /oauth2/token`` (RFC 6749 section 3.2)."""

from flask import Response

from gatepass_server.protocol.server import ProtocolServer
from gatepass_server.web.bridge import Bridge, answer, answers_programs
from gatepass_server.web.oauth_errors import OAUTH_ERROR
from gatepass_server.web.schema import Schema, form_of, json_of, object_of, operation

PATH = "/oauth2/token"
_TEXT: Schema = {"type": "string"}
TOKEN = operation(
    "Tokens for a code, a refresh token or credentials (RFC 6749 section 3.2)",
    body=form_of(
        required=("grant_type",),
        grant_type=_TEXT,
        **dict.fromkeys(
            ("code", "redirect_uri", "code_verifier", "refresh_token", "scope", "resource", "client_id"),
            _TEXT,
        ),
    ),
    answers={
        200: (
            "Tokens (RFC 6749 section 5.1).",
            json_of(
                object_of(
                    access_token=_TEXT,
                    token_type={"type": "string", "enum": ["Bearer", "DPoP"]},
                    expires_in={"type": "integer", "description": "Seconds."},
                    optional=dict.fromkeys(("scope", "refresh_token", "id_token"), _TEXT),
                )
            ),
        ),
        400: ("It is refused; `error` says why (RFC 6749 section 5.2).", OAUTH_ERROR),
        401: ("The client did not prove who it is.", OAUTH_ERROR),
        413: ("The body is larger than 64 KiB.", OAUTH_ERROR),
        415: ("The body is no form.", OAUTH_ERROR),
    },
    security="client",
)


class TokenEndpoint:
    """Answers programs."""

    def __init__(self, server: ProtocolServer, bridge: Bridge) -> None:
        self._server = server
        self._bridge = bridge
        self.post = answers_programs(self._post)

    def _post(self) -> Response:
        """200 with tokens."""
        return answer(self._server.token(self._bridge.read(PATH)))
