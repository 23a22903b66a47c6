"""What an administrator does to accounts: from the terminal of the server, or by the admin API."""

from dataclasses import dataclass

from gatepass_server.accounts.entitlements import entitlements_of
from gatepass_server.accounts.forms import AccountForm
from gatepass_server.accounts.limits import address_key
from gatepass_server.audit.log import AuditLog, Pen
from gatepass_server.crypto.hash_gate import HashGate
from gatepass_server.crypto.passwords import PasswordHasher
from gatepass_server.domain.accounts import User
from gatepass_server.domain.audit import AT_TERMINAL, Actor, EventKind
from gatepass_server.domain.clock import Clock, whole_seconds
from gatepass_server.domain.errors import AccountExists, EmailTaken, InvalidInput, LastAdmin, NotFound
from gatepass_server.domain.ids import new_id
from gatepass_server.domain.password_policy import PasswordPolicy
from gatepass_server.domain.roles import Entitlements
from gatepass_server.domain.secret import Secret
from gatepass_server.store.ports import Store, UnitOfWork

_UNKNOWN = "There is no such account."


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountChange:
    """What becomes of an account; None leaves it as it is. ``name`` was checked already."""

    name: str | None = None
    email_verified: bool | None = None
    is_enabled: bool | None = None
    is_admin: bool | None = None


@dataclass(frozen=True, slots=True)
class AccountView:
    """An account, and what it may do. ``given`` are the roles that did not come with a group."""

    user: User
    given: tuple[str, ...]
    entitlements: Entitlements


class AccountManagement:
    """Makes and changes accounts by their ids. Each change is one transaction, with its events."""

    def __init__(
        self,
        store: Store,
        hasher: PasswordHasher,
        gate: HashGate,
        policy: PasswordPolicy,
        clock: Clock,
        audit: AuditLog,
    ) -> None:
        self._store = store
        self._hasher = hasher
        self._gate = gate
        self._policy = policy
        self._clock = clock
        self._audit = audit

    def create(self, form: AccountForm, *, is_admin: bool, email_verified: bool, by: Actor) -> User:
        """Make an account.

        Raises:
            AccountExists: the e-mail has one.
            Busy: too many passwords are being hashed.
        """
        user = User(
            id=new_id(),
            name=form.name,
            email=form.email.text,
            email_key=form.email.key,
            password_hash=self._hash(form.password, by),
            is_admin=is_admin,
            created_at=whole_seconds(self._clock),
            email_verified=email_verified,
        )
        pen = self._pen(by)
        try:
            with self._store.write() as uow:
                uow.users.add(user)
                role = "admin" if is_admin else "user"
                pen.note(uow, EventKind.ACCOUNT_CREATED, actor=by.name, user_id=user.id, role=role)
        except EmailTaken:
            raise AccountExists("There is an account with this e-mail address already.") from None
        return user

    def view(self, user_id: str) -> AccountView:
        """The account, with its roles and groups.

        Raises:
            NotFound: there is no such account.
        """
        with self._store.read() as uow:
            user = _found(uow, user_id)
            given = tuple(uow.roles.given_to(user_id)) if user.has_roles else ()
            return AccountView(user, given, entitlements_of(uow, user))

    def change(self, user_id: str, change: AccountChange, *, by: Actor) -> tuple[User, int]:
        """Change an account; the account as it is then, and how many of its sessions ended.

        They end, all of them, where it is disabled, or becomes an admin's or an ordinary one: what began with other
        rights does not go on with new ones.

        Raises:
            NotFound: there is no such account.
            LastAdmin: nobody would be left who may administer. At the terminal that is allowed.
        """
        now = whole_seconds(self._clock)
        pen = self._pen(by)
        with self._store.write() as uow:
            if change.is_enabled is False or change.is_admin is False:
                self._keep_an_admin(uow, user_id, by)
            _found(uow, user_id)
            changed = []
            if change.name is not None and uow.users.set_name(user_id, change.name, now):
                changed.append("name")
            if change.email_verified is not None and uow.users.set_email_verified(
                user_id, now, verified=change.email_verified
            ):
                changed.append("email_verified")
            if changed:
                fields = " ".join(changed)
                pen.note(uow, EventKind.PROFILE_CHANGED, actor=by.name, user_id=user_id, fields=fields)
            causes = [
                *self._set_admin(uow, pen, user_id, change, by),
                *self._enable(uow, pen, user_id, change, by),
            ]
            ended = self._end_all_of(uow, pen, user_id, cause=causes[-1], by=by) if causes else 0
            return _found(uow, user_id), ended

    def set_password(self, user: User, password: Secret, *, by: Actor) -> int:
        """Give an account another password, and end all its sessions; how many ended.

        Raises:
            InvalidInput: the password cannot be taken.
            Busy: too many passwords are being hashed.
        """
        if faults := self._policy.check(password.reveal(), email=user.email, name=user.name):
            raise InvalidInput("The password cannot be taken.", faults=faults)
        new_hash = self._hash(password, by)
        pen = self._pen(by)
        with self._store.write() as uow:
            uow.users.set_password_hash(user.id, new_hash)
            pen.note(uow, EventKind.PASSWORD_CHANGED, actor=by.name, user_id=user.id)
            return self._end_all_of(uow, pen, user.id, cause="password.changed", by=by)

    def end_sessions(self, user_id: str, *, by: Actor) -> int:
        """End all sessions of an account; how many ended.

        Raises:
            NotFound: there is no such account.
        """
        pen = self._pen(by)
        with self._store.write() as uow:
            _found(uow, user_id)
            return self._end_all_of(uow, pen, user_id, cause="taken_back", by=by)

    def _keep_an_admin(self, uow: UnitOfWork, user_id: str, by: Actor) -> None:
        """One after the other: of two admins who disable each other one comes too late."""
        uow.lock("admins")
        user = _found(uow, user_id)
        if by is AT_TERMINAL or not user.is_admin or not user.is_enabled:
            return
        if not uow.users.has_other_admin(user_id):
            raise LastAdmin("Nobody would be left who may administer. Make another account an admin's first.")

    def _set_admin(
        self, uow: UnitOfWork, pen: Pen, user_id: str, change: AccountChange, by: Actor
    ) -> list[str]:
        if change.is_admin is None or not uow.users.set_admin(user_id, is_admin=change.is_admin):
            return []
        role = "admin" if change.is_admin else "user"
        pen.note(uow, EventKind.ROLE_CHANGED, actor=by.name, user_id=user_id, role=role)
        return ["role.changed"]

    def _enable(self, uow: UnitOfWork, pen: Pen, user_id: str, change: AccountChange, by: Actor) -> list[str]:
        if change.is_enabled is False:
            if uow.users.disable(user_id, whole_seconds(self._clock)):
                pen.note(uow, EventKind.ACCOUNT_DISABLED, actor=by.name, user_id=user_id)
            return ["account.disabled"]
        if change.is_enabled and uow.users.enable(user_id):
            pen.note(uow, EventKind.ACCOUNT_ENABLED, actor=by.name, user_id=user_id)
        return []

    def _end_all_of(self, uow: UnitOfWork, pen: Pen, user_id: str, *, cause: str, by: Actor) -> int:
        ended = len(uow.sessions.end_all_of(user_id, whole_seconds(self._clock)))
        if ended:
            told = {"count": str(ended), "cause": cause}
            pen.note(uow, EventKind.SESSIONS_ENDED, actor=by.name, user_id=user_id, **told)
        return ended

    def _hash(self, password: Secret, by: Actor) -> str:
        with self._gate.admitted(address_key(by.address)) as admission, admission.slot():
            return self._hasher.hash(password.reveal())

    def _pen(self, by: Actor) -> Pen:
        return self._audit.pen(address=by.address, request_id=by.request_id)


def _found(uow: UnitOfWork, user_id: str) -> User:
    user = uow.users.by_id(user_id)
    if user is None:
        raise NotFound(_UNKNOWN)
    return user
