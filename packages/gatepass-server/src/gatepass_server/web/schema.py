"""The words in which endpoints describe themselves for ``/openapi.json`` (OpenAPI 3.1)."""

from collections.abc import Mapping, Sequence
from importlib.metadata import version
from typing import Any

from gatepass_server.web.body import MEDIA_TYPES

Schema = dict[str, Any]

_PROBLEM_SCHEMA: Schema = {
    "type": "object",
    "required": ["type", "title", "status", "code", "detail"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "code": {"type": "string"},
        "detail": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["field", "code", "message"],
                "properties": {
                    "field": {"type": "string"},
                    "code": {"type": "string"},
                    "message": {"type": "string"},
                },
            },
        },
    },
}


def object_of(*, optional: Mapping[str, Schema] | None = None, **required: Schema) -> Schema:
    """An object with these members."""
    return {
        "type": "object",
        "required": list(required),
        "properties": {**required, **(optional or {})},
    }


def json_of(schema: Schema) -> Schema:
    """JSON content."""
    return {"application/json": {"schema": schema}}


NOTHING: Schema = {}
"""No content."""
TEXT: Schema = {"text/plain": {"schema": {"type": "string"}}}
PROBLEM: Schema = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
MESSAGE = json_of(object_of(message={"type": "string"}))
_RETRY_AFTER: Schema = {
    "Retry-After": {"description": "Seconds.", "required": True, "schema": {"type": "integer", "minimum": 1}}
}
_CHALLENGE: Schema = {
    "WWW-Authenticate": {
        "description": "How to authenticate (RFC 9110 section 11.6.1).",
        "required": True,
        "schema": {"type": "string"},
    }
}
_HEADERS = {401: _CHALLENGE, 429: _RETRY_AFTER, 503: _RETRY_AFTER}


def body_of(*, required: Sequence[str], **fields: Schema) -> Schema:
    """A body with these fields, as JSON or as a form."""
    schema = {"type": "object", "required": list(required), "properties": fields}
    return {"required": bool(required), "content": {kind: {"schema": schema} for kind in MEDIA_TYPES}}


def form_of(*, required: Sequence[str], **fields: Schema) -> Schema:
    """A form with these fields, as OAuth endpoints take it (RFC 6749 appendix B)."""
    schema = {"type": "object", "required": list(required), "properties": fields}
    return {"required": True, "content": {"application/x-www-form-urlencoded": {"schema": schema}}}


def query(name: str, schema: Schema, description: str) -> Schema:
    """A parameter of the address that may be left out."""
    return {"name": name, "in": "query", "required": False, "schema": schema, "description": description}


def path(name: str, description: str, schema: Schema | None = None) -> Schema:
    """A part of the address; a name, unless another schema is given."""
    schema = schema or {"type": "string", "pattern": "^[A-Za-z0-9_.:-]{1,64}$"}
    return {"name": name, "in": "path", "required": True, "schema": schema, "description": description}


def operation(
    summary: str,
    *,
    answers: Mapping[int, tuple[str, Schema]],
    body: Schema | None = None,
    parameters: Sequence[Schema] = (),
    secured: bool = False,
    scope: str = "account",
    security: str | None = None,
) -> Schema:
    """One operation. Answers that any body, any token or any busy server may cause are added.

    Args:
        summary: what it does.
        answers: by status.
        body: what is sent.
        parameters: of the address.
        secured: whether callers need a token or a cookie.
        scope: which one their token needs.
        security: another scheme by which they are known.
    """
    known = dict(answers)
    if secured:
        known[401] = ("No token, or one that is not valid.", MESSAGE)
        text, content = known.get(400, ("", {}))
        known[400] = (f"{text} The request carries several tokens.".lstrip(), {**content, **MESSAGE})
        text, content = known.get(403, ("", {}))
        known[403] = (f"{text} The token lacks the scope `{scope}`.".lstrip(), {**content, **MESSAGE})
    if body is not None:
        known.setdefault(413, ("The body is larger than 64 KiB.", PROBLEM))
        known.setdefault(415, ("The content type is neither JSON nor a form.", PROBLEM))
    if body is not None or secured:
        known[503] = ("Busy; `Retry-After` says when to try again.", PROBLEM)
    described: Schema = {
        "summary": summary,
        "responses": {
            str(status): _answer(status, text, content) for status, (text, content) in sorted(known.items())
        },
    }
    if body is not None:
        described["requestBody"] = body
    if parameters:
        described["parameters"] = list(parameters)
    if secured:
        described["security"] = [{"bearer": []}]
    if security is not None:
        described["security"] = [{security: []}]
    return described


def _answer(status: int, text: str, content: Schema) -> Schema:
    described: Schema = {"description": text}
    if content:
        described["content"] = content
    if status in _HEADERS:
        described["headers"] = _HEADERS[status]
    return described


def document(paths: Mapping[str, Mapping[str, Schema]], *, issuer: str) -> Schema:
    """The whole OpenAPI document."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Gatepass",
            "version": version("gatepass-server"),
            "description": "Accounts, log-in and signed access tokens.",
            "license": {"name": "MIT", "identifier": "MIT"},
        },
        "servers": [{"url": issuer}],
        "paths": paths,
        "components": {
            "schemas": {"Problem": _PROBLEM_SCHEMA},
            "securitySchemes": {
                # Not a second scheme, of which a request may carry both: two different tokens are refused (RFC 6750
                # section 3.1).
                "bearer": {
                    "type": "http",
                    "scheme": "bearer",
                    "bearerFormat": "JWT",
                    "description": "A bare token in the header `x-access-token` is taken as well.",
                },
                "client": {
                    "type": "http",
                    "scheme": "basic",
                    "description": "The id and the secret of a program (`gatepass clients create`). The form fields "
                    "`client_id` and `client_secret` are taken instead.",
                },
                "signature": {
                    "type": "http",
                    "scheme": "oauth",
                    "description": "A signature of OAuth 1.0a (RFC 5849 section 3), in header, form or query.",
                },
                "registration": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "An initial access token (`gatepass clients invite`), or the registration access "
                    "token of the program.",
                },
                # Says that /refresh mints tokens: a well-formed refresh token may be refused with 400 (RFC 6749
                # section 5.2), since a schema tells what is well formed, not which tokens there are.
                "refresh": {
                    "type": "oauth2",
                    "description": "A refresh token buys the next access token.",
                    "flows": {"x-refresh": {"tokenUrl": "/refresh", "scopes": {}}},
                },
            },
        },
    }
