"""Who signs when: plain rules over the records of a line. Each gives the records whose times change.

The keys of one algorithm are a line, and lines know nothing of one another. The law of a line: its keys form a
chain, in which each signs until the next one does, and the last has no end. So at every moment one key of it signs,
and each change of hands is known, and published, before it happens. A line may end when nobody needs its algorithm.
"""

from collections.abc import Sequence
from dataclasses import replace

from gatepass_server.domain.errors import InvalidInput
from gatepass_server.domain.signing_keys import LONGEST_TOKEN, KeyRecord, KeyState

STRAGGLERS = 60
"""Seconds for which a key may still sign past its time: in processes that reread the ring every few seconds, and
on machines whose clocks differ."""

AFTERLIFE = LONGEST_TOKEN + STRAGGLERS
"""Seconds between the last moment a key should sign and the end of the last token it can have signed."""


def line(records: Sequence[KeyRecord], algorithm: str) -> list[KeyRecord]:
    """The records of one algorithm."""
    return [record for record in records if record.alg == algorithm]


def make_way(records: Sequence[KeyRecord], *, at: int, now: int) -> list[KeyRecord]:
    """A new key will sign from ``at`` on: whoever signs then retires, and keys planned for later are called off."""
    changed = []
    for record in records:
        if record.state(now) is KeyState.NEXT and record.activates_at >= at:
            changed.append(_called_off(record, now))
        elif record.is_in_line(now) and (record.retires_at is None or record.retires_at > at):
            changed.append(replace(record, retires_at=at, gone_at=at + AFTERLIFE))
    return changed


def step_out(
    record: KeyRecord, records: Sequence[KeyRecord], *, now: int, may_end: bool = False
) -> list[KeyRecord]:
    """``record`` leaves the line: a key that has not signed yet is gone, and whoever it would follow signs on.

    A key that is retiring keeps its times.

    Args:
        record: the key.
        records: its line.
        now: in seconds since the epoch.
        may_end: whether the line may end with it.

    Raises:
        InvalidInput: it is the key that signs now, and the line may not end.
    """
    state = record.state(now)
    if state is KeyState.ACTIVE:
        others = [other for other in records if other.kid != record.kid and other.is_in_line(now)]
        if all(other.state(now) is KeyState.NEXT for other in others) and (others or not may_end):
            raise InvalidInput(
                "This key signs now, and no other can take over before it was published. "
                "Replace it: gatepass keys rotate (or, if it was stolen, gatepass keys rotate --now)."
            )
        return [replace(record, retires_at=now, gone_at=now + AFTERLIFE)]
    if state is not KeyState.NEXT:
        return []
    before = [
        replace(other, retires_at=record.retires_at, gone_at=record.gone_at)
        for other in records
        if other.is_in_line(now) and other.retires_at == record.activates_at
    ]
    return [*before, _called_off(record, now)]


def drop_all(records: Sequence[KeyRecord], *, now: int) -> list[KeyRecord]:
    """Every key is gone from ``now`` on."""
    return [_gone(record, now) for record in records if record.state(now) is not KeyState.GONE]


def _called_off(record: KeyRecord, now: int) -> KeyRecord:
    """It has signed nothing, so nobody needs it any more."""
    return _gone(record, now)


def _gone(record: KeyRecord, now: int) -> KeyRecord:
    retired = now if record.retires_at is None else min(record.retires_at, now)
    return replace(record, activates_at=min(record.activates_at, now), retires_at=retired, gone_at=now)
