"""Who is calling: whoever has a token or a cookie whose session and account are alive."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from functools import wraps
from typing import TypeVar

from flask import Response, after_this_request, request
from werkzeug.exceptions import HTTPException

from gatepass import AccessTokenVerifier, Explanation, Principal
from gatepass.dpop import Judged
from gatepass.errors import RevokedTokenError, StatusUnavailableError
from gatepass.flask import TokenGuard
from gatepass.guard import Presented, Requirement
from gatepass_server.accounts.sessions import Sessions
from gatepass_server.crypto.cookie_handles import CookieHandle
from gatepass_server.domain.accounts import User
from gatepass_server.domain.errors import Busy, CsrfFailed, Forbidden, OperatorError
from gatepass_server.domain.sessions import FIRST_PARTY_CLIENT, Session
from gatepass_server.store.ports import LiveSession
from gatepass_server.web.bound_tokens import NO_BOUND_TOKENS, BoundTokens
from gatepass_server.web.browsers import (
    Browsers,
    depend_on_cookie,
    field_of_any_form,
    field_of_our_form,
    keep_private,
)
from gatepass_server.web.errors import answer_refusal

Guard = TypeVar("Guard", bound="CallerGuard")

ARTICLE_HEADER = "x-access-token"
"""The header that the original tutorial's clients send their token in."""

_COOKIE = "gatepass_cookie"
_LIVE = "gatepass_live_session"
_RETRY_AFTER = 5
"""Seconds after which a caller may ask whether the operator has mended it."""


class CallerGuard(TokenGuard):
    """The library's guard, which here also takes a browser's cookie, and looks the session up.

    The server itself honours no session that has ended. A cookie counts only where no token was sent, and where the
    method may change something only together with the proof that a page of ours asked for it.
    """

    def __init__(
        self,
        verifier: AccessTokenVerifier,
        sessions: Sessions,
        browsers: Browsers,
        bound: BoundTokens = NO_BOUND_TOKENS,
    ) -> None:
        super().__init__(
            verifier,
            extra_headers=(ARTICLE_HEADER,),
            check=self._check,
            resource=bound.resource,
            dpop=bound.dpop,
        )
        # Whoever is refused here knows the authorization server already: it is this one.
        self._challenges = replace(self._challenges, resource_metadata=None)
        self._bound = bound
        self._sessions = sessions
        self._browsers = browsers

    def another(self, kind: type[Guard]) -> Guard:
        """A guard of another kind, that knows the same callers."""
        return kind(self.verifier, self._sessions, self._browsers, self._bound)

    def shown(self, proof: Judged | None) -> Mapping[str, str]:
        """See ``Gate.shown``; here with the certificate that the proxy tells of."""
        thumbprint = self._bound.certificate()
        certificate = {"x5t#S256": thumbprint} if thumbprint else {}
        return {**(super().shown(proof) or {}), **certificate}

    def admit(
        self, presented: Presented, requirement: Requirement, known: Principal | None = None
    ) -> Principal | None:
        """See ``Gate.admit``.

        Raises:
            CsrfFailed: it came with a cookie, and nothing shows that a page of ours asked for it.
        """
        by_cookie = self._by_cookie(presented, requirement) if known is None else None
        return by_cookie or super().admit(presented, requirement, known)

    async def aadmit(
        self, presented: Presented, requirement: Requirement, known: Principal | None = None
    ) -> Principal | None:
        """See ``admit``."""
        by_cookie = self._by_cookie(presented, requirement) if known is None else None
        return by_cookie or await super().aadmit(presented, requirement, known)

    @property
    def user(self) -> User:
        """The account behind the request."""
        return self.live.user

    @property
    def session(self) -> Session:
        """The session behind the request."""
        return self.live.session

    @property
    def cookie(self) -> CookieHandle | None:
        """The cookie that let the caller in, where it was one."""
        return getattr(request, _COOKIE, None)

    @property
    def csrf_token(self) -> str:
        """What a form of the page sends back in its field ``csrf_token``; empty where no cookie let the caller in."""
        return "" if self.cookie is None else self.cookie.csrf_token.reveal()

    @property
    def live(self) -> LiveSession:
        """The session behind the request, and its owner."""
        live: LiveSession = getattr(request, _LIVE)
        return live

    def _by_cookie(self, presented: Presented, requirement: Requirement) -> Principal | None:
        """Who is calling by the cookie, if that is what counts.

        A dead cookie is sent without anybody meaning to, so where a caller is optional it is as good as none.
        """
        if presented.authorization or presented.extra:
            return None
        after_this_request(depend_on_cookie)
        handle = self._browsers.presented()
        if handle is None:
            return None
        caller = self._browsers.recognise(handle)
        if caller is None:
            if requirement.optional:
                return None
            raise RevokedTokenError("the session of the cookie has ended, or there was none")
        after_this_request(keep_private)
        self._browsers.demand_own_page(handle, self._form_field)
        requirement.apply(caller.principal, self.verifier.clock())
        setattr(request, _LIVE, caller.live)
        setattr(request, _COOKIE, handle)
        return caller.principal

    def _form_field(self) -> str | None:
        return field_of_our_form()

    def _check(self, principal: Principal) -> None:
        live = self._sessions.caller(principal)
        if live is None:
            raise RevokedTokenError("the session has ended or the account is disabled")
        # On the request, not on flask.g: that one belongs to the application context, which several may share.
        setattr(request, _LIVE, live)


def for_own_log_ins(
    guard: CallerGuard, scope: str
) -> Callable[[Callable[..., Response]], Callable[..., Response]]:
    """Keep a program that a person signed in to from the person's own account, unless it was granted ``scope``."""

    def decorate(view: Callable[..., Response]) -> Callable[..., Response]:
        @wraps(view)
        def guarded(*args: object, **kwargs: object) -> Response:
            # The principal's client, not the session's: a program may have exchanged a first-party token (RFC 8693).
            if guard.principal.client_id != FIRST_PARTY_CLIENT and scope not in guard.principal.scopes:
                raise Forbidden(
                    "This token was given to a program that may not look after the account.",
                    reason=f"a token of {guard.principal.client_id} without the scope {scope}",
                )
            return view(*args, **kwargs)

        return guarded

    return decorate


class HostGuard(CallerGuard):
    """The guard for a host program's routes, whose error pages know nothing of ours.

    Where the database is away, it answers 503 itself, as the library's guard does where it cannot check a token; and
    a request that another site made a browser send, 403.
    """

    def __init__(
        self,
        verifier: AccessTokenVerifier,
        sessions: Sessions,
        browsers: Browsers,
        bound: BoundTokens = NO_BOUND_TOKENS,
    ) -> None:
        super().__init__(_PatientVerifier(verifier), sessions, browsers, bound)

    def _by_cookie(self, presented: Presented, requirement: Requirement) -> Principal | None:
        try:
            with _told_as_unavailable():
                return super()._by_cookie(presented, requirement)
        except CsrfFailed as error:
            raise HTTPException(response=answer_refusal(error)) from None

    def _form_field(self) -> str | None:
        return field_of_any_form()

    def _check(self, principal: Principal) -> None:
        with _told_as_unavailable():
            super()._check(principal)


class _PatientVerifier:
    """A ``Verifier`` whose keys are in the database, too."""

    def __init__(self, verifier: AccessTokenVerifier) -> None:
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
