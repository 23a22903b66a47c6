"""From a person's approval to a program's grant: one transaction, in which what is good once is spent."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from msgspec import structs

from gatepass_server.accounts.entitlements import with_entitlements
from gatepass_server.accounts.opaque_tokens import OpaqueTokens, keep
from gatepass_server.accounts.sessions import Sessions
from gatepass_server.accounts.tokens import AccessToken
from gatepass_server.audit.log import AuditLog, Pen
from gatepass_server.domain.audit import EventKind, client_actor
from gatepass_server.domain.clients import Client
from gatepass_server.domain.clock import Clock, whole_seconds
from gatepass_server.domain.errors import InvalidGrant
from gatepass_server.domain.grants import CodeTerms
from gatepass_server.domain.possession import Possession
from gatepass_server.domain.sessions import Session, SessionMode
from gatepass_server.protocol.granted import Granted
from gatepass_server.protocol.messages import ProtocolRequest
from gatepass_server.protocol.resources import narrowed_resources
from gatepass_server.store.ports import Later, LiveSession, Store, UnitOfWork


def _nothing(_uow: UnitOfWork, _session_id: str, _now: int) -> None:
    """Where nothing else is kept."""


@dataclass(frozen=True, slots=True)
class Approval:
    """What a person approved: in which sign-in, and what it stands for.

    Attributes:
        session_id: The sign-in.
        terms: What was approved.
        spend: Spends it, by one atomic statement, for the session that comes of it; False if it was spent before.
            What is raised before that is known takes it back.
        replayed: What is done where it was: it is committed.
        along: Keeps what else belongs to the session that came of it.
        signed_in: The sign-in and its owner, where they were read with the approval.
    """

    session_id: str
    terms: CodeTerms
    spend: Callable[[UnitOfWork, str, int], Later[bool]]
    replayed: Callable[[UnitOfWork, Pen, int], None]
    along: Callable[[UnitOfWork, str, int], None] = _nothing
    signed_in: LiveSession | None = None


class Redemption:
    """Makes the grant's session, its refresh token and its opaque token. What must be signed is signed afterwards."""

    def __init__(
        self, store: Store, sessions: Sessions, opaque: OpaqueTokens, clock: Clock, audit: AuditLog
    ) -> None:
        self._store = store
        self._sessions = sessions
        self._opaque = opaque
        self._clock = clock
        self._audit = audit

    def __call__(
        self, approval: Approval, client: Client, request: ProtocolRequest, possession: Possession
    ) -> Granted:
        """Spend the approval.

        Args:
            approval: what a person approved.
            client: the program that presents it.
            request: that it presents it with.
            possession: what the request proves to hold: the grant's tokens are bound to that.

        Raises:
            InvalidGrant: it was spent before, or the sign-in that it came from has ended, or it was approved for
                another key.
            InvalidTarget: the request names a resource that was not approved; nothing is spent.
        """
        bound = possession.binding(approval.terms.terms)
        if bound is not approval.terms.terms:
            approval = replace(approval, terms=structs.replace(approval.terms, terms=bound))
        now = whole_seconds(self._clock)
        audience = narrowed_resources(approval.terms.terms.audience, request.form)
        pen = self._audit.pen(address=request.address, request_id=request.request_id)
        parent = approval.signed_in or self._signed_in(approval.session_id)
        known = self._known(approval, client, now)
        session = known or self._fresh(parent, client, approval.terms, request)
        with self._store.write() as uow:
            granted = self._redeem(uow, approval, client, session, audience, pen, now, is_new=known is None)
        if granted is None:
            raise InvalidGrant(
                "This was used before, or is over. Start anew.",
                reason="spent before: what came of it was ended",
            )
        return granted

    def _redeem(
        self,
        uow: UnitOfWork,
        approval: Approval,
        client: Client,
        session: Session,
        audience: tuple[str, ...],
        pen: Pen,
        now: int,
        *,
        is_new: bool,
    ) -> Granted | None:
        """None where it was spent before: what was ended for that must stay so.

        From ``prolong`` on, the row of the sign-in is this transaction's alone: whoever signs out comes before, or
        finds the grant and ends it, too.
        """
        prolonged = uow.sessions.prolong(approval.session_id, now=now, idle=self._sessions.idle)
        spent = approval.spend(uow, session.id, now)
        parent = prolonged.told()
        if not spent.told():  # also where the sign-in is over: what came of it may outlive it
            approval.replayed(uow, pen, now)
            return None
        if parent is None or not parent.user.is_enabled:
            raise _ended()
        refresh_token = None
        if is_new:
            uow.sessions.add(session)
            if client.may_use("refresh_token"):
                handle, family = self._sessions.new_family(session)
                uow.refresh_tokens.add(family)
                refresh_token = handle.text
        else:
            renewed = uow.sessions.prolong(session.id, now=now, idle=self._sessions.idle).told()
            if renewed is None:
                raise _ended()
            signed_in = parent.session
            session = replace(
                renewed.session,
                authenticated_at=signed_in.authenticated_at,
                methods=signed_in.methods,
            )
        approval.along(uow, session.id, now)
        pen.note(
            uow,
            EventKind.GRANT_ISSUED,
            actor=client_actor(client.id),
            user_id=parent.user.id,
            session_id=session.id,
            client_id=client.id,
        )
        return Granted(
            client=client,
            live=with_entitlements(uow, LiveSession(session=session, user=parent.user)),
            scope=session.scope,
            now=now,
            refresh_token=refresh_token,
            access=self._opaque_token(uow, session, audience, now),
            audience=audience,
            nonce=approval.terms.nonce,
        )

    def _signed_in(self, session_id: str) -> LiveSession:
        with self._store.look() as uow:
            found = uow.sessions.with_user(session_id)
        if found is None:
            raise _ended()
        return found

    def _known(self, approval: Approval, client: Client, now: int) -> Session | None:
        """The grant that the program has of this sign-in already: who renews in silence gets no row for each time."""
        terms = approval.terms
        if client.may_use("refresh_token") or terms.offline:
            return None
        with self._store.look() as uow:
            return uow.sessions.grant(
                approval.session_id, client.id, scope=terms.scope, terms=terms.terms, now=now
            )

    def _fresh(
        self, parent: LiveSession, client: Client, terms: CodeTerms, request: ProtocolRequest
    ) -> Session:
        return self._sessions.new_grant(
            parent,
            client_id=client.id,
            scope=terms.scope,
            terms=terms.terms,
            offline=terms.offline,
            mode=SessionMode.OPAQUE if client.wants_opaque else SessionMode.TOKEN,
            address=request.address,
        )

    def _opaque_token(
        self, uow: UnitOfWork, session: Session, audience: tuple[str, ...], now: int
    ) -> AccessToken | None:
        if session.mode is not SessionMode.OPAQUE:
            return None
        terms = structs.replace(session.terms, audience=audience)
        access, kept = self._opaque.new(session, now=now, terms=terms)
        keep(uow, kept)
        return access


def _ended() -> InvalidGrant:
    return InvalidGrant(
        "The sign-in that this came from has ended. Start anew.", reason="its sign-in has ended"
    )
