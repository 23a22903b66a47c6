"""People whose passwords a directory judges: how they are recognised, and how they get an account."""

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from typing import Protocol

from gatepass_server.accounts.limits import FailureLimits
from gatepass_server.accounts.password_check import (
    REFUSAL,
    ChangedMeanwhile,
    DisabledAccount,
    NoPassword,
    ProvenPassword,
    RefusedElsewhere,
    UnknownEmail,
)
from gatepass_server.accounts.roles import LOCK
from gatepass_server.audit.log import Pen
from gatepass_server.domain.accounts import NO_PASSWORD, User
from gatepass_server.domain.audit import EventKind, user_actor
from gatepass_server.domain.clock import Clock, whole_seconds
from gatepass_server.domain.directories import DirectoryEntry, NotProven
from gatepass_server.domain.emails import EmailAddress, parse_email
from gatepass_server.domain.errors import EmailTaken
from gatepass_server.domain.identities import Identity, IdentityTaken
from gatepass_server.domain.ids import new_id
from gatepass_server.domain.names import parse_name
from gatepass_server.domain.secret import Secret
from gatepass_server.store.ports import Store, UnitOfWork


class PeopleDirectory(Protocol):
    """What is asked of a directory; see ``ldap.directory``."""

    def prove_login(self, login: str, password: Secret, *, may_try: Callable[[str], None]) -> DirectoryEntry:
        """Whoever types this, and has this password."""
        ...

    def prove_subject(
        self, subject: str, password: Secret, *, may_try: Callable[[str], None]
    ) -> DirectoryEntry:
        """The person who is known by this subject already, if this is their password."""
        ...

    def pretend(self) -> None:
        """Spend what a wrong password costs."""
        ...


@dataclass(frozen=True, slots=True)
class ProvenInDirectory(ProvenPassword):
    """A password that the directory found right a moment ago.

    Attributes:
        identity: Who the person is there; with ``owner``, new where ``is_new`` says so.
        entry: What the directory tells of them.
        pen: Writes down what comes of it.
    """

    identity: Identity
    entry: DirectoryEntry
    is_new: bool
    pen: Pen

    @property
    def identity_id(self) -> str | None:
        """See ``ProvenPassword``."""
        return self.identity.id

    @property
    def told(self) -> dict[str, str]:
        """See ``ProvenPassword``."""
        return {"provider": self.identity.provider, "identity": self.identity.id}


class DirectoryPasswords:
    """Lets people in whom a directory knows.

    An account is recognised by what the directory calls its owner for good, never by an e-mail address: those change
    hands. So an account that was made here is nobody's but its owner's, whatever address the directory gives to whom.

    Args:
        name: of the directory, in the settings.
        domains: for which the directory's e-mail addresses are believed; none for any, and then they are not verified.
    """

    def __init__(
        self,
        store: Store,
        directory: PeopleDirectory,
        limits: FailureLimits,
        clock: Clock,
        *,
        name: str,
        domains: Collection[str],
    ) -> None:
        self._store = store
        self._directory = directory
        self._limits = limits
        self._clock = clock
        self._name = name
        self._issuer = issuer_of(name)
        self._domains = frozenset(domain.lower() for domain in domains)

    def judge(
        self, user: User | None, key: str, password: Secret, *, address: str, pen: Pen
    ) -> ProvenPassword:
        """See ``PasswordsElsewhere.judge``."""
        identity = None if user is None else self._identity_of(user)
        if user is not None and identity is None:
            self._directory.pretend()
            raise NoPassword(REFUSAL, reason="the account has no password, and is not the directory's")
        asked: list[str] = []

        def may_try(subject: str) -> None:
            asked.append(self._limit_of(subject))
            with self._store.read() as uow:
                if refusal := self._limits.refusal(uow, email_key=asked[0], address=address):
                    raise refusal

        try:
            if user is not None and identity is not None:
                entry = self._directory.prove_subject(identity.subject, password, may_try=may_try)
            else:
                entry = self._directory.prove_login(key, password, may_try=may_try)
                user, identity = self._recognise(entry)
        except NotProven as error:
            if error.why == "unknown_email" and user is None:
                raise UnknownEmail(REFUSAL, reason=error.reason) from None
            counts = asked[0] if asked else ""
            raise RefusedElsewhere(error.why, reason=error.reason, counts=counts) from None
        if user is not None and not user.is_enabled:
            raise DisabledAccount(REFUSAL, reason="the account is disabled")
        is_new = user is None or identity is None
        if user is None or identity is None:
            user, identity = self._newcomer(entry)
        owner = replace(user, has_roles=user.has_roles or bool(entry.roles))
        return ProvenInDirectory(owner, key, address, None, identity, entry, is_new, pen)

    def holds(self, user: User) -> bool:
        """See ``PasswordsElsewhere.holds``."""
        return self._identity_of(user) is not None

    def pretend(self) -> None:
        """See ``PasswordsElsewhere.pretend``."""
        self._directory.pretend()

    def let_in(self, uow: UnitOfWork, proven: ProvenPassword) -> bool:
        """See ``PasswordsElsewhere.let_in``."""
        if not isinstance(proven, ProvenInDirectory):
            return False
        limit = self._limit_of(proven.identity.subject)
        if refusal := self._limits.refusal(uow, email_key=limit, address=proven.address):
            raise refusal
        if proven.is_new:
            self._keep(uow, proven)
        else:
            self._confirm(uow, proven)
        self._set_roles(uow, proven)
        self._limits.forget_failures(uow, email_key=limit)
        return True

    def _identity_of(self, user: User) -> Identity | None:
        if user.has_password:
            return None
        with self._store.read() as uow:
            known = uow.identities.of_user(user.id)
        return next((identity for identity in known if identity.issuer == self._issuer), None)

    def _recognise(self, entry: DirectoryEntry) -> tuple[User | None, Identity | None]:
        """Whose account it is, if the person typed something else than its e-mail address."""
        with self._store.read() as uow:
            identity = uow.identities.find(self._issuer, entry.subject)
            user = None if identity is None else uow.users.by_id(identity.user_id)
        if user is not None and user.has_password:
            raise NotProven(
                "local_password", reason=f"the account of {entry.dn!r} has a password here, which counts"
            )
        return user, identity

    def _newcomer(self, entry: DirectoryEntry) -> tuple[User, Identity]:
        """An account that is not kept yet.

        Raises:
            RefusedElsewhere: the entry has no e-mail address that an account could have.
        """
        email = self._email_of(entry)
        now = whole_seconds(self._clock)
        user = User(
            id=new_id(),
            name=_name_of(entry, email),
            email=email.text,
            email_key=email.key,
            password_hash=NO_PASSWORD,
            is_admin=False,
            created_at=now,
            email_verified=bool(self._domains),
        )
        identity = Identity(
            id=new_id(),
            user_id=user.id,
            provider=self._name,
            issuer=self._issuer,
            subject=entry.subject,
            email=email.text,
            label=_shown(entry.label),
            created_at=now,
            last_used_at=now,
        )
        return user, identity

    def _email_of(self, entry: DirectoryEntry) -> EmailAddress:
        try:
            email = parse_email(entry.email)
        except ValueError as error:
            raise RefusedElsewhere(
                "unusable_email", reason=f"{entry.dn!r} gets no account: {error}"
            ) from None
        if self._domains and email.key.rpartition("@")[2] not in self._domains:
            reason = f"{entry.dn!r} gets no account: its address is of none of the ldap_email_domains"
            raise RefusedElsewhere("unusable_email", reason=reason)
        with self._store.read() as uow:
            holder = uow.users.by_email(email.key)
        if holder is not None:
            raise _taken(entry, holder)
        return email

    def _keep(self, uow: UnitOfWork, proven: ProvenInDirectory) -> None:
        owner, identity = proven.owner, proven.identity
        try:
            uow.users.add(owner)
            uow.identities.add(identity)
        except (EmailTaken, IdentityTaken):  # of two first sign-ins one comes second
            raise ChangedMeanwhile(REFUSAL, reason="the account was made meanwhile") from None
        told = {"actor": user_actor(owner.id), "user_id": owner.id}
        proven.pen.note(uow, EventKind.ACCOUNT_CREATED, **told, role="user", provider=self._name)
        proven.pen.note(uow, EventKind.IDENTITY_LINKED, **told, **proven.told)

    def _confirm(self, uow: UnitOfWork, proven: ProvenInDirectory) -> None:
        is_unchanged = uow.users.confirm(proven.owner.id, password_hash=NO_PASSWORD) and uow.identities.touch(
            proven.identity.id,
            whole_seconds(self._clock),
            email=_shown(proven.entry.email),
            label=_shown(proven.entry.label),
            tokens=None,
        )
        if not is_unchanged:
            raise ChangedMeanwhile(REFUSAL, reason="the account was disabled or changed meanwhile")

    def _set_roles(self, uow: UnitOfWork, proven: ProvenInDirectory) -> None:
        """Nobody waits for the lock where nothing changes, which is nearly always."""
        identity, roles = proven.identity, proven.entry.roles
        if set(uow.identities.roles_of(identity.id)) == set(roles):
            return
        uow.lock(LOCK)
        if uow.identities.set_roles(identity.id, proven.owner.id, roles):
            proven.pen.note(
                uow,
                EventKind.IDENTITY_ROLES_CHANGED,
                actor=user_actor(proven.owner.id),
                user_id=proven.owner.id,
                **proven.told,
                roles=" ".join(uow.identities.roles_of(identity.id)),
            )

    def _limit_of(self, subject: str) -> str:
        """What failures of one person count for, whichever of their names and addresses was typed."""
        return f"{self._issuer} {subject}"


def issuer_of(name: str) -> str:
    """What stands for the issuer in the identities of a directory."""
    return f"ldap:{name}"


def _taken(entry: DirectoryEntry, holder: User) -> RefusedElsewhere:
    reason = f"{entry.dn!r} gets no account: its address is that of {holder.id}, which is not the directory's"
    return RefusedElsewhere("email_taken", reason=reason)


def _name_of(entry: DirectoryEntry, email: EmailAddress) -> str:
    for text in (entry.name, entry.label):
        try:
            return parse_name(text)
        except ValueError:
            continue
    return email.text.partition("@")[0]


def _shown(text: str) -> str:
    """What a page can show and a database hold."""
    return "".join(character for character in text if character.isprintable())[:254]
