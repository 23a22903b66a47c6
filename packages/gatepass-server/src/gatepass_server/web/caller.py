"""Who is calling: a verified token whose session and account are alive."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager

from flask import request

from gatepass import AccessTokenVerifier, Explanation, Principal, Verifier
from gatepass.errors import RevokedTokenError, StatusUnavailableError
from gatepass.flask import TokenGuard
from gatepass_server.accounts.sessions import Sessions
from gatepass_server.domain.accounts import User
from gatepass_server.domain.errors import Busy, OperatorError
from gatepass_server.domain.sessions import Session
from gatepass_server.store.ports import LiveSession

ARTICLE_HEADER = "x-access-token"
"""The header that the original tutorial's clients send their token in."""

_LIVE = "gatepass_live_session"
_RETRY_AFTER = 5
"""Seconds after which a caller may ask whether the operator has mended it."""


class CallerGuard(TokenGuard):
    """The library's guard, which here also looks the session up: the server itself honours no ended one."""

    def __init__(self, verifier: AccessTokenVerifier, sessions: Sessions) -> None:
        super().__init__(verifier, extra_headers=(ARTICLE_HEADER,), check=self._check)
        self._sessions = sessions

    def _check(self, principal: Principal) -> None:
        live = self._sessions.caller(principal)
        if live is None:
            raise RevokedTokenError("the session has ended or the account is disabled")
        # On the request, not on flask.g: that one belongs to the application context, which several may share.
        setattr(request, _LIVE, live)

    @property
    def user(self) -> User:
        """The account behind the request."""
        return self._live.user

    @property
    def session(self) -> Session:
        """The session behind the request."""
        return self._live.session

    @property
    def _live(self) -> LiveSession:
        live: LiveSession = getattr(request, _LIVE)
        return live


class HostGuard(CallerGuard):
    """The guard for a host program's routes, whose error pages know nothing of ours.

    Where the database is away, it answers 503 itself, as the library's guard does where it cannot check a token.
    """

    def __init__(self, verifier: Verifier, sessions: Sessions) -> None:
        super().__init__(_PatientVerifier(verifier), sessions)

    def _check(self, principal: Principal) -> None:
        with _told_as_unavailable():
            super()._check(principal)


class _PatientVerifier:
    """A ``Verifier`` whose keys are in the database, too."""

    def __init__(self, verifier: Verifier) -> None:
        self._verifier = verifier

    @property
    def issuers(self) -> tuple[str, ...]:
        """See ``Verifier.issuers``."""
        return self._verifier.issuers

    @property
    def clock(self) -> Callable[[], float]:
        """See ``Verifier.clock``."""
        return self._verifier.clock

    def verify(
        self, token: object, *, scopes: Iterable[str] = (), confirmed: Mapping[str, str] | None = None
    ) -> Principal:
        """See ``Verifier.verify``."""
        with _told_as_unavailable():
            return self._verifier.verify(token, scopes=scopes, confirmed=confirmed)

    async def averify(
        self, token: object, *, scopes: Iterable[str] = (), confirmed: Mapping[str, str] | None = None
    ) -> Principal:
        """See ``Verifier.averify``."""
        with _told_as_unavailable():
            return await self._verifier.averify(token, scopes=scopes, confirmed=confirmed)

    def explain(self, token: object) -> Explanation:
        """See ``Verifier.explain``."""
        return self._verifier.explain(token)


@contextmanager
def _told_as_unavailable() -> Iterator[None]:
    try:
        yield
    except (Busy, OperatorError) as error:
        retry_after = error.retry_after if isinstance(error, Busy) else _RETRY_AFTER
        raise StatusUnavailableError(error.reason or error.message, retry_after=retry_after) from None
