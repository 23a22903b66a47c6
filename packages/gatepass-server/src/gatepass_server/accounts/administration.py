"""What the operator does to accounts at the terminal of the server, where they are named by e-mail or id."""

from gatepass_server.accounts.account_management import AccountChange, AccountManagement, AccountView
from gatepass_server.accounts.entitlements import entitlements_of
from gatepass_server.accounts.sessions import Sessions
from gatepass_server.accounts.tokens import Tokens
from gatepass_server.audit.log import AuditLog
from gatepass_server.domain.accounts import User
from gatepass_server.domain.audit import AT_TERMINAL, OPERATOR, EventKind
from gatepass_server.domain.emails import email_key
from gatepass_server.domain.errors import InvalidInput, NotFound
from gatepass_server.domain.secret import Secret
from gatepass_server.store.ports import Store


class Administration:
    """Acts on accounts from the terminal of the server. Every method raises ``NotFound`` for an unknown name."""

    def __init__(
        self,
        store: Store,
        accounts: AccountManagement,
        sessions: Sessions,
        tokens: Tokens,
        audit: AuditLog,
    ) -> None:
        self._store = store
        self._accounts = accounts
        self._sessions = sessions
        self._tokens = tokens
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

    def view(self, name: str) -> AccountView:
        """The account, with its roles and groups."""
        return self._accounts.view(self.find(name).id)

    def disable(self, name: str) -> tuple[User, int]:
        """Forbid sign-in and end every session, in one transaction; the account, and how many sessions ended."""
        return self._change(name, AccountChange(is_enabled=False))

    def enable(self, name: str) -> tuple[User, bool]:
        """Allow sign-in again; the account, and whether it was disabled. Sessions that were ended stay so."""
        before = self.find(name)
        user, _ = self._accounts.change(before.id, AccountChange(is_enabled=True), by=AT_TERMINAL)
        return user, not before.is_enabled

    def verify_email(self, name: str, *, verified: bool) -> User:
        """Say whether the account's owner has proved to read its e-mail; the account."""
        return self._change(name, AccountChange(email_verified=verified))[0]

    def set_password(self, name: str, password: Secret) -> tuple[User, int]:
        """Give an account another password and end all its sessions; the account, and how many ended.

        Raises:
            InvalidInput: the password cannot be taken.
        """
        user = self.find(name)
        return user, self._accounts.set_password(user, password, by=AT_TERMINAL)

    def set_role(self, name: str, *, is_admin: bool) -> tuple[User, int]:
        """Make an account an admin or an ordinary one; the account, and how many of its sessions ended."""
        return self._change(name, AccountChange(is_admin=is_admin))

    def end_sessions(self, name: str) -> tuple[User, int]:
        """End all sessions of an account; the account, and how many ended."""
        user = self.find(name)
        return user, self._accounts.end_sessions(user.id, by=AT_TERMINAL)

    def issue_token(self, name: str, *, expires_in: int, scope: str | None = None) -> str:
        """An access token for an account without its password, in a session of its own.

        Args:
            name: e-mail or id.
            expires_in: seconds; 0 gives a token that has expired already, to see how an API answers it.
            scope: scopes separated by spaces; by default those of a log-in.

        Raises:
            InvalidInput: the account is disabled, or is changed meanwhile.
        """
        user = self.find(name)
        if not user.is_enabled:
            raise InvalidInput(f"The account {user.email} is disabled; it gets no tokens.")
        session = self._sessions.new(
            user, method="operator", address="", device="gatepass token", scope=scope
        )
        signer = self._tokens.signer()
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
            entitlements = entitlements_of(uow, user)
            # Within the transaction: of a scope that no token can carry no session is kept.
            return self._tokens.signed(user, session, entitlements, expires_in=expires_in, signer=signer)

    def _change(self, name: str, change: AccountChange) -> tuple[User, int]:
        return self._accounts.change(self.find(name).id, change, by=AT_TERMINAL)
