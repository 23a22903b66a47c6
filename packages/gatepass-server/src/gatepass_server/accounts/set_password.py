"""Set a first password, for an account that has none: its owner has proved a short time ago who they are."""

from collections.abc import Callable

from gatepass_server.accounts.change_password import refused_password
from gatepass_server.accounts.cookie_sessions import CookieRenewal
from gatepass_server.accounts.limits import address_key
from gatepass_server.audit.log import AuditLog
from gatepass_server.crypto.hash_gate import HashGate
from gatepass_server.crypto.passwords import PasswordHasher
from gatepass_server.domain.accounts import NO_PASSWORD, User
from gatepass_server.domain.audit import EventKind, user_actor
from gatepass_server.domain.clock import Clock, whole_seconds
from gatepass_server.domain.errors import WrongCredentials
from gatepass_server.domain.password_policy import PasswordPolicy
from gatepass_server.domain.secret import Secret
from gatepass_server.store.ports import LiveSession, Store

RECENT = 300
"""Seconds since the owner has proved who they are."""

_NOT_NOW = "Sign in again first, to show that it is you."


class SetPassword:
    """Sets it. Every other session ends, as at a change.

    Args:
        demand_here: raises ``PasswordElsewhere`` for an account whose password somebody else judges.
    """

    def __init__(
        self,
        store: Store,
        hasher: PasswordHasher,
        gate: HashGate,
        policy: PasswordPolicy,
        clock: Clock,
        audit: AuditLog,
        *,
        demand_here: Callable[[User], None],
    ) -> None:
        self._store = store
        self._hasher = hasher
        self._gate = gate
        self._policy = policy
        self._clock = clock
        self._audit = audit
        self._demand_here = demand_here

    def __call__(
        self,
        live: LiveSession,
        new: Secret,
        *,
        address: str,
        request_id: str = "",
        renewal: CookieRenewal | None = None,
    ) -> int:
        """Set the password of the owner of a session; how many other sessions ended.

        Args:
            live: the session that asks, which goes on.
            new: the password from now on.
            address: the IP address of the caller.
            request_id: for the audit log.
            renewal: another cookie for that session.

        Raises:
            PasswordElsewhere: it is not kept here.
            InvalidInput: the password cannot be taken; nothing was changed.
            WrongCredentials: the owner has not proved lately who they are, has a password already, or the session was
                ended meanwhile.
            Busy: too many passwords are being hashed.
        """
        user, session = live.user, live.session
        self._demand_here(user)
        if faults := self._policy.check(new.reveal(), email=user.email, name=user.name):
            raise refused_password(faults)
        now = whole_seconds(self._clock)
        if now - session.authenticated_at > RECENT:
            raise WrongCredentials(_NOT_NOW, reason="signed in too long ago to set a first password")
        pen = self._audit.pen(address=address, request_id=request_id)
        with self._gate.admitted(address_key(address)) as admission, admission.slot():
            new_hash = self._hasher.hash(new.reveal())
        with self._store.write() as uow:
            if not uow.users.replace_password_hash(user.id, old=NO_PASSWORD, new=new_hash):
                raise WrongCredentials(_NOT_NOW, reason="the account has a password already")
            found = uow.sessions.with_user(session.id)
            if found is None or not found.session.is_live(now) or not found.user.is_enabled:
                raise WrongCredentials(
                    _NOT_NOW, reason="the session ended or the account was disabled meanwhile"
                )
            ended = len(uow.sessions.end_all_of(user.id, now, but=session.id))
            if renewal is not None and not renewal.apply(uow, session.id):
                raise WrongCredentials(_NOT_NOW, reason="the session got another cookie meanwhile")
            told = {"actor": user_actor(user.id), "user_id": user.id, "session_id": session.id}
            pen.note(uow, EventKind.PASSWORD_CHANGED, **told, first="yes")
            if ended:
                pen.note(uow, EventKind.SESSIONS_ENDED, **told, count=str(ended), cause="password.changed")
            return ended
