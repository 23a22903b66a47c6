"""``/api/admin/clients``."""

from typing import Any

import msgspec
from flask import Response, request

from gatepass_server.accounts.clients import Clients, metadata_from
from gatepass_server.domain.clients import Client, ClientMetadata
from gatepass_server.domain.errors import FieldFault, InvalidInput
from gatepass_server.web.answers import created, json_answer, no_content
from gatepass_server.web.api.admin.describing import (
    DONE,
    NOT_THERE,
    SECONDS,
    TEXT,
    admin_operation,
    page_of,
)
from gatepass_server.web.api.admin.guard import AdminGuard
from gatepass_server.web.body import read_json_object
from gatepass_server.web.json_body import demand_known
from gatepass_server.web.names import NAME
from gatepass_server.web.paging import page_queries, read_id, read_limit
from gatepass_server.web.schema import Schema, json_of, object_of, path

_, _REFERRED = msgspec.json.schema_components([ClientMetadata], ref_template="#/$defs/{name}")
_FIELDS: dict[str, Schema] = _REFERRED["ClientMetadata"]["properties"]
_TOLD: dict[str, Schema] = {"client_id": TEXT, "name": TEXT, "created_at": SECONDS}
_SECRET: Schema = {"type": "string", "description": "Told here, and never again."}
_CLIENT = object_of(**_TOLD, optional=_FIELDS)
_WITH_SECRET = object_of(**_TOLD, optional={**_FIELDS, "client_secret": _SECRET})
_PATCH = {name: {"anyOf": [schema, {"type": "null"}]} for name, schema in _FIELDS.items()}
_NAMED = path("client_id", "The program.")


def _body(*required: str, **fields: Schema) -> Schema:
    schema = {
        "type": "object",
        "required": list(required),
        "properties": fields,
        "additionalProperties": False,
    }
    return {"required": bool(required), "content": {"application/json": {"schema": schema}}}


LIST = admin_operation(
    "List programs in the order of their ids",
    parameters=page_queries("Programs"),
    answers={200: ("`next` is the `after` of the next page, if there is one.", page_of("clients", _CLIENT))},
)
CREATE = admin_operation(
    "Make a program known; its members are those of RFC 7591, and a few of our own",
    body=_body("name", name=NAME, **_FIELDS),
    answers={
        201: ("The program, with its secret if it has one; `Location` is its address.", json_of(_WITH_SECRET))
    },
)
GET = admin_operation(
    "One program", parameters=[_NAMED], answers={200: ("The program.", json_of(_CLIENT)), 404: NOT_THERE}
)
CHANGE = admin_operation(
    "Change a program: members that are sent take the place of what was there, null of anything (RFC 7396)",
    parameters=[_NAMED],
    body=_body(name=NAME, **_PATCH),
    answers={200: ("The program as it is now.", json_of(_CLIENT)), 404: NOT_THERE},
)
DELETE = admin_operation(
    "Forget a program: its secret and its own tokens are worth nothing from now on",
    parameters=[_NAMED],
    answers={**DONE, 404: NOT_THERE},
)
ROTATE = admin_operation(
    "Give a program another secret; the old one is refused from now on",
    parameters=[_NAMED],
    answers={
        200: ("The secret.", json_of(object_of(client_id=TEXT, client_secret=_SECRET))),
        404: NOT_THERE,
    },
)


class ClientsEndpoint:
    """Programs, as ``gatepass clients`` manages them."""

    def __init__(self, guard: AdminGuard, clients: Clients) -> None:
        self._guard = guard
        self._clients = clients

    def list(self) -> Response:
        """200 with a page."""
        page = self._clients.page(after=read_id("after"), limit=read_limit())
        body: dict[str, Any] = {"clients": [_as_json(client) for client in page.clients]}
        if page.next_after is not None:
            body["next"] = page.next_after
        return json_answer(body)

    def create(self) -> Response:
        """201 with the program and, once, its secret."""
        name, fields = _read()
        if name is None:
            raise _refused(FieldFault("name", "missing", "This field is needed."))
        by = self._guard.actor
        client, secret = self._clients.create(
            name, metadata_from(fields), actor=by.name, address=by.address, request_id=by.request_id
        )
        told = _as_json(client)
        if secret is not None:
            told["client_secret"] = secret.reveal()
        return created(told, client.id)

    def get(self, client_id: str) -> Response:
        """200 with the program."""
        return json_answer(_as_json(self._clients.get(client_id)))

    def change(self, client_id: str) -> Response:
        """200 with the program as it is now."""
        name, fields = _read()
        before = msgspec.to_builtins(self._clients.get(client_id).metadata)
        kept = {field: value for field, value in {**before, **fields}.items() if value is not None}
        metadata = metadata_from(kept) if fields else None
        return json_answer(
            _as_json(self._clients.change(client_id, name=name, metadata=metadata, **self._origin()))
        )

    def delete(self, client_id: str) -> Response:
        """204."""
        self._clients.delete(client_id, **self._origin())
        return no_content()

    def rotate_secret(self, client_id: str) -> Response:
        """200 with another secret."""
        secret = self._clients.rotate_secret(client_id, **self._origin())
        return json_answer({"client_id": client_id, "client_secret": secret.reveal()})

    def _origin(self) -> dict[str, str]:
        actor = self._guard.actor
        return {"actor": actor.name, "address": actor.address, "request_id": actor.request_id}


def _read() -> tuple[str | None, dict[str, object]]:
    """The name, if it was sent, and what else was. A typing error must not go unseen, so no other field is taken."""
    fields = read_json_object(request)
    demand_known(fields, {"name", *_FIELDS})
    name = fields.pop("name", None)
    if name is not None and not isinstance(name, str):
        raise _refused(FieldFault("name", "wrong_type", "This field must be a text."))
    return name, fields


def _refused(fault: FieldFault) -> InvalidInput:
    return InvalidInput("The body cannot be taken: see each field.", faults=[fault])


def _as_json(client: Client) -> dict[str, Any]:
    """What it was registered with; an empty text, list or object says nothing, and is not told."""
    told: dict[str, Any] = {"client_id": client.id, "name": client.name, "created_at": client.created_at}
    for field in ClientMetadata.__struct_fields__:
        value = getattr(client.metadata, field)
        if value not in ("", (), None, {}):
            told[field] = value
    return told
