"""Log in with e-mail and password."""

from collections.abc import Callable
from functools import partial

from gatepass_server.accounts.cookie_sessions import end_presented
from gatepass_server.accounts.faces import Faces, LoggedIn
from gatepass_server.accounts.limits import FailureLimits, address_key
from gatepass_server.accounts.sessions import Sessions
from gatepass_server.audit.log import AuditLog, Pen
from gatepass_server.crypto.cookie_handles import CookieHandle
from gatepass_server.crypto.hash_gate import HashGate
from gatepass_server.crypto.passwords import PasswordHasher
from gatepass_server.domain.accounts import User
from gatepass_server.domain.audit import ANONYMOUS, EventKind, user_actor
from gatepass_server.domain.emails import email_key
from gatepass_server.domain.errors import InvalidScope, TooManyAttempts, WrongCredentials
from gatepass_server.domain.scopes import ADMIN, narrowed
from gatepass_server.domain.secret import Secret
from gatepass_server.domain.sessions import Session, SessionMode
from gatepass_server.keys.schedule import AFTERLIFE
from gatepass_server.store.ports import Store, UnitOfWork

_PRUNED_SESSIONS = 3
"""Sessions without a living token that a log-in takes away: more than it brings, so the table does not grow."""

_REFUSAL = "The e-mail address or the password is wrong."


class UnknownEmail(WrongCredentials):
    """Told apart from a wrong password only where the setting ``article_answers`` asks for it."""


class DisabledAccount(WrongCredentials):
    """The password was right; only the logs tell."""


class ChangedMeanwhile(WrongCredentials):
    """The account is not as it was when its password was found right; another log-in may have renewed its hash."""


class LogIn:
    """Checks a password and opens a session.

    Whatever is wrong, the same work is done: an unknown e-mail and a disabled account cost one hash as well.

    Args:
        scope: what a log-in may do.
        admins: whether an admin may ask for the scope ``admin`` as well.
    """

    def __init__(
        self,
        store: Store,
        hasher: PasswordHasher,
        gate: HashGate,
        limits: FailureLimits,
        sessions: Sessions,
        faces: Faces,
        audit: AuditLog,
        *,
        scope: str,
        admins: bool,
    ) -> None:
        self._store = store
        self._hasher = hasher
        self._gate = gate
        self._limits = limits
        self._sessions = sessions
        self._faces = faces
        self._audit = audit
        self._scope = scope
        self._admins = admins

    def __call__(
        self,
        email: str,
        password: Secret,
        *,
        address: str,
        device: str,
        mode: SessionMode = SessionMode.TOKEN,
        scope: str | None = None,
        replaces: CookieHandle | None = None,
        request_id: str = "",
    ) -> LoggedIn:
        """Log in.

        Args:
            email: as somebody typed it.
            password: the same.
            address: the IP address of the caller.
            device: its ``User-Agent``.
            mode: what is handed out.
            scope: scopes separated by spaces, out of those of a log-in, and ``admin`` if the account is an admin's;
                by default those of a log-in.
            replaces: the cookie that the new one takes the place of, in the browser; its session ends.
            request_id: for the audit log.

        Raises:
            WrongCredentials: unknown e-mail (``UnknownEmail``), wrong password or disabled account.
            InvalidScope: the password was right, and more was asked for than the account may.
            TooManyAttempts: a limit of failures was reached; the password was not looked at.
            Busy: too many passwords are being hashed; the attempt was not counted.
        """
        pen = self._audit.pen(address=address, request_id=request_id)

        def open_session(owner: User) -> Session:
            granted = self._granted(owner, scope, mode, pen)
            return self._sessions.new(
                owner, method="pwd", address=address, device=device, mode=mode, scope=granted
            )

        attempt = partial(self._attempt, email_key(email), password, address, open_session, replaces, pen)
        try:
            return attempt()
        except ChangedMeanwhile:
            return attempt()  # judged anew, once: the right password of a renewed hash is no failure

    def _attempt(
        self,
        key: str,
        password: Secret,
        address: str,
        open_session: Callable[[User], Session],
        replaces: CookieHandle | None,
        pen: Pen,
    ) -> LoggedIn:
        user = self._find(key, address)
        try:
            with self._gate.admitted(address_key(address)) as admission, admission.slot():
                owner, new_hash = self._verify(user, password.reveal())
        except WrongCredentials as error:
            raise self._count_failure(key, address, user, _why(error), pen) or error from None
        session = open_session(owner)
        entry = self._faces.prepare(owner, session)
        with self._store.write() as uow:
            self._let_in(uow, owner, new_hash, key, address)
            entitlements = entry.keep(uow)
            replaced = replaces and end_presented(uow, replaces, session.created_at)
            uow.sessions.prune(session.created_at - AFTERLIFE, limit=_PRUNED_SESSIONS)
            pen.note(
                uow,
                EventKind.LOG_IN_SUCCEEDED,
                actor=user_actor(owner.id),
                user_id=owner.id,
                session_id=session.id,
                mode=str(session.mode),
            )
            if replaced:
                pen.note(
                    uow,
                    EventKind.SESSION_ENDED,
                    actor=user_actor(owner.id),
                    user_id=replaced.user.id,
                    session_id=replaced.session.id,
                    cause="replaced",
                )
        return entry.enter(entitlements)

    def _granted(self, owner: User, asked: str | None, mode: SessionMode, pen: Pen) -> str:
        """What the session may do. A cookie is sent by a browser on its own, so the admin API takes none."""
        may_administer = owner.is_admin and self._admins and mode is not SessionMode.COOKIE
        most = f"{self._scope} {ADMIN}" if may_administer else self._scope
        try:
            return self._scope if asked is None else narrowed(most, asked)
        except InvalidScope:
            told = {"actor": ANONYMOUS, "user_id": owner.id, "reason": "scope"}
            with self._store.write(durable=False) as uow:  # as any other failure
                pen.note(uow, EventKind.LOG_IN_FAILED, **told)
            raise

    def _find(self, key: str, address: str) -> User | None:
        """The account, if the limits let anybody try it: who is past them must not queue before the others."""
        with self._store.read() as uow:
            refusal = self._limits.refusal(uow, email_key=key, address=address)
            if refusal:
                raise refusal
            return uow.users.by_email(key)

    def _count_failure(
        self, key: str, address: str, user: User | None, why: str, pen: Pen
    ) -> TooManyAttempts | None:
        user_id = None if user is None else user.id

        def reached(limit: str) -> None:
            pen.note(uow, EventKind.ATTEMPTS_LIMITED, actor=ANONYMOUS, user_id=user_id, limit=limit)

        with self._store.write(durable=False) as uow:  # a power cut may forgive a failure, and forget it
            pen.note(uow, EventKind.LOG_IN_FAILED, actor=ANONYMOUS, user_id=user_id, reason=why)
            return self._limits.count_failure(uow, email_key=key, address=address, reached=reached)

    def _let_in(self, uow: UnitOfWork, owner: User, new_hash: str | None, key: str, address: str) -> None:
        """Ask again what may have changed while the password was hashed: the limits, and the account."""
        if refusal := self._limits.refusal(uow, email_key=key, address=address):
            raise refusal
        if not _is_unchanged(uow, owner, new_hash):
            raise ChangedMeanwhile(_REFUSAL, reason="the account was disabled or changed meanwhile")
        self._limits.forget_failures(uow, email_key=key)

    def _verify(self, user: User | None, password: str) -> tuple[User, str | None]:
        """The user, and a new hash if the stored one was made in another way than new ones are."""
        if user is None:
            self._hasher.verify_unknown(password)
            raise UnknownEmail(_REFUSAL, reason="unknown e-mail")
        verdict = self._hasher.verify(user.password_hash, password)
        if not verdict.right:
            raise WrongCredentials(_REFUSAL, reason=verdict.reason or "wrong password")
        if not user.is_enabled:
            raise DisabledAccount(_REFUSAL, reason="the account is disabled")
        return user, self._hasher.hash(password) if verdict.needs_rehash else None


def _why(error: WrongCredentials) -> str:
    """The class of the failure, for the audit log: never what was typed."""
    if isinstance(error, UnknownEmail):
        return "unknown_email"
    return "disabled" if isinstance(error, DisabledAccount) else "wrong_password"


def _is_unchanged(uow: UnitOfWork, owner: User, new_hash: str | None) -> bool:
    """Whether the account is enabled and has its hash, which is replaced if there is a new one.

    First replaced and then confirmed: two that have both confirmed the old hash could never replace it.
    """
    if new_hash is None:
        return uow.users.confirm(owner.id, password_hash=owner.password_hash)
    replaced = uow.users.replace_password_hash(owner.id, old=owner.password_hash, new=new_hash)
    return replaced and uow.users.confirm(owner.id, password_hash=new_hash)
