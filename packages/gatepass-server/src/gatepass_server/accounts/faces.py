"""What a log-in hands out, by its mode: one session, recognised by a signed token, an opaque one or a cookie."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from gatepass_server.accounts.entitlements import entitlements_of
from gatepass_server.accounts.opaque_tokens import OpaqueTokens, keep
from gatepass_server.accounts.sessions import Sessions
from gatepass_server.accounts.tokens import AccessToken, TokenPair, Tokens
from gatepass_server.crypto.cookie_handles import CookieHandle
from gatepass_server.domain.accounts import User
from gatepass_server.domain.opaque_tokens import OpaqueToken
from gatepass_server.domain.roles import NO_ENTITLEMENTS, Entitlements
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
    """A log-in that may succeed: what is kept of it, and how what is given is made of what its owner may do."""

    user: User
    session: Session
    give: Callable[[Entitlements], TokenPair | CookieHandle] = field(repr=False)
    family: RefreshFamily | None = None
    opaque: OpaqueToken | None = None

    def keep(self, uow: UnitOfWork) -> Entitlements:
        """Keep the session, and the digests of what is given; what the token tells of its owner, where it is signed."""
        uow.sessions.add(self.session)
        if self.family is not None:
            uow.refresh_tokens.add(self.family)
        if self.opaque is not None:
            keep(uow, self.opaque)
        return entitlements_of(uow, self.user) if self.session.mode is SessionMode.TOKEN else NO_ENTITLEMENTS

    def enter(self, entitlements: Entitlements) -> LoggedIn:
        """The log-in, once its transaction is over: nobody waits in that for a signature."""
        return LoggedIn(self.user, self.session, self.give(entitlements))


class Faces:
    """Prepares log-ins before their transaction begins, as far as nothing must be read in it."""

    def __init__(self, sessions: Sessions, tokens: Tokens, opaque: OpaqueTokens) -> None:
        self._sessions = sessions
        self._tokens = tokens
        self._opaque = opaque

    def prepare(self, user: User, session: Session) -> Entry:
        """What a new session of ``user`` is recognised by, as its mode says."""
        if session.mode is SessionMode.COOKIE:
            handle = CookieHandle.new()
            return Entry(user, replace(session, cookie_digest=handle.digest), lambda _: handle)
        refresh, family = self._sessions.new_family(session)

        def pair(access: AccessToken) -> TokenPair:
            return TokenPair(access=access, refresh_token=refresh.text, scope=session.scope)

        if session.mode is SessionMode.OPAQUE:
            access, kept = self._opaque.new(session, now=session.created_at)
            return Entry(user, session, lambda _: pair(access), family, kept)
        signer, now = self._tokens.signer(), session.created_at

        def signed(entitlements: Entitlements) -> TokenPair:
            return pair(self._tokens.access(user, session, entitlements, now=now, signer=signer))

        return Entry(user, session, signed, family)
