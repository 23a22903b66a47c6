"""The cookie that a browser is recognised by (RFC 6265bis)."""

from flask import Response, request

from gatepass_server.crypto.cookie_handles import PREFIX, CookieHandle


class SessionCookie:
    """Reads, gives and takes back the cookie.

    Over HTTPS its name begins with ``__Host-``: browsers then take it only with ``Secure``, for this host alone and
    for all its paths, so that no neighbour under the same domain can plant one.

    Args:
        issuer: the public address of this server.
    """

    def __init__(self, issuer: str) -> None:
        self._is_secure = issuer.startswith("https://")
        self.name = "__Host-gatepass" if self._is_secure else "gatepass_session"

    def presented(self) -> CookieHandle | None:
        """The cookie of the request. Of two different ones nobody knows which was planted: then there is none."""
        values = set(request.cookies.getlist(self.name))
        if len(values) != 1:
            return None
        text = values.pop()
        return CookieHandle.of(text) if text.startswith(PREFIX) else None

    def give(self, response: Response, handle: CookieHandle, *, max_age: int) -> None:
        """Set the cookie, for ``max_age`` seconds."""
        self._set(response, handle.text.reveal(), max_age)

    def take_back(self, response: Response) -> None:
        """Have the browser forget the cookie, and what it keeps of our pages: back shows nothing after a log-out."""
        self._set(response, "", 0)
        response.headers["Clear-Site-Data"] = '"cache"'

    def _set(self, response: Response, value: str, max_age: int) -> None:
        response.set_cookie(
            self.name, value, max_age=max_age, path="/", secure=self._is_secure, httponly=True, samesite="Lax"
        )
