"""One event on one line, for people and for programs."""

import json
from contextlib import suppress
from typing import Any

from gatepass_server.cli.output import moment
from gatepass_server.domain.audit import AuditRow


def as_line(row: AuditRow) -> str:
    """For people: position, time, kind, actor, and then what is known."""
    known = {"user": row.user_id, "session": row.session_id, "address": row.address, **_details(row)}
    known["request"] = row.request_id
    head = f"{row.position:>6}  {_time(row)}  {row.kind:<18}  {row.actor}"
    tail = " ".join(f"{name}={value}" for name, value in known.items() if value)
    # Somebody may have tampered with the rows: none may command the terminal.
    return "".join(
        character if character.isprintable() else "\ufffd" for character in f"{head}  {tail}".rstrip()
    )


def as_json_line(row: AuditRow) -> str:
    """For programs. ``at`` is in seconds since the epoch, ``mac`` in hex."""
    event: dict[str, Any] = {name: getattr(row, name) for name in AuditRow.__slots__}
    event |= {"time": _time(row), "details": _details(row), "mac": _hex(row.mac)}
    return json.dumps(event)


def _time(row: AuditRow) -> str:
    with suppress(TypeError, ValueError, OverflowError, OSError):
        return moment(row.at) or ""
    return "no time"


def _hex(mac: object) -> str:
    return mac.hex() if isinstance(mac, bytes) else str(mac)


def _details(row: AuditRow) -> dict[str, Any]:
    """The details; what is no object any more stands under a name of its own."""
    try:
        details = json.loads(row.details)
    except (TypeError, ValueError, RecursionError):
        details = None
    return details if isinstance(details, dict) else {"unreadable": str(row.details)}
