"""Sign in again as whom one is signed in already: the session goes on, younger and with another cookie."""

from functools import partial

from gatepass_server.accounts.cookie_sessions import end_presented
from gatepass_server.accounts.faces import LoggedIn
from gatepass_server.accounts.password_check import REFUSAL, ChangedMeanwhile, PasswordCheck
from gatepass_server.audit.log import AuditLog, Pen
from gatepass_server.crypto.cookie_handles import CookieHandle
from gatepass_server.domain.audit import EventKind, user_actor
from gatepass_server.domain.clock import Clock, whole_seconds
from gatepass_server.domain.secret import Secret
from gatepass_server.store.ports import LiveSession, Store


class SessionGone(ChangedMeanwhile):
    """The password was right, and the session that it should have refreshed is not there any more."""


METHODS = ("pwd",)
"""As RFC 8176 names them."""


class Reauthenticate:
    """Checks the password of a session's owner, and refreshes the session.

    What programs were given in this session stays theirs, which would end with it; ``auth_time`` moves on (OpenID
    Connect Core section 3.1.2.1, ``prompt=login`` and ``max_age``). The session's absolute end stays where it is, and
    whoever knows the old cookie has nothing any more.

    Args:
        idle: seconds that a session may go unused.
    """

    def __init__(
        self, store: Store, check: PasswordCheck, clock: Clock, audit: AuditLog, *, idle: int
    ) -> None:
        self._store = store
        self._check = check
        self._clock = clock
        self._audit = audit
        self._idle = idle

    def __call__(
        self,
        live: LiveSession,
        cookie: CookieHandle,
        password: Secret,
        *,
        address: str,
        replaces: CookieHandle | None = None,
        request_id: str = "",
    ) -> LoggedIn:
        """Prove again who one is; the session as it is now, and its new cookie.

        Args:
            live: the session, as its cookie was recognised.
            cookie: that cookie.
            password: as somebody typed it.
            address: the IP address of the caller.
            replaces: a cookie of another session, that this one takes the place of in the browser; that session ends.
            request_id: for the audit log.

        Raises:
            WrongCredentials: wrong password, or disabled account.
            SessionGone: the session ended, or got another cookie, meanwhile.
            TooManyAttempts: a limit of failures was reached; the password was not looked at.
            Busy: too many passwords are being hashed; the attempt was not counted.
            DirectoryUnavailable: whoever judges passwords elsewhere cannot be asked.
        """
        pen = self._audit.pen(address=address, request_id=request_id)
        attempt = partial(self._attempt, live, cookie, password, address, replaces, pen)
        try:
            return attempt()
        except SessionGone:
            raise
        except ChangedMeanwhile:
            return attempt()  # judged anew, once: the right password of a renewed hash is no failure

    def _attempt(
        self,
        live: LiveSession,
        cookie: CookieHandle,
        password: Secret,
        address: str,
        replaces: CookieHandle | None,
        pen: Pen,
    ) -> LoggedIn:
        proven = self._check(live.user.email_key, password, address=address, pen=pen)
        if proven.owner.id != live.user.id:
            raise SessionGone(REFUSAL, reason="the e-mail address is somebody else's meanwhile")
        new = CookieHandle.new()
        now = whole_seconds(self._clock)
        told = {"actor": user_actor(live.user.id), "user_id": live.user.id, "session_id": live.session.id}
        with self._store.write() as uow:
            self._check.let_in(uow, proven)
            renewed = uow.sessions.reauthenticate(
                live.session.id, old=cookie.digest, new=new.digest, methods=METHODS, now=now, idle=self._idle
            )
            if renewed is None:
                raise SessionGone(REFUSAL, reason="the session ended or got another cookie meanwhile")
            replaced = replaces and end_presented(uow, replaces, now)
            pen.note(
                uow,
                EventKind.LOG_IN_SUCCEEDED,
                **told,
                **proven.told,
                mode=str(renewed.session.mode),
                renewed="yes",
            )
            if replaced:
                pen.note(
                    uow,
                    EventKind.SESSION_ENDED,
                    actor=user_actor(live.user.id),
                    user_id=replaced.user.id,
                    session_id=replaced.session.id,
                    cause="replaced",
                )
        return LoggedIn(renewed.user, renewed.session, new)
