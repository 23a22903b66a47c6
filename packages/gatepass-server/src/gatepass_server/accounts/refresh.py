"""Stay logged in: a refresh token buys the next pair."""

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from msgspec import structs

from gatepass import Signer
from gatepass_server.accounts.entitlements import with_entitlements
from gatepass_server.accounts.opaque_tokens import OpaqueTokens, keep
from gatepass_server.accounts.sessions import StatusIndexes
from gatepass_server.accounts.tokens import AccessToken, TokenPair, Tokens
from gatepass_server.audit.log import AuditLog, Pen
from gatepass_server.crypto.refresh_handles import SALT_BYTES, RefreshHandle
from gatepass_server.domain.audit import ANONYMOUS, EventKind
from gatepass_server.domain.clock import Clock, whole_seconds
from gatepass_server.domain.errors import InvalidGrant
from gatepass_server.domain.possession import NOTHING_PROVED, Possession
from gatepass_server.domain.scopes import narrowed
from gatepass_server.domain.secret import Secret
from gatepass_server.domain.sessions import FIRST_PARTY_CLIENT, Session, SessionMode
from gatepass_server.store.ports import Later, LiveSession, Rotation, Store, UnitOfWork

SUCCESSOR_KEY = "refresh successor"
"""The house secret that successors are made with."""

_CLOCKS_APART = 60
"""Seconds by which the clock of another server may be ahead."""


def _all_of(granted: tuple[str, ...]) -> tuple[str, ...]:
    return granted


@dataclass(frozen=True, slots=True)
class _Asked:
    """One request: all that is needed within the transaction, which must not wait for another."""

    handle: RefreshHandle
    client_id: str
    scope: str | None
    audience: Callable[[tuple[str, ...]], tuple[str, ...]]
    possession: Possession
    is_public: bool
    rotates: bool
    key: bytes = field(repr=False)
    pen: Pen


@dataclass(frozen=True, slots=True)
class Refreshed:
    """A refresh token that was spent, and what comes of it.

    Attributes:
        live: the session that goes on, its owner, and what roles and groups say of the owner.
        successor: the refresh token that takes the place of the spent one.
        scope: of the access token.
        now: the second for which all was found to be good.
        opaque: the access token of a session that has such ones.
    """

    live: LiveSession
    successor: RefreshHandle
    scope: str
    now: int
    opaque: AccessToken | None


class Refresh:
    """Rotation as RFC 9700 section 4.14.2 asks, that logs no honest client out.

    A token that was spent a moment ago, by a request whose answer was lost or by a second tab, is answered with the
    same successor. Any other token of the family that is not the good one ends the session: somebody else has used it.

    Args:
        status_indexes: gives places in the revocation feed to sessions of before there was one; None where none is.
        reuse_window: seconds for which a spent token is answered with its successor; 0 never does that.
        idle: seconds that a token may lie unused.
    """

    def __init__(
        self,
        store: Store,
        tokens: Tokens,
        opaque: OpaqueTokens,
        house_secrets: Callable[[str], bytes],
        clock: Clock,
        audit: AuditLog,
        *,
        status_indexes: StatusIndexes | None,
        reuse_window: int,
        idle: int,
    ) -> None:
        self._store = store
        self._tokens = tokens
        self._opaque = opaque
        self._house_secrets = house_secrets
        self._clock = clock
        self._audit = audit
        self._status_indexes = status_indexes
        self._reuse_window = reuse_window
        self._idle = idle

    def __call__(
        self, token: str, *, scope: str | None = None, address: str = "", request_id: str = ""
    ) -> TokenPair:
        """Spend a token of a first-party log-in, and mint an access token for its successor.

        Args:
            token: the refresh token.
            scope: scopes for the access token, separated by spaces, out of those of the session (RFC 6749 section 6).
            address: the IP address of the caller, for the audit log.
            request_id: for the audit log.

        Raises:
            InvalidGrant, InvalidScope: see ``spend``.
        """
        signer = self._tokens.signer()
        refreshed = self.spend(token, scope=scope, address=address, request_id=request_id)
        access = self.access_token(refreshed, signer=signer)
        return TokenPair(access=access, refresh_token=refreshed.successor.text, scope=refreshed.scope)

    def spend(
        self,
        token: str,
        *,
        client_id: str = FIRST_PARTY_CLIENT,
        scope: str | None = None,
        audience: Callable[[tuple[str, ...]], tuple[str, ...]] = _all_of,
        possession: Possession = NOTHING_PROVED,
        is_public: bool = False,
        rotates: bool = True,
        address: str = "",
        request_id: str = "",
    ) -> Refreshed:
        """Spend ``token``.

        Args:
            token: the refresh token.
            client_id: the program that presents it.
            scope: scopes for the access token, separated by spaces, out of those of the session (RFC 6749 section 6).
            audience: chooses, of where the session's tokens are good, where this one is; what it raises is raised, and
                the token is not spent.
            possession: what the request proves to hold: the access token is bound to that.
            is_public: whether nothing but that tells who presents the token.
            rotates: whether another token takes its place; if not, it stays good, and is prolonged.
            address: the IP address of the caller, for the audit log.
            request_id: for the audit log.

        Raises:
            InvalidGrant: the token is unknown, spent or expired, another program's, bound to what was not proved, its
                session has ended, or its owner was disabled.
            InvalidScope: more was asked for than the session may; the token is not spent.
        """
        asked = _Asked(
            handle=RefreshHandle(Secret(token)),
            client_id=client_id,
            scope=scope,
            audience=audience,
            possession=possession,
            is_public=is_public,
            rotates=rotates,
            key=self._house_secrets(SUCCESSOR_KEY),
            pen=self._audit.pen(address=address, request_id=request_id),
        )
        with self._store.write() as uow:
            refreshed = self._refresh(uow, asked)
        if isinstance(refreshed, InvalidGrant):
            raise refreshed
        return refreshed

    def access_token(
        self, refreshed: Refreshed, *, signer: Signer | None = None, audience: Sequence[str] = ()
    ) -> AccessToken:
        """The access token that comes of it.

        It is signed when the transaction is over: others wait for that one, and a signature takes as long as the rest.
        Whoever logs out in between ends the session that it names.
        """
        return refreshed.opaque or self._tokens.access(
            refreshed.live.user,
            self._placed(refreshed.live.session),
            refreshed.live.entitlements,
            scope=refreshed.scope,
            now=refreshed.now,
            signer=signer,
            audience=audience,
        )

    def _refresh(self, uow: UnitOfWork, asked: _Asked) -> Refreshed | InvalidGrant:
        """The refusal is returned, not raised, where what was ended on the way to it must stay so.

        From ``prolong`` on, the session's row is this transaction's alone: whoever logs out, or presents the same
        token, comes before or after. The rotation is asked with it, so what is raised before the rotation's answer is
        read takes that back, too.
        """
        now = whole_seconds(self._clock)
        prolonged = uow.sessions.prolong_by_family(asked.handle.family, now=now, idle=self._idle)
        rotated = self._rotate(uow, asked, now)
        live = prolonged.told()
        if live is None:
            known = uow.refresh_tokens.find(asked.handle.family)
            raise _refusal("unknown" if known is None else "its session has ended")
        if not live.user.is_enabled:
            raise _refusal("the account is disabled")
        if live.session.client_id != asked.client_id:
            raise _refusal(f"it is not one of {asked.client_id}")
        terms = asked.possession.refreshing(live.session.terms, is_public=asked.is_public)
        successor = rotated.told() or self._successor_again(uow, asked, now)
        if successor is None:
            return self._replayed(uow, live, asked.pen, now)
        scope = narrowed(live.session.scope, asked.scope)  # what it raises takes the rotation back
        audience = asked.audience(terms.audience)
        if audience != terms.audience:
            terms = structs.replace(terms, audience=audience)
        if terms is not live.session.terms:
            live = replace(live, session=replace(live.session, terms=terms))
        opaque = self._opaque_token(uow, live, scope, now)
        return Refreshed(with_entitlements(uow, live), successor, scope, now, opaque)

    def _rotate(self, uow: UnitOfWork, asked: _Asked, now: int) -> Later[RefreshHandle | None]:
        salt = secrets.token_bytes(SALT_BYTES)
        handle = asked.handle
        successor = handle.successor(asked.key, salt) if asked.rotates else handle
        rotation = Rotation(family=handle.family, spent=handle.digest, successor=successor.digest, salt=salt)
        rotated = uow.refresh_tokens.rotate(rotation, now=now, idle=self._idle)
        return Later(lambda: successor if rotated.told() else None)

    def _successor_again(self, uow: UnitOfWork, asked: _Asked, now: int) -> RefreshHandle | None:
        """The successor of a token that was the good one a moment ago."""
        family = uow.refresh_tokens.find(asked.handle.family)
        if family is None or family.salt is None or family.previous != asked.handle.digest:
            return None
        age = now - (family.rotated_at or 0)
        if not self._reuse_window or not -_CLOCKS_APART <= age <= self._reuse_window:
            return None
        successor = asked.handle.successor(asked.key, family.salt)
        return successor if successor.digest == family.digest else None

    def _placed(self, session: Session) -> Session:
        """The session with a place in the feed, without which a log-out would not end its tokens.

        Sessions of before there was a feed have none; they get one here, before the first token that names it.
        """
        if self._status_indexes is None or session.status or session.mode is not SessionMode.TOKEN:
            return session
        place = self._status_indexes.take(expires_at=session.expires_at)
        if place is None:
            return session
        with self._store.write() as uow:
            return replace(session, status=uow.sessions.place(session.id, place))

    def _opaque_token(self, uow: UnitOfWork, live: LiveSession, scope: str, now: int) -> AccessToken | None:
        """An access token that means nothing, kept, where the log-in asked for such ones."""
        if live.session.mode is not SessionMode.OPAQUE:
            return None
        access, kept = self._opaque.new(live.session, scope=scope, now=now)
        keep(uow, kept)
        return access

    def _replayed(self, uow: UnitOfWork, live: LiveSession, pen: Pen, now: int) -> InvalidGrant:
        uow.sessions.end(live.session.id, now)
        told = {"actor": ANONYMOUS, "user_id": live.user.id, "session_id": live.session.id}
        pen.note(uow, EventKind.REFRESH_REPLAYED, **told)
        pen.note(uow, EventKind.SESSION_ENDED, **told, cause="replay")
        return _refusal("spent before: it was replayed, and the session was ended")


def _refusal(reason: str) -> InvalidGrant:
    return InvalidGrant("The refresh token is not valid. Log in again.", reason=f"refresh token {reason}")
