"""What a log-in hands out, by its mode: one session, recognised by a signed token, an opaque one or a cookie."""

from dataclasses import dataclass, replace

from gatepass_server.accounts.opaque_tokens import OpaqueTokens, keep
from gatepass_server.accounts.sessions import Sessions
from gatepass_server.accounts.tokens import TokenPair, Tokens
from gatepass_server.crypto.cookie_handles import CookieHandle
from gatepass_server.domain.accounts import User
from gatepass_server.domain.opaque_tokens import OpaqueToken
from gatepass_server.domain.sessions import RefreshFamily, Session, SessionMode
from gatepass_server.store.ports import UnitOfWork


@dataclass(frozen=True, slots=True)
class LoggedIn:
    """A log-in that succeeded, and what its client is given once."""

    user: User
    session: Session
    given: TokenPair | CookieHandle


@dataclass(frozen=True, slots=True)
class Entry:
    """A log-in that may succeed: what is given, and what is kept of it."""

    logged_in: LoggedIn
    family: RefreshFamily | None = None
    opaque: OpaqueToken | None = None

    def keep(self, uow: UnitOfWork) -> None:
        """Keep the session, and the digests of what is given."""
        uow.sessions.add(self.logged_in.session)
        if self.family is not None:
            uow.refresh_tokens.add(self.family)
        if self.opaque is not None:
            keep(uow, self.opaque)


class Faces:
    """Prepares log-ins before their transaction begins, so that nobody waits for a signature in it."""

    def __init__(self, sessions: Sessions, tokens: Tokens, opaque: OpaqueTokens) -> None:
        self._sessions = sessions
        self._tokens = tokens
        self._opaque = opaque

    def prepare(self, user: User, session: Session) -> Entry:
        """What a new session of ``user`` is recognised by, as its mode says."""
        if session.mode is SessionMode.COOKIE:
            handle = CookieHandle.new()
            return Entry(LoggedIn(user, replace(session, cookie_digest=handle.digest), handle))
        refresh, family = self._sessions.new_family(session)
        kept = None
        if session.mode is SessionMode.OPAQUE:
            access, kept = self._opaque.new(session, now=session.created_at)
        else:
            access = self._tokens.access(user, session, now=session.created_at)
        pair = TokenPair(access=access, refresh_token=refresh.text, scope=session.scope)
        return Entry(LoggedIn(user, session, pair), family, kept)
