"""Sign up: a new account, or the news that there is one."""

from collections.abc import Collection

from gatepass_server.accounts.forms import AccountForm, check_not_kept_elsewhere
from gatepass_server.accounts.limits import FailureLimits, address_key
from gatepass_server.audit.log import AuditLog, Pen
from gatepass_server.crypto.hash_gate import HashGate
from gatepass_server.crypto.passwords import PasswordHasher
from gatepass_server.domain.accounts import User
from gatepass_server.domain.audit import ANONYMOUS, OPERATOR, EventKind, user_actor
from gatepass_server.domain.clock import Clock, whole_seconds
from gatepass_server.domain.errors import EmailTaken
from gatepass_server.domain.ids import new_id
from gatepass_server.store.ports import Store


class SignUp:
    """Makes accounts. Of racing sign-ups with one e-mail exactly one succeeds.

    Args:
        kept_elsewhere: domains whose people a directory lets in. Nobody else signs up with such an address: its owner
            would find it taken. At the terminal that is allowed.
    """

    def __init__(
        self,
        store: Store,
        hasher: PasswordHasher,
        gate: HashGate,
        limits: FailureLimits,
        clock: Clock,
        audit: AuditLog,
        *,
        kept_elsewhere: Collection[str] = (),
    ) -> None:
        self._store = store
        self._hasher = hasher
        self._gate = gate
        self._limits = limits
        self._clock = clock
        self._audit = audit
        self._kept_elsewhere = frozenset(domain.lower() for domain in kept_elsewhere)

    def __call__(
        self, form: AccountForm, *, address: str, is_admin: bool = False, request_id: str = ""
    ) -> User:
        """Make an account.

        Args:
            form: checked already.
            address: the IP address of the caller, empty for an operator at the terminal, who is not limited.
            is_admin: whether the account may see all others.
            request_id: for the audit log.

        Raises:
            InvalidInput: people with such an address are let in by a directory.
            EmailTaken: the e-mail has an account.
            TooManyAttempts: this address has asked after too many known e-mails; this one may be new.
            Busy: too many passwords are being hashed.
        """
        if address:
            check_not_kept_elsewhere(form.email, self._kept_elsewhere)
        pen = self._audit.pen(address=address, request_id=request_id)
        # A place is taken before the look: that there is none must not tell what was found.
        with self._gate.admitted(address_key(address)) as admission:
            if self._is_known(form, address):
                self._refuse(address, pen)
            with admission.slot():
                password_hash = self._hasher.hash(form.password.reveal())
        user = User(
            id=new_id(),
            name=form.name,
            email=form.email.text,
            email_key=form.email.key,
            password_hash=password_hash,
            is_admin=is_admin,
            created_at=whole_seconds(self._clock),
        )
        try:
            with self._store.write() as uow:
                uow.users.add(user)
                pen.note(
                    uow,
                    EventKind.ACCOUNT_CREATED,
                    actor=user_actor(user.id) if address else OPERATOR,
                    user_id=user.id,
                    role="admin" if is_admin else "user",
                )
        except EmailTaken:
            self._refuse(address, pen)
        return user

    def _is_known(self, form: AccountForm, address: str) -> bool:
        """Whether the e-mail has an account, as long as the address may ask."""
        with self._store.read() as uow:
            if address and (refusal := self._limits.refusal(uow, address=address)):
                raise refusal
            return uow.users.by_email(form.email.key) is not None

    def _refuse(self, address: str, pen: Pen) -> None:
        refusal = None

        def reached(limit: str) -> None:
            pen.note(uow, EventKind.ATTEMPTS_LIMITED, actor=ANONYMOUS, limit=limit)

        if address:
            with self._store.write() as uow:
                refusal = self._limits.count_known_email(uow, address=address, reached=reached)
        raise refusal or EmailTaken("User already exists. Please Log in.")
