"""Writing into the audit log."""

from collections.abc import Callable

from gatepass_server.audit.chain import Chain
from gatepass_server.domain.audit import AuditEvent, EventKind
from gatepass_server.domain.clock import Clock, whole_seconds
from gatepass_server.observe.redaction import redact_text
from gatepass_server.store.ports import UnitOfWork

CHAIN_KEY = "audit"
"""The house secret that chains the events."""

_DAY = 86_400
_LONGEST = 64
"""Characters of an address or a request id; both are shorter unless a host program made them up."""


class Pen:
    """Writes what one request, or one command, does: each event with the transaction that does it.

    The event exists if and only if the transaction commits.
    """

    __slots__ = ("_address", "_chain", "_clock", "_request_id", "_retention")

    def __init__(self, chain: Chain, clock: Clock, *, retention: int, address: str, request_id: str) -> None:
        self._chain = chain
        self._clock = clock
        self._retention = retention
        self._address = address
        self._request_id = request_id

    def note(
        self,
        uow: UnitOfWork,
        kind: EventKind,
        *,
        actor: str,
        user_id: str | None = None,
        session_id: str | None = None,
        **details: str,
    ) -> None:
        """Write an event at the end of the transaction.

        Args:
            uow: the transaction that does what the event tells.
            kind: what it does.
            actor: who does it, see ``AuditEvent``.
            user_id: whose account it concerns.
            session_id: which session it concerns.
            details: what else is worth knowing; never what somebody typed.
        """
        now = whole_seconds(self._clock)
        event = AuditEvent(
            at=now,
            kind=kind,
            actor=actor,
            user_id=user_id,
            session_id=session_id,
            address=_plain(self._address),
            request_id=redact_text(_plain(self._request_id)),
            details=details,
        )
        keep_from = now - self._retention * _DAY if self._retention else None
        uow.audit_events.append(event, self._chain, keep_from=keep_from)


class AuditLog:
    """Hands out pens.

    Args:
        house_secrets: gives the key of the chain.
        retention: days that events are kept at least; 0 keeps them for ever.
    """

    def __init__(self, house_secrets: Callable[[str], bytes], clock: Clock, *, retention: int) -> None:
        self._house_secrets = house_secrets
        self._clock = clock
        self._retention = retention

    def pen(self, *, address: str = "", request_id: str = "") -> Pen:
        """A pen for one request; ask before a transaction begins, since it may read the key of the chain.

        Args:
            address: the IP address of the caller, empty at the terminal.
            request_id: the id of the request. A caller may have chosen it: what looks like a secret is left out.

        Raises:
            CannotUnseal: the key of the chain cannot be opened. What cannot be recorded is not done.
        """
        return Pen(
            Chain(self._house_secrets(CHAIN_KEY)),
            self._clock,
            retention=self._retention,
            address=address,
            request_id=request_id,
        )


def _plain(text: str) -> str:
    if not text.isprintable():
        text = "".join(character for character in text if character.isprintable())
    return text[:_LONGEST]
