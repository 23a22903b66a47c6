"""What the operator does to accounts."""

from gatepass_server.accounts.sessions import Sessions
from gatepass_server.accounts.tokens import Tokens
from gatepass_server.audit.log import AuditLog
from gatepass_server.domain.accounts import User
from gatepass_server.domain.audit import OPERATOR, EventKind
from gatepass_server.domain.clock import Clock, whole_seconds
from gatepass_server.domain.emails import email_key
from gatepass_server.domain.errors import InvalidInput, NotFound
from gatepass_server.store.ports import Store


class Administration:
    """Acts on accounts from the terminal of the server."""

    def __init__(
        self, store: Store, sessions: Sessions, tokens: Tokens, clock: Clock, audit: AuditLog
    ) -> None:
        self._store = store
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
        now = whole_seconds(self._clock)
        with self._store.write() as uow:
            if uow.users.disable(user.id, now):
                pen.note(uow, EventKind.ACCOUNT_DISABLED, actor=OPERATOR, user_id=user.id)
            if ended := len(uow.sessions.end_all_of(user.id, now)):
                pen.note(uow, EventKind.SESSIONS_ENDED, actor=OPERATOR, user_id=user.id, count=str(ended))
            return user, ended

    def issue_token(self, name: str, *, expires_in: int, scope: str | None = None) -> str:
        """An access token for an account without its password, in a session of its own.

        Args:
            name: e-mail or id.
            expires_in: seconds; 0 gives a token that has expired already, to see how an API answers it.
            scope: scopes separated by spaces; by default those of a log-in.

        Raises:
            NotFound: there is no such account.
            InvalidInput: the account is disabled.
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
