"""Whether a password is right: judged outside of any transaction, confirmed within the one that lets somebody in."""

from dataclasses import dataclass, field
from typing import Protocol

from gatepass_server.accounts.limits import FailureLimits, address_key
from gatepass_server.audit.log import Pen
from gatepass_server.crypto.hash_gate import HashGate
from gatepass_server.crypto.passwords import PasswordHasher
from gatepass_server.domain.accounts import User
from gatepass_server.domain.audit import ANONYMOUS, EventKind
from gatepass_server.domain.directories import DirectoryUnavailable
from gatepass_server.domain.errors import TooManyAttempts, WrongCredentials
from gatepass_server.domain.secret import Secret
from gatepass_server.store.ports import Store, UnitOfWork

REFUSAL = "The e-mail address or the password is wrong."


class UnknownEmail(WrongCredentials):
    """Told apart from a wrong password only where the setting ``article_answers`` asks for it."""


class NoPassword(UnknownEmail):
    """The account has no password: for who tries one, it is not there."""


class RefusedElsewhere(WrongCredentials):
    """Whoever judges the password of somebody who has none here does not let them in.

    Args:
        why: the class of the failure, for the audit log.
        counts: what else the failure counts for, beside what was typed; empty for nothing.
    """

    def __init__(self, why: str, *, reason: str, counts: str = "") -> None:
        super().__init__(REFUSAL, reason=reason)
        self.why = why
        self.counts = counts


class DisabledAccount(WrongCredentials):
    """The password was right; only the logs tell."""


class ChangedMeanwhile(WrongCredentials):
    """The account is not as it was when its password was found right; another log-in may have renewed its hash."""


@dataclass(frozen=True, slots=True)
class ProvenPassword:
    """A password that was right a moment ago; ``PasswordCheck.let_in`` says whether it still counts."""

    owner: User
    key: str
    address: str
    new_hash: str | None = field(repr=False)

    @property
    def identity_id(self) -> str | None:
        """The identity through which the owner was recognised; None where the password is one of ours."""
        return None

    @property
    def told(self) -> dict[str, str]:
        """What the audit log is told of it."""
        return {}


class PasswordsElsewhere(Protocol):
    """Judges the passwords of people who have none here."""

    def judge(
        self, user: User | None, key: str, password: Secret, *, address: str, pen: Pen
    ) -> ProvenPassword:
        """Whose password it is.

        Args:
            user: who has the e-mail address here, and no password; None if nobody has it.
            key: of what was typed for an e-mail address.
            password: as somebody typed it.
            address: the IP address of the caller.
            pen: writes down what comes of it.

        Raises:
            WrongCredentials: nobody's.
            TooManyAttempts: a limit of failures was reached; the password was not looked at.
            DirectoryUnavailable, Busy: nobody can be asked; nothing is said of the password.
        """
        ...

    def holds(self, user: User) -> bool:
        """Whether this account's password is judged there."""
        ...

    def pretend(self) -> None:
        """Spend what ``judge`` spends, on nobody.

        Raises:
            DirectoryUnavailable, Busy: as ``judge`` would.
        """
        ...

    def let_in(self, uow: UnitOfWork, proven: ProvenPassword) -> bool:
        """Keep what was learned of a person, if they were judged there; whether they were.

        Raises:
            TooManyAttempts: a limit of failures was reached meanwhile.
            ChangedMeanwhile: the account was disabled or changed; the password may be judged anew, once.
        """
        ...


class PasswordCheck:
    """Checks passwords within the limits of failures.

    Whatever is wrong, the same work is done: an unknown e-mail, a disabled account and one without a password cost one
    hash as well. Who has a password here is judged by that alone. Where others judge passwords as well, a wrong one
    takes as long and gets the same answer whoever judged it, also while they cannot be asked: otherwise one could learn
    who has an account here.
    """

    def __init__(
        self,
        store: Store,
        hasher: PasswordHasher,
        gate: HashGate,
        limits: FailureLimits,
        elsewhere: PasswordsElsewhere | None = None,
    ) -> None:
        self._store = store
        self._hasher = hasher
        self._gate = gate
        self._limits = limits
        self._elsewhere = elsewhere

    def __call__(self, key: str, password: Secret, *, address: str, pen: Pen) -> ProvenPassword:
        """Judge a password, and count it if it is wrong.

        Args:
            key: of the e-mail address, see ``domain.emails``.
            password: as somebody typed it.
            address: the IP address of the caller.
            pen: writes down a failure.

        Raises:
            WrongCredentials: unknown e-mail (``UnknownEmail``), wrong password or disabled account.
            TooManyAttempts: a limit of failures was reached; the password was not looked at.
            Busy: too many passwords are being hashed; the attempt was not counted.
            DirectoryUnavailable: whoever judges passwords elsewhere cannot be asked.
        """
        user = self._find(key, address)
        try:
            with self._gate.admitted(address_key(address)) as admission, admission.slot():
                owner, new_hash = self._verify(user, password.reveal())
        except WrongCredentials as error:
            if self._elsewhere is not None and (user is None or not user.has_password):
                return self._ask(self._elsewhere, user, key, password, address, pen)
            refusal = self._count_failure(key, address, user, error, pen)
            if self._elsewhere is not None:
                self._elsewhere.pretend()
            raise refusal or error from None
        return ProvenPassword(owner, key, address, new_hash)

    def let_in(self, uow: UnitOfWork, proven: ProvenPassword) -> None:
        """Ask again what may have changed while the password was hashed: the limits, and the account.

        Raises:
            TooManyAttempts: a limit of failures was reached meanwhile.
            ChangedMeanwhile: the account was disabled or changed; the password may be judged anew, once.
        """
        if refusal := self._limits.refusal(uow, email_key=proven.key, address=proven.address):
            raise refusal
        if self._elsewhere is not None and self._elsewhere.let_in(uow, proven):
            self._limits.forget_failures(uow, email_key=proven.key)
            return
        if not _is_unchanged(uow, proven.owner, proven.new_hash):
            raise ChangedMeanwhile(REFUSAL, reason="the account was disabled or changed meanwhile")
        self._limits.forget_failures(uow, email_key=proven.key)

    def _find(self, key: str, address: str) -> User | None:
        """The account, if the limits let anybody try it: who is past them must not queue before the others."""
        with self._store.read() as uow:
            refusal = self._limits.refusal(uow, email_key=key, address=address)
            if refusal:
                raise refusal
            return uow.users.by_email(key)

    def _ask(
        self,
        elsewhere: PasswordsElsewhere,
        user: User | None,
        key: str,
        password: Secret,
        address: str,
        pen: Pen,
    ) -> ProvenPassword:
        try:
            return elsewhere.judge(user, key, password, address=address, pen=pen)
        except WrongCredentials as error:
            raise self._count_failure(key, address, user, error, pen) or error from None
        except DirectoryUnavailable:
            # Of the account alone: a whole office behind one address must not be locked out for an outage.
            user_id, reason = None if user is None else user.id, "directory_unavailable"
            with self._store.write(durable=False) as uow:
                pen.note(uow, EventKind.LOG_IN_FAILED, actor=ANONYMOUS, user_id=user_id, reason=reason)
                self._limits.count_for_account(uow, email_key=key)
            raise

    def _count_failure(
        self, key: str, address: str, user: User | None, error: WrongCredentials, pen: Pen
    ) -> TooManyAttempts | None:
        user_id = None if user is None else user.id

        def reached(limit: str) -> None:
            pen.note(uow, EventKind.ATTEMPTS_LIMITED, actor=ANONYMOUS, user_id=user_id, limit=limit)

        with self._store.write(durable=False) as uow:  # a power cut may forgive a failure, and forget it
            pen.note(uow, EventKind.LOG_IN_FAILED, actor=ANONYMOUS, user_id=user_id, reason=_why(error))
            refusal = self._limits.count_failure(uow, email_key=key, address=address, reached=reached)
            if refusal is None and isinstance(error, RefusedElsewhere) and error.counts:
                refusal = self._limits.count_for_account(uow, email_key=error.counts, reached=reached)
            return refusal

    def _verify(self, user: User | None, password: str) -> tuple[User, str | None]:
        """The user, and a new hash if the stored one was made in another way than new ones are."""
        if user is None:
            self._hasher.verify_unknown(password)
            raise UnknownEmail(REFUSAL, reason="unknown e-mail")
        if not user.has_password:
            self._hasher.verify_unknown(password)
            raise NoPassword(REFUSAL, reason="the account has no password")
        verdict = self._hasher.verify(user.password_hash, password)
        if not verdict.right:
            raise WrongCredentials(REFUSAL, reason=verdict.reason or "wrong password")
        if not user.is_enabled:
            raise DisabledAccount(REFUSAL, reason="the account is disabled")
        return user, self._hasher.hash(password) if verdict.needs_rehash else None


def _why(error: WrongCredentials) -> str:
    """The class of the failure, for the audit log: never what was typed."""
    if isinstance(error, RefusedElsewhere):
        return error.why
    if isinstance(error, NoPassword):
        return "no_password"
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
