"""``POST /oauth2/par`` (RFC 9126)."""

from gatepass_server.web.oauth_errors import OAUTH_ERROR
from gatepass_server.web.schema import Schema, form_of, json_of, object_of, operation

PATH = "/oauth2/par"
_TEXT: Schema = {"type": "string"}
PUSH = operation(
    "Send an authorization request ahead (RFC 9126)",
    body=form_of(
        required=(),
        **dict.fromkeys(
            ("client_id", "redirect_uri", "response_type", "scope", "state", "code_challenge", "request"),
            _TEXT,
        ),
    ),
    answers={
        201: (
            "What the browser brings to the authorization endpoint in place of the parameters.",
            json_of(
                object_of(
                    request_uri=_TEXT,
                    expires_in={"type": "integer", "description": "Seconds."},
                )
            ),
        ),
        400: ("It is refused; `error` says why, as the authorization endpoint would.", OAUTH_ERROR),
        401: ("The client did not prove who it is.", OAUTH_ERROR),
        413: ("The body is larger than 64 KiB.", OAUTH_ERROR),
        415: ("The body is no form.", OAUTH_ERROR),
    },
    security="client",
)
