"""``POST /oauth2/revoke`` (RFC 7009)."""

from gatepass_server.web.oauth_errors import OAUTH_ERROR
from gatepass_server.web.schema import NOTHING, form_of, operation

PATH = "/oauth2/revoke"
REVOKE = operation(
    "Give a token back, and with it the grant that it came of (RFC 7009)",
    body=form_of(
        required=("token",),
        token={"type": "string", "minLength": 1},
        token_type_hint={"type": "string", "description": "Taken and not needed: tokens tell their kind."},
    ),
    answers={
        200: ("It is good for nothing any more, or never was.", NOTHING),
        400: ("`token` is missing, or was given to another client, or cannot be taken back.", OAUTH_ERROR),
        401: ("The client did not prove who it is.", OAUTH_ERROR),
        413: ("The body is larger than 64 KiB.", OAUTH_ERROR),
        415: ("The body is no form.", OAUTH_ERROR),
    },
    security="client",
)
