"""What the operator does to accounts."""

from gatepass_server.accounts.sessions import Sessions
from gatepass_server.accounts.tokens import Tokens
from gatepass_server.audit.log import AuditLog, Pen
from gatepass_server.crypto.passwords import PasswordHasher
from gatepass_server.domain.accounts import User
from gatepass_server.domain.audit import OPERATOR, EventKind
from gatepass_server.domain.clock import Clock, whole_seconds
from gatepass_server.domain.emails import email_key
from gatepass_server.domain.errors import InvalidInput, NotFound
from gatepass_server.domain.password_policy import PasswordPolicy
from gatepass_server.domain.secret import Secret
from gatepass_server.store.ports import Store, UnitOfWork


class Administration:
    """Acts on accounts from the terminal of the server."""

    def __init__(
        self,
        store: Store,
        hasher: PasswordHasher,
        policy: PasswordPolicy,
        sessions: Sessions,
        tokens: Tokens,
        clock: Clock,
        audit: AuditLog,
    ) -> None:
        self._store = store
        self._hasher = hasher
        self._policy = policy
        self._sessions = sessions
        self._tokens = tokens
        self._clock = clock
        self._audit = audit

    def find(self, name: str) -> User:
        """The account with this e-mail or id.

        Raises:
            NotFound: there is none.
        """
        with self._store.read() as uow:
            user = uow.users.by_email(email_key(name)) or uow.users.by_id(name)
        if user is None:
            raise NotFound(f"There is no account {name!r}. See: gatepass users list")
        return user

    def disable(self, name: str) -> tuple[User, int]:
        """Forbid sign-in and end every session, in one transaction; the account, and how many sessions ended.

        Raises:
            NotFound: there is no such account.
        """
        user = self.find(name)
        pen = self._audit.pen()
        with self._store.write() as uow:
            if uow.users.disable(user.id, whole_seconds(self._clock)):
                pen.note(uow, EventKind.ACCOUNT_DISABLED, actor=OPERATOR, user_id=user.id)
            return user, self._end_all_of(uow, pen, user, cause="account.disabled")

    def enable(self, name: str) -> tuple[User, bool]:
        """Allow sign-in again; the account, and whether it was disabled. Sessions that were ended stay so.

        Raises:
            NotFound: there is no such account.
        """
        user = self.find(name)
        pen = self._audit.pen()
        with self._store.write() as uow:
            was_disabled = uow.users.enable(user.id)
            if was_disabled:
                pen.note(uow, EventKind.ACCOUNT_ENABLED, actor=OPERATOR, user_id=user.id)
            return user, was_disabled

    def set_password(self, name: str, password: Secret) -> tuple[User, int]:
        """Give an account another password and end all its sessions; the account, and how many ended.

        Raises:
            NotFound: there is no such account.
            InvalidInput: the password cannot be taken.
        """
        user = self.find(name)
        if faults := self._policy.check(password.reveal(), email=user.email, name=user.name):
            raise InvalidInput("The password cannot be taken.", faults=faults)
        new_hash = self._hasher.hash(password.reveal())
        pen = self._audit.pen()
        with self._store.write() as uow:
            uow.users.set_password_hash(user.id, new_hash)
            pen.note(uow, EventKind.PASSWORD_CHANGED, actor=OPERATOR, user_id=user.id)
            return user, self._end_all_of(uow, pen, user, cause="password.changed")

    def set_role(self, name: str, *, is_admin: bool) -> tuple[User, int]:
        """Make an account an admin or an ordinary one; the account, and how many of its sessions ended.

        Sessions that began with other rights do not go on with new ones: they end if anything changed.

        Raises:
            NotFound: there is no such account.
        """
        user = self.find(name)
        pen = self._audit.pen()
        with self._store.write() as uow:
            if not uow.users.set_admin(user.id, is_admin=is_admin):
                return user, 0
            role = "admin" if is_admin else "user"
            pen.note(uow, EventKind.ROLE_CHANGED, actor=OPERATOR, user_id=user.id, role=role)
            return user, self._end_all_of(uow, pen, user, cause="role.changed")

    def issue_token(self, name: str, *, expires_in: int, scope: str | None = None) -> str:
        """An access token for an account without its password, in a session of its own.

        Args:
            name: e-mail or id.
            expires_in: seconds; 0 gives a token that has expired already, to see how an API answers it.
            scope: scopes separated by spaces; by default those of a log-in.

        Raises:
            NotFound: there is no such account.
            InvalidInput: the account is disabled, or is changed meanwhile.
        """
        user = self.find(name)
        if not user.is_enabled:
            raise InvalidInput(f"The account {user.email} is disabled; it gets no tokens.")
        session = self._sessions.new(
            user, method="operator", address="", device="gatepass token", scope=scope
        )
        token = self._tokens.signed(user, session, expires_in=expires_in)
        pen = self._audit.pen()
        with self._store.write() as uow:
            # Whoever disables the account comes before, or ends this session too.
            if not uow.users.confirm(user.id, password_hash=user.password_hash):
                raise InvalidInput(f"The account {user.email} was disabled or changed meanwhile. Try again.")
            uow.sessions.add(session)
            pen.note(
                uow,
                EventKind.TOKEN_ISSUED,
                actor=OPERATOR,
                user_id=user.id,
                session_id=session.id,
                expires_in=str(expires_in),
            )
        return token

    def _end_all_of(self, uow: UnitOfWork, pen: Pen, user: User, *, cause: str) -> int:
        ended = len(uow.sessions.end_all_of(user.id, whole_seconds(self._clock)))
        if ended:
            kind = EventKind.SESSIONS_ENDED
            pen.note(uow, kind, actor=OPERATOR, user_id=user.id, count=str(ended), cause=cause)
        return ended
