"""``/account/sessions``: where one is signed in."""

from dataclasses import dataclass

from flask import Response, request

from gatepass_server.accounts.browser_accounts import Account
from gatepass_server.accounts.log_out import LogOut
from gatepass_server.accounts.session_list import SessionList
from gatepass_server.domain.errors import NotFound
from gatepass_server.domain.ids import is_public_id
from gatepass_server.domain.sessions import Session, SessionMode
from gatepass_server.web.body import read_fields
from gatepass_server.web.headers import client_address, request_id
from gatepass_server.web.pages.account.devices import Device, device_of
from gatepass_server.web.pages.account.frame import AccountFrame
from gatepass_server.web.paging import read_id

PATH = "/account/sessions"
OTHERS = "others"
_ON_A_PAGE = 50


@dataclass(frozen=True, slots=True)
class SignInView:
    """A sign-in, as it is listed."""

    session: Session
    device: Device
    is_current: bool
    is_browser: bool


class SessionsPage:
    """Where people see where they are signed in, and end that."""

    def __init__(
        self, frame: AccountFrame, sessions: SessionList, log_out: LogOut, *, trusted_proxies: int
    ) -> None:
        self._frame = frame
        self._sessions = sessions
        self._log_out = log_out
        self._trusted_proxies = trusted_proxies

    def get(self, account: Account) -> Response:
        """200 with a page of sign-ins, the newest first. Grants of programs are told of elsewhere."""
        user, current = account.live.user, account.live.session
        page = self._sessions.seen_by(user, user.id, after=read_id("after"), limit=_ON_A_PAGE)
        sign_ins = [
            SignInView(
                session,
                device_of(session.device),
                session.id == current.id,
                session.mode is SessionMode.COOKIE,
            )
            for session in page.sessions
            if session.parent_id is None
        ]
        return self._frame.show(
            "account_sessions.html", account, sign_ins=sign_ins, next_after=page.next_after
        )

    def post(self, account: Account) -> Response:
        """303 when the session, or all others, have ended."""
        which = read_fields(request, ("session",))["session"] or ""
        user, current = account.live.user, account.live.session
        origin = {"address": client_address(self._trusted_proxies), "request_id": request_id()}
        if which == OTHERS:
            self._log_out.all_of(user, user.id, current=current.id, **origin)
            return self._frame.done(PATH, "sessions")
        if not is_public_id(which):
            raise NotFound("There is no such session.")
        self._log_out.one(user, which, **origin)
        return self._frame.done(PATH, "session")
