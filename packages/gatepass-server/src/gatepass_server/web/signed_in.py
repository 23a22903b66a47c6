"""Who is signed in in the browser that a request comes from."""

from gatepass_server.accounts.cookie_sessions import CookieSessions
from gatepass_server.protocol.authorization.authorize import Browser
from gatepass_server.web.cookies import SessionCookie


class SignedIn:
    """Looks the cookie up."""

    def __init__(self, sessions: CookieSessions, cookie: SessionCookie) -> None:
        self._sessions = sessions
        self._cookie = cookie

    def __call__(self) -> Browser:
        """The live session of the request's cookie, if there is one."""
        handle = self._cookie.presented()
        return Browser(current=None if handle is None else self._sessions.recognise(handle))
