"""``POST /oauth2/introspect`` (RFC 7662)."""

from gatepass_server.accounts.entitlements import CLAIMS
from gatepass_server.web.oauth_errors import OAUTH_ERROR
from gatepass_server.web.schema import Schema, form_of, json_of, object_of, operation

PATH = "/oauth2/introspect"
_TEXT: Schema = {"type": "string"}
_NAMES: Schema = {"type": "array", "items": _TEXT}
_OBJECT: Schema = {"type": "object"}
_SECONDS: Schema = {"type": "integer", "description": "Seconds since the epoch."}
_TOLD = """For a token that is not good, or not the asker's concern, only that `active` is false. Signed where \
`Accept` names `application/token-introspection+jwt` (RFC 9701)."""
INTROSPECT = operation(
    "Is a token good, and what may it do? (RFC 7662)",
    body=form_of(
        required=("token",),
        token={"type": "string", "minLength": 1},
        token_type_hint={"type": "string", "description": "Taken and not needed: tokens tell their kind."},
    ),
    answers={
        200: (
            _TOLD,
            json_of(
                object_of(
                    active={"type": "boolean"},
                    optional={
                        "token_type": {"type": "string", "enum": ["Bearer", "DPoP", "refresh_token"]},
                        "exp": _SECONDS,
                        "iat": _SECONDS,
                        "auth_time": _SECONDS,
                        **dict.fromkeys(CLAIMS, _NAMES),
                        **dict.fromkeys(
                            ("scope", "client_id", "username", "sub", "iss", "jti", "sid", "acr"), _TEXT
                        ),
                        "aud": {"type": ["string", "array"], "items": {"type": "string"}},
                        **dict.fromkeys(("cnf", "act", "may_act"), _OBJECT),
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
