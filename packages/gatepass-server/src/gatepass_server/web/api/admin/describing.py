"""How operations of the admin API describe themselves."""

from collections.abc import Mapping, Sequence

from gatepass_server.web.schema import NOTHING, PROBLEM, Schema, object_of, operation, query

SECONDS: Schema = {"type": "integer", "description": "Seconds since the epoch."}
TEXT: Schema = {"type": "string"}
BOOLEAN: Schema = {"type": "boolean"}
ID: Schema = {"type": "string", "pattern": "^[A-Za-z0-9_.:-]{1,64}$"}
NAME: Schema = {"type": "string", "pattern": "^[A-Za-z0-9_][A-Za-z0-9_.:-]{0,63}$"}
NAMES: Schema = {"type": "array", "items": TEXT}
PERMISSIONS: Schema = {
    "type": "array",
    "maxItems": 100,
    "items": {"type": "string", "pattern": r"^[\x21\x23-\x5B\x5D-\x7E]{1,100}$"},
    "description": "Each is written as a scope is, such as `orders:write`.",
}
NOT_THERE = ("There is no such thing.", PROBLEM)
DONE = {204: ("Done.", NOTHING)}
NAME_AFTER = query("after", NAME, "The last name of the page before.")


def admin_operation(
    summary: str,
    *,
    answers: Mapping[int, tuple[str, Schema]],
    body: Schema | None = None,
    parameters: Sequence[Schema] = (),
) -> Schema:
    """One operation, with the answers that all of the admin API may give."""
    given = {
        400: ("Something cannot be taken; `errors` names each field.", PROBLEM),
        403: ("The account is no admin's, or the client may not administer (`forbidden`).", PROBLEM),
        **answers,
    }
    if body is not None:
        given[415] = ("The content type is not JSON.", PROBLEM)
    return operation(summary, answers=given, body=body, parameters=parameters, secured=True, scope="admin")


def json_body(*, required: Sequence[str] = (), **fields: Schema) -> Schema:
    """A JSON body with these fields, and no others."""
    schema = {
        "type": "object",
        "required": list(required),
        "properties": fields,
        "additionalProperties": False,
    }
    return {"required": bool(required), "content": {"application/json": {"schema": schema}}}


def page_of(name: str, item: Schema) -> Schema:
    """A page of a list; ``next`` is the ``after`` of the next page, if there is one."""
    listed = {name: {"type": "array", "items": item}}
    return {"application/json": {"schema": object_of(**listed, optional={"next": TEXT})}}
