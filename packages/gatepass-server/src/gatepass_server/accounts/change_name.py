"""Change one's name."""

from gatepass_server.audit.log import AuditLog
from gatepass_server.domain.accounts import User
from gatepass_server.domain.audit import EventKind, user_actor
from gatepass_server.domain.clock import Clock, whole_seconds
from gatepass_server.domain.errors import FieldFault, InvalidInput
from gatepass_server.domain.names import parse_name
from gatepass_server.store.ports import Store


class ChangeName:
    """Gives an account another name."""

    def __init__(self, store: Store, clock: Clock, audit: AuditLog) -> None:
        self._store = store
        self._clock = clock
        self._audit = audit

    def __call__(self, user: User, name: str, *, address: str = "", request_id: str = "") -> str:
        """Change the name of ``user``; the name as it is kept.

        Args:
            user: the caller.
            name: as somebody typed it.
            address: the IP address of the caller.
            request_id: for the audit log.

        Raises:
            InvalidInput: the name cannot be taken; nothing was changed.
        """
        if not name.strip():
            fault = FieldFault("name", "missing", "A name is needed.")
            raise InvalidInput("The name cannot be taken.", faults=[fault])
        try:
            parsed = parse_name(name)
        except ValueError as error:
            raise InvalidInput(
                "The name cannot be taken.", faults=[FieldFault("name", "invalid", str(error))]
            ) from None
        pen = self._audit.pen(address=address, request_id=request_id)
        with self._store.write() as uow:
            if uow.users.set_name(user.id, parsed, whole_seconds(self._clock)):
                pen.note(
                    uow,
                    EventKind.PROFILE_CHANGED,
                    actor=user_actor(user.id),
                    user_id=user.id,
                    fields="name",
                )
        return parsed
