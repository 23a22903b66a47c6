"""Browsers that call: recognised by a cookie, and believed only as far as a page of ours asked them to."""

from collections.abc import Callable
from dataclasses import dataclass

from flask import Response, request

from gatepass import Principal
from gatepass_server.accounts.cookie_sessions import CookieSessions
from gatepass_server.accounts.session_claims import SessionClaims
from gatepass_server.crypto.cookie_handles import CookieHandle
from gatepass_server.store.ports import LiveSession
from gatepass_server.web import csrf
from gatepass_server.web.body import FORMS, read_fields
from gatepass_server.web.cookies import SessionCookie


@dataclass(frozen=True, slots=True)
class BrowserCaller:
    """Whom a cookie stands for."""

    handle: CookieHandle
    live: LiveSession
    principal: Principal


class Browsers:
    """What a guard asks about a request that carries no token."""

    def __init__(
        self, sessions: CookieSessions, claims: SessionClaims, cookie: SessionCookie, origin: csrf.OwnOrigin
    ) -> None:
        self._sessions = sessions
        self._claims = claims
        self._cookie = cookie
        self._origin = origin

    def presented(self) -> CookieHandle | None:
        """The cookie of the request, whatever it is worth."""
        return self._cookie.presented()

    def recognise(self, handle: CookieHandle) -> BrowserCaller | None:
        """The caller, if the cookie is that of a live session."""
        live = self._sessions.recognise(handle)
        return None if live is None else BrowserCaller(handle, live, self._claims.principal(live))

    def demand_own_page(self, handle: CookieHandle, field: Callable[[], str | None]) -> None:
        """Demand that a page of ours asked for the request, if it may change anything.

        Args:
            handle: its cookie.
            field: reads the form field ``csrf_token``, where the header is not there.

        Raises:
            CsrfFailed: another site may have.
        """
        if csrf.changes_something():
            self._origin.demand()
            given = request.headers.get(csrf.HEADER)
            handle.demand_proof(field() if given is None else given)


def field_of_our_form() -> str | None:
    """The form field ``csrf_token``, read as our own endpoints read a form."""
    if request.mimetype not in FORMS:
        return None
    return read_fields(request, (csrf.FIELD,))[csrf.FIELD]


def field_of_any_form() -> str | None:
    """The form field ``csrf_token`` of a host program's form, within its own limits."""
    return request.form.get(csrf.FIELD)


def keep_private(response: Response) -> Response:
    """What was made for one person is kept by nobody: not by a proxy, and not by the browser for its back button."""
    response.headers["Cache-Control"] = "no-store"
    return response


def depend_on_cookie(response: Response) -> Response:
    """Another cookie, or none, gets another answer."""
    response.vary.add("Cookie")
    return response
