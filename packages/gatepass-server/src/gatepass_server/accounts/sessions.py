"""Opening a session and recognising it again."""

from typing import Protocol

from gatepass import Principal
from gatepass_server.crypto.refresh_handles import RefreshHandle
from gatepass_server.domain.accounts import User
from gatepass_server.domain.clock import Clock, whole_seconds
from gatepass_server.domain.grants import Terms
from gatepass_server.domain.ids import new_id
from gatepass_server.domain.sessions import RefreshFamily, Session, SessionMode, StatusIndex
from gatepass_server.store.ports import LiveSession, Store

_DEVICE_CHARACTERS = 200


class StatusIndexes(Protocol):
    """Gives out places in the revocation feed."""

    def take(self, *, expires_at: int) -> StatusIndex | None:
        """A place that nobody had, for a session that ends at ``expires_at``; None where there is no feed."""
        ...


class NoFeed:
    """Gives out none: where a shared secret signs, nobody else checks tokens."""

    def take(self, *, expires_at: int) -> StatusIndex | None:  # noqa: ARG002 - the protocol's
        """None."""
        return None


class Sessions:
    """Makes sessions, and checks at every request to the server itself that one is still live.

    Args:
        ttl: seconds from the log-in to the absolute end.
        idle: seconds that a session may go unused.
        scope: what a first-party session may do.
    """

    def __init__(
        self,
        store: Store,
        clock: Clock,
        status_indexes: StatusIndexes,
        *,
        ttl: int,
        idle: int,
        scope: str,
        client_id: str,
    ) -> None:
        self._store = store
        self._clock = clock
        self._status_indexes = status_indexes
        self._ttl = ttl
        self._idle = idle
        self._scope = scope
        self._client_id = client_id

    def new(
        self,
        user: User,
        *,
        method: str,
        address: str,
        device: str,
        scope: str | None = None,
        mode: SessionMode = SessionMode.TOKEN,
    ) -> Session:
        """A session that starts now; the caller keeps it in its transaction, and has not begun that yet.

        Args:
            user: whose session it is.
            method: how the person proved who they are, as RFC 8176 names it, such as ``pwd``.
            address: the IP address, empty where there is none.
            device: the ``User-Agent``.
            scope: scopes separated by spaces; by default those of a first-party log-in.
            mode: what is handed out.
        """
        now = whole_seconds(self._clock)
        end = now + self._ttl
        # What is not a JWT is asked about here, at every call, and needs no place in the feed.
        status = self._status_indexes.take(expires_at=end) if mode is SessionMode.TOKEN else None
        return Session(
            id=new_id(),
            user_id=user.id,
            client_id=self._client_id,
            scope=self._scope if scope is None else scope,
            mode=mode,
            methods=(method,),
            authenticated_at=now,
            created_at=now,
            last_seen_at=now,
            idle_expires_at=min(now + self._idle, end),
            expires_at=end,
            address=address,
            device=_printable(device)[:_DEVICE_CHARACTERS],
            status=status,
        )

    @property
    def idle(self) -> int:
        """Seconds that a session may go unused."""
        return self._idle

    def new_grant(
        self,
        parent: LiveSession,
        *,
        client_id: str,
        scope: str,
        terms: Terms,
        offline: bool,
        mode: SessionMode,
        address: str,
    ) -> Session:
        """A program's grant that comes of a sign-in; the caller keeps it in its transaction, which has not begun.

        It ends with the sign-in at the latest, unless it is to outlive that.

        Args:
            parent: the sign-in.
            client_id: the program.
            scope: what it was granted.
            terms: what the grant is bound to.
            offline: whether it outlives the sign-in.
            mode: what form its access tokens have.
            address: the IP address of the program, or of the browser that it runs in.
        """
        now = whole_seconds(self._clock)
        signed_in = parent.session
        end = now + self._ttl if offline else signed_in.expires_at
        status = self._status_indexes.take(expires_at=end) if mode is SessionMode.TOKEN else None
        return Session(
            id=new_id(),
            user_id=parent.user.id,
            client_id=client_id,
            scope=scope,
            mode=mode,
            methods=signed_in.methods,
            authenticated_at=signed_in.authenticated_at,
            created_at=now,
            last_seen_at=now,
            idle_expires_at=min(now + self._idle, end),
            expires_at=end,
            address=address,
            device=signed_in.device,
            status=status,
            parent_id=signed_in.id,
            offline=offline,
            terms=terms,
        )

    def new_without_sign_in(
        self,
        user: User,
        *,
        client_id: str,
        scope: str,
        terms: Terms,
        mode: SessionMode,
        lasting: int,
        address: str,
    ) -> Session:
        """A program's grant on the word of another (RFC 7523); the caller keeps it in its transaction, not begun yet.

        Nobody proved here who they are: no method is named, and no time (0).

        Args:
            user: for whom the program acts.
            client_id: the program.
            scope: what it may do.
            terms: what the grant is bound to.
            mode: what form its access token has.
            lasting: seconds until its end.
            address: the IP address of the program.
        """
        now = whole_seconds(self._clock)
        end = now + lasting
        return Session(
            id=new_id(),
            user_id=user.id,
            client_id=client_id,
            scope=scope,
            mode=mode,
            methods=(),
            authenticated_at=0,
            created_at=now,
            last_seen_at=now,
            idle_expires_at=end,
            expires_at=end,
            address=address,
            device="",
            status=self._status_indexes.take(expires_at=end) if mode is SessionMode.TOKEN else None,
            terms=terms,
        )

    def new_family(self, session: Session) -> tuple[RefreshHandle, RefreshFamily]:
        """The first refresh token of a session; the caller keeps the family in its transaction."""
        handle = RefreshHandle.new()
        family = RefreshFamily(
            family=handle.family,
            session_id=session.id,
            digest=handle.digest,
            expires_at=session.idle_expires_at,
        )
        return handle, family

    def caller(self, principal: Principal) -> LiveSession | None:
        """The live session behind a verified token and its enabled owner, or None.

        A token outlives neither its session nor its account here, although its signature is good.
        """
        if principal.session_id is None:
            return None
        with self._store.look() as uow:
            found = uow.sessions.with_user(principal.session_id)
        if found is None or found.user.id != principal.subject:
            return None
        alive = found.session.is_live(whole_seconds(self._clock)) and found.user.is_enabled
        return found if alive else None


def _printable(text: str) -> str:
    return "".join(character for character in text if character.isprintable())
