"""``GET /api/admin/audit-events``."""

import json
from typing import Any

from flask import Response

from gatepass_server.audit.trail import AuditTrail
from gatepass_server.domain.audit import AuditRow, EventKind
from gatepass_server.web.answers import json_answer
from gatepass_server.web.api.admin.describing import SECONDS, TEXT, admin_operation
from gatepass_server.web.paging import id_query, limit_query, read_choice, read_id, read_limit, read_number
from gatepass_server.web.schema import Schema, json_of, object_of, query

_MOST_POSITION = 2**62
_MAYBE: Schema = {"type": ["string", "null"]}
_EVENT = object_of(
    position={"type": "integer", "description": "1, 2, 3 and so on, without a gap."},
    at=SECONDS,
    kind=TEXT,
    actor={"type": "string", "description": "`user:ID`, `client:ID`, `operator`, `anonymous` or `system`."},
    user_id={**_MAYBE, "description": "Whose account it concerns."},
    session_id=_MAYBE,
    address=TEXT,
    request_id=TEXT,
    details={"type": "object"},
    mac={"type": "string", "description": "In hex; binds the event to all before it."},
)
LIST = admin_operation(
    "List events of the audit log, oldest first: the newest ones, or those past a position",
    parameters=[
        query(
            "after", {"type": "integer", "minimum": 0, "maximum": _MOST_POSITION}, "Start past this position."
        ),
        limit_query("Events"),
        id_query("user", "Only what concerns this account."),
        query("kind", {"type": "string", "enum": [str(kind) for kind in EventKind]}, "Only this kind."),
    ],
    answers={
        200: (
            "`next` is the `after` of the next page, if there may be one: what happens later is past it.",
            json_of(
                object_of(events={"type": "array", "items": _EVENT}, optional={"next": {"type": "integer"}})
            ),
        ),
    },
)


class AuditEventsEndpoint:
    """The audit log, to be read; nobody can change it here."""

    def __init__(self, trail: AuditTrail) -> None:
        self._trail = trail

    def list(self) -> Response:
        """200 with a page. What was tampered with is told as it is; ``gatepass audit verify`` finds it."""
        after, limit, user_id = read_number("after", most=_MOST_POSITION), read_limit(), read_id("user")
        kind = read_choice("kind", EventKind)
        if after is None:
            rows = self._trail.newest(limit=limit, user_id=user_id, kind=kind)
        else:
            rows = self._trail.after(after, limit=limit, user_id=user_id, kind=kind)
        body: dict[str, Any] = {"events": [_as_json(row) for row in rows]}
        if rows and (after is None or len(rows) == limit):
            body["next"] = rows[-1].position
        return json_answer(body)


def _as_json(row: AuditRow) -> dict[str, Any]:
    try:
        details = json.loads(row.details)
    except (TypeError, ValueError, RecursionError):
        details = None
    return {
        "position": row.position,
        "at": row.at,
        "kind": row.kind,
        "actor": row.actor,
        "user_id": row.user_id,
        "session_id": row.session_id,
        "address": row.address,
        "request_id": row.request_id,
        "details": details if isinstance(details, dict) else {"unreadable": str(row.details)},
        "mac": _hex(row.mac),
    }


def _hex(mac: object) -> str:
    return mac.hex() if isinstance(mac, bytes) else str(mac)
