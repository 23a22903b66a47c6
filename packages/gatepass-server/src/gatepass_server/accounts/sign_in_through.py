"""Sign in with the word of another house: to the account that has the identity, or to a new one."""

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace

from gatepass_server.accounts.cookie_sessions import end_presented
from gatepass_server.accounts.faces import Faces, LoggedIn
from gatepass_server.accounts.forms import check_not_kept_elsewhere
from gatepass_server.accounts.limits import FailureLimits
from gatepass_server.accounts.reauthenticate import SessionGone
from gatepass_server.accounts.sessions import Sessions
from gatepass_server.accounts.stranger_keeping import StrangerKeeping
from gatepass_server.audit.log import AuditLog, Pen
from gatepass_server.crypto.cookie_handles import CookieHandle
from gatepass_server.domain.accounts import NO_PASSWORD, User
from gatepass_server.domain.audit import ANONYMOUS, EventKind, user_actor
from gatepass_server.domain.clock import Clock, whole_seconds
from gatepass_server.domain.emails import EmailAddress
from gatepass_server.domain.errors import EmailTaken
from gatepass_server.domain.identities import EmailHasAccount, Identity, NotLetIn
from gatepass_server.domain.ids import new_id
from gatepass_server.domain.sessions import Session, SessionMode
from gatepass_server.domain.upstream_attempts import Stranger
from gatepass_server.domain.upstreams import Upstream
from gatepass_server.keys.schedule import AFTERLIFE
from gatepass_server.store.ports import LiveSession, Store, UnitOfWork

FEDERATED = "fed"
"""The method of a session that began on the word of another house. RFC 8176 has no name for it; this one is usual."""

_PRUNED_SESSIONS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """What another house has said, and where it was said.

    Attributes:
        provider: The house's name in the settings.
        upstream: Its settings.
        stranger: Whom it speaks of.
        address: The IP address of the browser.
        device: Its ``User-Agent``.
        request_id: For the audit log.
    """

    provider: str
    upstream: Upstream
    stranger: Stranger
    address: str
    device: str
    request_id: str = ""


class SignInThrough:
    """Opens sessions. An account is found by issuer and subject, and by nothing else: an e-mail address opens none.

    Args:
        kept_elsewhere: domains whose people a directory lets in; see ``SignUp``.
    """

    def __init__(
        self,
        store: Store,
        sessions: Sessions,
        faces: Faces,
        keeping: StrangerKeeping,
        limits: FailureLimits,
        clock: Clock,
        audit: AuditLog,
        *,
        kept_elsewhere: Collection[str] = (),
    ) -> None:
        self._store = store
        self._sessions = sessions
        self._faces = faces
        self._keeping = keeping
        self._limits = limits
        self._clock = clock
        self._audit = audit
        self._kept_elsewhere = frozenset(domain.lower() for domain in kept_elsewhere)

    def owner_of(self, word: Word) -> User | None:
        """Whose the identity is; None if it is nobody's yet.

        Raises:
            NotLetIn: the settings keep this person out, or the account is disabled; or they have none, and may make
                none.
        """
        stranger = word.stranger
        with self._store.read() as uow:
            identity = uow.identities.find(stranger.issuer, stranger.subject)
            user = None if identity is None else uow.users.by_id(identity.user_id)
        if not word.upstream.lets_in(
            stranger.email, is_verified=stranger.is_verified, domain=stranger.domain
        ):
            raise self._refused(word, user, "email_domains")
        if user is not None and not user.is_enabled:
            raise self._refused(word, user, "disabled")
        if user is None and word.upstream.sign_up != "on":
            raise self._refused(word, None, "sign_up")
        return user

    def open(self, word: Word, owner: User, *, replaces: CookieHandle | None = None) -> LoggedIn:
        """A new session of the owner.

        Args:
            word: that says so.
            owner: as ``owner_of`` found them.
            replaces: the cookie of a session that this one takes the place of in the browser.

        Raises:
            NotLetIn: the account or the identity was changed meanwhile.
        """
        session = self._new_session(word, owner)
        with self._store.write() as uow:
            self._keeping.begin(uow, word.upstream)
            identity = self._confirmed(uow, word, owner)
            return self._enter(uow, word, owner, identity, session, replaces)

    def renew(
        self,
        word: Word,
        owner: User,
        live: LiveSession,
        cookie: CookieHandle,
        *,
        replaces: CookieHandle | None = None,
    ) -> LoggedIn:
        """The session that the owner has at this browser already, younger and with another cookie.

        Raises:
            NotLetIn: the account or the identity was changed meanwhile.
            SessionGone: the session ended, or got another cookie, meanwhile.
        """
        new = CookieHandle.new()
        now = whole_seconds(self._clock)
        pen = self._pen(word)
        with self._store.write() as uow:
            self._keeping.begin(uow, word.upstream)
            identity = self._confirmed(uow, word, owner)
            renewed = uow.sessions.reauthenticate(
                live.session.id,
                old=cookie.digest,
                new=new.digest,
                methods=(FEDERATED, *word.stranger.methods),
                now=now,
                idle=self._sessions.idle,
                through=(identity.id, word.stranger.sid, _proved_at(word.stranger, now)),
            )
            if renewed is None:
                raise SessionGone("", reason="the session ended or got another cookie meanwhile")
            self._note(uow, pen, word, identity, renewed.session, renewed="yes")
            self._end_replaced(uow, pen, owner, replaces, now)
        return LoggedIn(renewed.user, renewed.session, new)

    def sign_up(
        self,
        word: Word,
        *,
        name: str,
        email: EmailAddress,
        is_verified: bool,
        replaces: CookieHandle | None = None,
        spend: Callable[[UnitOfWork], None] = lambda _: None,
    ) -> LoggedIn:
        """A new account without a password, with this identity, and a session of it.

        Args:
            word: that says who it is.
            name: of the account.
            email: of the account.
            is_verified: whether the other house says that the person reads what is sent there.
            replaces: see ``open``.
            spend: spends what is good once, in the transaction.

        Raises:
            NotLetIn: the settings let nobody in who has no account.
            InvalidInput: people with such an address are let in by a directory.
            EmailHasAccount: the address has one, and the other house says that it is theirs.
            EmailTaken: the address has one, and nobody says that it is theirs.
            TooManyAttempts: this address has asked after too many known e-mails; this one may be new.
            IdentityTaken: the identity has an account meanwhile.
        """
        if word.upstream.sign_up != "on":
            raise self._refused(word, None, "sign_up")
        check_not_kept_elsewhere(email, self._kept_elsewhere)
        now = whole_seconds(self._clock)
        user = User(
            id=new_id(),
            name=name,
            email=email.text,
            email_key=email.key,
            password_hash=NO_PASSWORD,
            is_admin=False,
            created_at=now,
            email_verified=is_verified,
        )
        if not is_verified:
            with self._store.read() as uow:
                if refusal := self._limits.refusal(uow, address=word.address):
                    raise refusal
        session = self._new_session(word, user)
        pen = self._pen(word)
        try:
            with self._store.write() as uow:
                self._keeping.begin(uow, word.upstream)
                spend(uow)
                uow.users.add(user)
                identity = self._keeping.new(user.id, word.provider, word.stranger, now)
                uow.identities.add(identity)
                told = {"actor": user_actor(user.id), "user_id": user.id, "provider": word.provider}
                pen.note(uow, EventKind.ACCOUNT_CREATED, **told, role="user")
                pen.note(uow, EventKind.IDENTITY_LINKED, **told, identity=identity.id)
                return self._enter(uow, word, user, identity, session, replaces)
        except EmailTaken:
            raise self._known_email(word, pen, is_verified=is_verified) from None

    def _known_email(self, word: Word, pen: Pen, *, is_verified: bool) -> Exception:
        """What sign-up tells of it, and within the same limits; whoever reads what is sent there may know it anyway."""
        if is_verified:
            return EmailHasAccount("There is an account with this e-mail address already.")

        def reached(limit: str) -> None:
            pen.note(uow, EventKind.ATTEMPTS_LIMITED, actor=ANONYMOUS, limit=limit)

        with self._store.write() as uow:
            refusal = self._limits.count_known_email(uow, address=word.address, reached=reached)
        return refusal or EmailTaken("There is an account with this e-mail address already.")

    def _confirmed(self, uow: UnitOfWork, word: Word, owner: User) -> Identity:
        """The identity, still of this account, which is still enabled."""
        identity = uow.identities.find(word.stranger.issuer, word.stranger.subject)
        is_same = identity is not None and identity.user_id == owner.id
        if identity is None or not is_same or not uow.users.is_enabled(owner.id):
            raise NotLetIn("You cannot sign in with this account.", reason="it was changed meanwhile")
        return identity

    def _enter(
        self,
        uow: UnitOfWork,
        word: Word,
        owner: User,
        identity: Identity,
        session: Session,
        replaces: CookieHandle | None,
    ) -> LoggedIn:
        session = replace(session, identity_id=identity.id, upstream_sid=word.stranger.sid or None)
        entry = self._faces.prepare(owner, session)
        entitlements = entry.keep(uow)
        pen = self._pen(word)
        self._note(uow, pen, word, identity, session)
        self._end_replaced(uow, pen, owner, replaces, session.created_at)
        uow.sessions.prune(session.created_at - AFTERLIFE, limit=_PRUNED_SESSIONS)
        return entry.enter(entitlements)

    def _note(
        self, uow: UnitOfWork, pen: Pen, word: Word, identity: Identity, session: Session, **details: str
    ) -> None:
        self._keeping.renew(uow, identity, word.stranger, session.last_seen_at)
        told = {"actor": user_actor(identity.user_id), "user_id": identity.user_id}
        roles = self._keeping.give_roles(uow, identity, word.upstream, word.stranger)
        if roles is not None:
            named = {"provider": word.provider, "identity": identity.id, "roles": " ".join(sorted(roles))}
            pen.note(uow, EventKind.IDENTITY_ROLES_CHANGED, **told, **named)
        through = {"mode": str(session.mode), "provider": word.provider, "identity": identity.id}
        pen.note(uow, EventKind.LOG_IN_SUCCEEDED, **told, session_id=session.id, **through, **details)

    def _end_replaced(
        self, uow: UnitOfWork, pen: Pen, owner: User, replaces: CookieHandle | None, now: int
    ) -> None:
        replaced = replaces and end_presented(uow, replaces, now)
        if replaced:
            pen.note(
                uow,
                EventKind.SESSION_ENDED,
                actor=user_actor(owner.id),
                user_id=replaced.user.id,
                session_id=replaced.session.id,
                cause="replaced",
            )

    def _new_session(self, word: Word, owner: User) -> Session:
        session = self._sessions.new(
            owner, method=FEDERATED, address=word.address, device=word.device, mode=SessionMode.COOKIE
        )
        return replace(
            session,
            methods=(FEDERATED, *word.stranger.methods),
            authenticated_at=_proved_at(word.stranger, session.created_at),
        )

    def _refused(self, word: Word, user: User | None, why: str) -> NotLetIn:
        with self._store.write(durable=False) as uow:
            self._pen(word).note(
                uow,
                EventKind.IDENTITY_REFUSED,
                actor=ANONYMOUS,
                user_id=None if user is None else user.id,
                provider=word.provider,
                reason=why,
            )
        return NotLetIn(_REFUSALS[why], reason=f"through {word.provider}: {why}")

    def _pen(self, word: Word) -> Pen:
        return self._audit.pen(address=word.address, request_id=word.request_id)


def _proved_at(stranger: Stranger, now: int) -> int:
    """When somebody has proved who they are: at the other house, which may have been long ago, if it says when."""
    return min(stranger.authenticated_at, now) if stranger.authenticated_at else now


_REFUSALS = {
    "email_domains": "Only people with an e-mail address of certain organisations may sign in this way.",
    "disabled": "You cannot sign in with this account.",
    "sign_up": "There is no account for you here, and none can be made this way.",
}
