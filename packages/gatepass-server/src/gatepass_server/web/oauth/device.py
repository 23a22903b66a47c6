"""``POST /oauth2/device`` (RFC 8628 section 3.1)."""

from gatepass_server.web.oauth_errors import OAUTH_ERROR
from gatepass_server.web.schema import PROBLEM, Schema, form_of, json_of, object_of, operation

PATH = "/oauth2/device"
_TEXT: Schema = {"type": "string"}
_SECONDS: Schema = {"type": "integer", "description": "Seconds."}
DEVICE = operation(
    "Codes for a device without a keyboard (RFC 8628)",
    body=form_of(required=(), **dict.fromkeys(("scope", "resource", "client_id"), _TEXT)),
    answers={
        200: (
            "The device shows `user_code` and `verification_uri`, and asks at the token endpoint with the other.",
            json_of(
                object_of(
                    **dict.fromkeys(
                        ("device_code", "user_code", "verification_uri", "verification_uri_complete"), _TEXT
                    ),
                    expires_in=_SECONDS,
                    interval=_SECONDS,
                )
            ),
        ),
        400: ("It is refused; `error` says why.", OAUTH_ERROR),
        401: ("The client did not prove who it is.", OAUTH_ERROR),
        413: ("The body is larger than 64 KiB.", OAUTH_ERROR),
        415: ("The body is no form.", OAUTH_ERROR),
        429: ("Too many devices asked from this address; `Retry-After` says when to try again.", PROBLEM),
    },
    security="client",
)
