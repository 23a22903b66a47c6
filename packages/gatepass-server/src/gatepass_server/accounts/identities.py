"""The identities of one's own account: which there are, adding one, removing one."""

from collections.abc import Callable, Collection, Sequence
from functools import partial

from gatepass_server.accounts.set_password import RECENT
from gatepass_server.accounts.sign_in_through import FEDERATED, Word
from gatepass_server.accounts.stranger_keeping import StrangerKeeping
from gatepass_server.audit.log import AuditLog, Pen
from gatepass_server.domain.accounts import User
from gatepass_server.domain.audit import OPERATOR, EventKind, user_actor
from gatepass_server.domain.clock import Clock, whole_seconds
from gatepass_server.domain.errors import NotFound
from gatepass_server.domain.identities import Identity, NotLetIn
from gatepass_server.store.ports import LiveSession, Store, UnitOfWork


class Identities:
    """What people do with the identities of their accounts.

    Args:
        usable: the providers through which somebody can sign in at present.
        is_kept_elsewhere: whether a directory judges somebody's password. It alone lets them in, as long as it does:
            whom it turns away must not come back through another house.
    """

    def __init__(
        self,
        store: Store,
        keeping: StrangerKeeping,
        clock: Clock,
        audit: AuditLog,
        *,
        usable: Callable[[User], Collection[str]],
        is_kept_elsewhere: Callable[[User], bool],
    ) -> None:
        self._store = store
        self._keeping = keeping
        self._clock = clock
        self._audit = audit
        self._usable = usable
        self._is_kept_elsewhere = is_kept_elsewhere

    def of(self, user: User) -> Sequence[Identity]:
        """All of an account, oldest first."""
        with self._store.read() as uow:
            return uow.identities.of_user(user.id)

    def is_recent(self, live: LiveSession) -> bool:
        """Whether the owner proved a short time ago who they are.

        Who has a password proves it with that: another house may have let whoever sits at the browser pass unasked.
        """
        if live.user.has_password and FEDERATED in live.session.methods:
            return False
        return whole_seconds(self._clock) - live.session.authenticated_at <= RECENT

    def may_link(self, user: User) -> bool:
        """Whether another house may let this person in, too."""
        return not self._is_kept_elsewhere(user)

    def link(self, live: LiveSession, word: Word, *, spend: Callable[[UnitOfWork], None]) -> Identity:
        """Add an identity to the account of a session.

        Args:
            live: whose owner has asked for it, and confirmed it.
            word: that the identity is theirs.
            spend: spends what is good once, in the transaction.

        Raises:
            IdentityTaken: it is another account's; or it is this one's already.
            NotLetIn: the settings keep this person out, a directory alone lets them in, or the session ended meanwhile.
        """
        stranger, user = word.stranger, live.user
        if not word.upstream.lets_in(
            stranger.email, is_verified=stranger.is_verified, domain=stranger.domain
        ):
            raise NotLetIn(
                "Only people with an e-mail address of certain organisations may sign in this way.",
                reason="email_domains",
            )
        if not self.may_link(user):
            raise NotLetIn("The directory of your organisation alone lets you in.", reason="directory")
        now = whole_seconds(self._clock)
        identity = self._keeping.new(user.id, word.provider, stranger, now)
        pen = self._audit.pen(address=word.address, request_id=word.request_id)
        told = {"actor": user_actor(user.id), "user_id": user.id, "session_id": live.session.id}
        with self._store.write() as uow:
            self._keeping.begin(uow, word.upstream)
            spend(uow)
            found = uow.sessions.with_user(live.session.id)
            if found is None or not found.session.is_live(now) or not uow.users.is_enabled(user.id):
                raise NotLetIn("Sign in again first.", reason="the session ended meanwhile")
            uow.identities.add(identity)
            pen.note(uow, EventKind.IDENTITY_LINKED, **told, provider=word.provider, identity=identity.id)
            roles = self._keeping.give_roles(uow, identity, word.upstream, stranger)
            if roles is not None:
                named = {"provider": word.provider, "identity": identity.id}
                pen.note(
                    uow, EventKind.IDENTITY_ROLES_CHANGED, **told, **named, roles=" ".join(sorted(roles))
                )
        return identity

    def remove(self, live: LiveSession, identity_id: str, *, address: str, request_id: str = "") -> None:
        """Remove an identity of the account; sessions that began through it end, save the one that asks.

        Whoever has got hold of the account at the other house may be why it goes.

        Raises:
            NotFound: the account has none of this id.
            LastWayIn: nobody could sign in to the account any more.
        """
        pen = self._audit.pen(address=address, request_id=request_id)
        self._remove(pen, live.user, identity_id, actor=user_actor(live.user.id), session_id=live.session.id)

    def take_away(self, user: User, identity_id: str) -> int:
        """The same by the operator at the terminal; how many sessions ended.

        Raises:
            NotFound, LastWayIn: see ``remove``.
        """
        return self._remove(self._audit.pen(), user, identity_id, actor=OPERATOR, session_id=None)

    def _remove(self, pen: Pen, user: User, identity_id: str, *, actor: str, session_id: str | None) -> int:
        with self._store.write() as uow:
            if not uow.identities.remove(identity_id, user.id, usable=self._usable(user)):
                raise NotFound("The account has no such way to sign in.")
            ended = uow.sessions.end_begun_with(identity_id, whole_seconds(self._clock), but=session_id or "")
            note = partial(pen.note, uow, actor=actor, user_id=user.id, session_id=session_id)
            note(EventKind.IDENTITY_REMOVED, identity=identity_id)
            if ended:
                note(EventKind.SESSIONS_ENDED, count=str(len(ended)), cause="identity.removed")
        return len(ended)
