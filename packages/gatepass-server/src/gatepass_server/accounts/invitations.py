"""Inviting others to register programs (RFC 7591 section 3: initial access tokens)."""

from collections.abc import Sequence
from typing import Final

from gatepass_server.audit.log import AuditLog
from gatepass_server.crypto.handles import digest, new_handle
from gatepass_server.domain.audit import OPERATOR, EventKind
from gatepass_server.domain.clock import Clock, whole_seconds
from gatepass_server.domain.errors import FieldFault, InvalidInput, NotFound
from gatepass_server.domain.invitations import Invitation
from gatepass_server.domain.names import parse_name
from gatepass_server.domain.secret import Secret
from gatepass_server.store.ports import Store

PREFIX: Final = "gp_ia_"
LONGEST: Final = 366
"""Days."""

MOST_USES: Final = 10_000
_DAY: Final = 86_400


class Invitations:
    """Makes invitations, lists them and takes them back. ``actor`` is who does it, for the audit log."""

    def __init__(self, store: Store, clock: Clock, audit: AuditLog) -> None:
        self._store = store
        self._clock = clock
        self._audit = audit

    def create(self, name: str, *, uses: int, days: int, actor: str = OPERATOR) -> tuple[Invitation, Secret]:
        """Invite somebody.

        Args:
            name: what the invitation is called.
            uses: how many programs may be registered with it.
            days: how long it is good.
            actor: who invites.

        Returns:
            The invitation, and its text: it is told here and never again.

        Raises:
            InvalidInput: the name or a number cannot be taken.
        """
        faults = []
        try:
            name = parse_name(name)
        except ValueError as error:
            faults.append(FieldFault("name", "invalid", str(error)))
        if not 1 <= uses <= MOST_USES:
            faults.append(FieldFault("uses", "invalid", f"From 1 to {MOST_USES} programs."))
        if not 1 <= days <= LONGEST:
            faults.append(FieldFault("days", "invalid", f"From 1 to {LONGEST} days."))
        if faults:
            raise InvalidInput("The invitation cannot be made: see each field.", faults=faults)
        text = new_handle(PREFIX)
        now = whole_seconds(self._clock)
        invitation = Invitation(
            digest=digest(text.reveal()),
            name=name,
            created_at=now,
            expires_at=now + days * _DAY,
            uses_left=uses,
        )
        pen = self._audit.pen()
        with self._store.write() as uow:
            uow.invitations.prune(now)
            uow.invitations.add(invitation)
            pen.note(uow, EventKind.INVITATION_CREATED, actor=actor, invitation=name, uses=str(uses))
        return invitation, text

    def list(self) -> Sequence[Invitation]:
        """Every invitation that is still good, the oldest first."""
        now = whole_seconds(self._clock)
        with self._store.read() as uow:
            return [invitation for invitation in uow.invitations.all() if invitation.is_good(now)]

    def take_back(self, name: str, *, actor: str = OPERATOR) -> None:
        """Let an invitation be worth nothing from now on; programs that were registered with it stay.

        Raises:
            NotFound: there is none of this name.
        """
        pen = self._audit.pen()
        with self._store.write() as uow:
            if not uow.invitations.remove(name):
                raise NotFound(f"There is no invitation {name!r}. See: gatepass clients invitations")
            pen.note(uow, EventKind.INVITATION_TAKEN_BACK, actor=actor, invitation=name)
