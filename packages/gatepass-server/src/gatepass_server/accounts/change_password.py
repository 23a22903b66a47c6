"""Change one's password: the old one is asked for, and every other session ends."""

from collections.abc import Sequence

from gatepass_server.accounts.cookie_sessions import CookieRenewal
from gatepass_server.accounts.limits import FailureLimits, address_key
from gatepass_server.accounts.password_check import PasswordsElsewhere
from gatepass_server.audit.log import AuditLog, Pen
from gatepass_server.crypto.hash_gate import HashGate
from gatepass_server.crypto.passwords import PasswordHasher
from gatepass_server.domain.accounts import User
from gatepass_server.domain.audit import EventKind, user_actor
from gatepass_server.domain.clock import Clock, whole_seconds
from gatepass_server.domain.errors import (
    FieldFault,
    InvalidInput,
    PasswordElsewhere,
    TooManyAttempts,
    WrongCredentials,
)
from gatepass_server.domain.password_policy import PasswordPolicy
from gatepass_server.domain.secret import Secret
from gatepass_server.store.ports import Store

_WRONG = "The current password is wrong."


class ChangePassword:
    """Replaces a password. Guessing the old one with a stolen token meets the limits of log-ins.

    Args:
        page_elsewhere: where people change passwords that are judged elsewhere; empty if nobody has said so.
    """

    def __init__(
        self,
        store: Store,
        hasher: PasswordHasher,
        gate: HashGate,
        limits: FailureLimits,
        policy: PasswordPolicy,
        clock: Clock,
        audit: AuditLog,
        elsewhere: PasswordsElsewhere | None = None,
        *,
        page_elsewhere: str = "",
    ) -> None:
        self._store = store
        self._hasher = hasher
        self._gate = gate
        self._limits = limits
        self._policy = policy
        self._clock = clock
        self._audit = audit
        self._elsewhere = elsewhere
        self._page_elsewhere = page_elsewhere

    def demand_here(self, user: User) -> None:
        """See that the password of ``user`` is not kept elsewhere.

        Raises:
            PasswordElsewhere: it is; ``page`` says where it is changed, if the operator has said so.
        """
        if self._elsewhere is not None and self._elsewhere.holds(user):
            raise PasswordElsewhere(self._page_elsewhere)

    def __call__(
        self,
        user: User,
        current: Secret,
        new: Secret,
        *,
        session_id: str,
        address: str,
        request_id: str = "",
        renewal: CookieRenewal | None = None,
    ) -> int:
        """Change the password of ``user``; how many other sessions ended.

        Args:
            user: as the session's check has found it.
            current: the password until now.
            new: the one from now on.
            session_id: the session that asks, which goes on.
            address: the IP address of the caller.
            request_id: for the audit log.
            renewal: another cookie for that session, where it has one.

        Raises:
            PasswordElsewhere: it is not kept here.
            InvalidInput: the new password cannot be taken; nothing was changed.
            WrongCredentials: the current one is wrong, or was changed meanwhile, or the session was ended meanwhile.
            TooManyAttempts: a limit of failures was reached; the password was not looked at.
            Busy: too many passwords are being hashed; the attempt was not counted.
        """
        self.demand_here(user)
        self._check_new(user, new)
        pen = self._audit.pen(address=address, request_id=request_id)
        with self._store.read() as uow:
            if refusal := self._limits.refusal(uow, email_key=user.email_key, address=address):
                raise refusal
        with self._gate.admitted(address_key(address)) as admission, admission.slot():
            verdict = self._hasher.verify(user.password_hash, current.reveal())
            new_hash = self._hasher.hash(new.reveal()) if verdict.right and new != current else ""
        if not verdict.right:
            raise self._count_failure(user, session_id, address, pen) or WrongCredentials(
                _WRONG, reason=verdict.reason or "wrong password"
            )
        if not new_hash:
            raise refused_password(
                [FieldFault("password", "unchanged", "This is the password that you have.")]
            )
        with self._store.write() as uow:
            if refusal := self._limits.refusal(uow, email_key=user.email_key, address=address):
                raise refusal
            now = whole_seconds(self._clock)
            if not uow.users.replace_password_hash(user.id, old=user.password_hash, new=new_hash):
                raise WrongCredentials(_WRONG, reason="the password was changed meanwhile")
            # Now that the account's row is ours: who was thrown out while the hash was made changes nothing any more.
            found = uow.sessions.with_user(session_id)
            if found is None or not found.session.is_live(now) or not found.user.is_enabled:
                raise WrongCredentials(
                    _WRONG, reason="the session was ended or the account disabled meanwhile"
                )
            ended = len(uow.sessions.end_all_of(user.id, now, but=session_id))
            if renewal is not None and not renewal.apply(uow, session_id):
                raise WrongCredentials(_WRONG, reason="the session got another cookie meanwhile")
            told = {"actor": user_actor(user.id), "user_id": user.id, "session_id": session_id}
            pen.note(uow, EventKind.PASSWORD_CHANGED, **told)
            if ended:
                pen.note(uow, EventKind.SESSIONS_ENDED, **told, count=str(ended), cause="password.changed")
            return ended

    def _check_new(self, user: User, new: Secret) -> None:
        if faults := self._policy.check(new.reveal(), email=user.email, name=user.name):
            raise refused_password(faults)

    def _count_failure(self, user: User, session_id: str, address: str, pen: Pen) -> TooManyAttempts | None:
        told = {"actor": user_actor(user.id), "user_id": user.id, "session_id": session_id}

        def reached(limit: str) -> None:
            pen.note(uow, EventKind.ATTEMPTS_LIMITED, **told, limit=limit)

        with self._store.write(durable=False) as uow:  # a power cut may forgive a failure, and forget it
            pen.note(uow, EventKind.PASSWORD_CHANGE_FAILED, **told)
            return self._limits.count_failure(uow, email_key=user.email_key, address=address, reached=reached)


def refused_password(faults: Sequence[FieldFault]) -> InvalidInput:
    """The refusal of a new password, with what is wrong with it."""
    named = [FieldFault("new_password", fault.code, fault.message) for fault in faults]
    return InvalidInput("The new password cannot be taken.", faults=named)
