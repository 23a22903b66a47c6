"""Binds each event to all events before it, under a key that is not in the database in clear."""

import hmac
import json
from collections.abc import Sequence
from dataclasses import fields
from typing import Any

from gatepass_server.domain.audit import AuditEvent, AuditRow, ChainLink, ChainStart

_ROW = b"gatepass audit row"
_START = b"gatepass audit start"
_TOLD = tuple(field.name for field in fields(AuditRow) if field.name != "mac")
_to_json = json.JSONEncoder(separators=(",", ":"), allow_nan=False).encode


class Chain:
    """Makes rows and judges them, with HMAC-SHA256 (RFC 2104).

    Args:
        key: 32 bytes. Who has it can write any history; who has not can change, drop, add or reorder nothing unseen,
            but for the newest rows, which nothing follows.
    """

    __slots__ = ("_key",)

    def __init__(self, key: bytes) -> None:
        self._key = key

    def row(self, after: ChainLink, event: AuditEvent) -> AuditRow:
        """The row for the event that follows ``after``."""
        told: dict[str, Any] = {
            "position": after.position + 1,
            "at": event.at,
            "kind": str(event.kind),
            "actor": event.actor,
            "user_id": event.user_id,
            "session_id": event.session_id,
            "address": event.address,
            "request_id": event.request_id,
            "details": _to_json(dict(event.details)),
        }
        return AuditRow(**told, mac=self._mac(after.mac, [told[name] for name in _TOLD]))

    def start(self, last_deleted: ChainLink) -> ChainStart:
        """The proof that rows up to this one were deleted by this house."""
        return ChainStart(last_deleted, self._start_mac(last_deleted))

    def follows(self, after: ChainLink, row: AuditRow) -> bool:
        """Whether the row is what was written after ``after``, bit for bit."""
        try:
            expected = self._row_mac(after.mac, row)
        except (TypeError, ValueError):  # SQLite keeps whatever is put into a column, whatever its type
            return False
        return _equal(expected, row.mac)

    def is_genuine(self, start: ChainStart) -> bool:
        """Whether this house deleted the rows before the start."""
        try:
            expected = self._start_mac(start.last_deleted)
        except TypeError:
            return False
        return _equal(expected, start.seal)

    def _row_mac(self, previous: bytes, row: AuditRow) -> bytes:
        return self._mac(previous, [getattr(row, name) for name in _TOLD])

    def _mac(self, previous: bytes, told: Sequence[object]) -> bytes:
        # JSON tells where a value ends and what type it has: no two rows have the same text.
        return hmac.digest(self._key, b"\0".join((_ROW, previous, _to_json(told).encode("ascii"))), "sha256")

    def _start_mac(self, link: ChainLink) -> bytes:
        return hmac.digest(self._key, b"\0".join((_START, link.mac, str(link.position).encode())), "sha256")


def _equal(expected: bytes, found: object) -> bool:
    return isinstance(found, bytes) and hmac.compare_digest(expected, found)
