"""Errors of the OAuth endpoints, in the form that RFC 6749 section 5.2 gives them."""

from gatepass_server.web.schema import Schema, json_of, object_of

OAUTH_ERROR: Schema = json_of(
    object_of(error={"type": "string"}, optional={"error_description": {"type": "string"}})
)
