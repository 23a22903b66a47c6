"""Log in with e-mail and password."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from gatepass_server.accounts.cookie_sessions import end_presented
from gatepass_server.accounts.faces import Faces, LoggedIn
from gatepass_server.accounts.password_check import ChangedMeanwhile, PasswordCheck
from gatepass_server.accounts.sessions import Sessions
from gatepass_server.audit.log import AuditLog, Pen
from gatepass_server.crypto.cookie_handles import CookieHandle
from gatepass_server.domain.accounts import User
from gatepass_server.domain.audit import ANONYMOUS, EventKind, user_actor
from gatepass_server.domain.emails import email_key
from gatepass_server.domain.errors import InvalidScope
from gatepass_server.domain.scopes import ADMIN, narrowed
from gatepass_server.domain.secret import Secret
from gatepass_server.domain.sessions import Session, SessionMode
from gatepass_server.keys.schedule import AFTERLIFE
from gatepass_server.store.ports import Store

_PRUNED_SESSIONS = 3
"""Sessions without a living token that a log-in takes away: more than it brings, so the table does not grow."""


class LogIn:
    """Checks a password and opens a session.

    Args:
        scope: what a log-in may do.
        admins: whether an admin may ask for the scope ``admin`` as well.
    """

    def __init__(
        self,
        store: Store,
        check: PasswordCheck,
        sessions: Sessions,
        faces: Faces,
        audit: AuditLog,
        *,
        scope: str,
        admins: bool,
    ) -> None:
        self._store = store
        self._check = check
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
            DirectoryUnavailable: whoever judges passwords elsewhere cannot be asked.
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
        proven = self._check(key, password, address=address, pen=pen)
        owner = proven.owner
        session = replace(open_session(owner), identity_id=proven.identity_id)
        entry = self._faces.prepare(owner, session)
        with self._store.write() as uow:
            self._check.let_in(uow, proven)
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
                **proven.told,
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
