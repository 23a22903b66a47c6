"""The cookie by which the browser is recognised that began a sign-in through another house."""

from flask import Response, request

from gatepass_server.crypto.handles import new_handle
from gatepass_server.domain.secret import Secret
from gatepass_server.upstream.journey import BROWSER_PREFIX, LIFETIME

_LENGTH = len(BROWSER_PREFIX) + 43


class ThroughCookie:
    """Reads and gives it. One serves all tabs of a browser; it says nothing of who is in front of it.

    Args:
        issuer: the public address of this server.
    """

    def __init__(self, issuer: str) -> None:
        self._is_secure = issuer.startswith("https://")
        self.name = "__Host-gatepass-through" if self._is_secure else "gatepass_through"

    def presented(self) -> Secret | None:
        """The cookie of the request. Of two different ones nobody knows which was planted: then there is none."""
        values = set(request.cookies.getlist(self.name))
        if len(values) != 1:
            return None
        text = values.pop()
        return Secret(text) if text.startswith(BROWSER_PREFIX) and len(text) == _LENGTH else None

    def of_this_browser(self) -> Secret:
        """That of the request, or a new one."""
        return self.presented() or new_handle(BROWSER_PREFIX)

    def give(self, response: Response, browser: Secret) -> Response:
        """Set it, for as long as an attempt and what is left to do after it may take."""
        response.set_cookie(
            self.name,
            browser.reveal(),
            max_age=2 * LIFETIME,
            path="/",
            secure=self._is_secure,
            httponly=True,
            samesite="Lax",
        )
        return response
