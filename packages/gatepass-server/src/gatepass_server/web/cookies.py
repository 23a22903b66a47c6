"""The cookies that a browser is recognised by (RFC 6265bis)."""

from collections.abc import Sequence

from flask import Response, request
from werkzeug.datastructures import MultiDict

from gatepass_server.crypto.cookie_handles import PREFIX, CookieHandle

Cookies = MultiDict[str, str]
"""The cookies of a request, by their names; one that is sent twice is there twice."""

_BETWEEN = "~"
"""It may stand in a cookie, and never does in a handle."""


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
        self.others_name = "__Host-gatepass-others" if self._is_secure else "gatepass_others"

    def presented(self) -> CookieHandle | None:
        """The cookie of the request. Of two different ones nobody knows which was planted: then there is none."""
        return self.among(request.cookies)

    def among(self, cookies: Cookies) -> CookieHandle | None:
        """The one among these cookies, as ``presented``."""
        values = set(cookies.getlist(self.name))
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

    def others(self) -> tuple[CookieHandle, ...]:
        """The cookies of the accounts that wait beside the current one; each once."""
        return self.others_among(request.cookies)

    def others_among(self, cookies: Cookies) -> tuple[CookieHandle, ...]:
        """Those among these cookies, as ``others``."""
        values = set(cookies.getlist(self.others_name))
        if len(values) != 1:
            return ()
        texts = dict.fromkeys(text for text in values.pop().split(_BETWEEN) if text.startswith(PREFIX))
        return tuple(CookieHandle.of(text) for text in texts)

    def give_others(self, response: Response, handles: Sequence[CookieHandle], *, max_age: int) -> None:
        """Set the cookie with those of the accounts that wait, for ``max_age`` seconds; none are taken back."""
        if handles or self.others_name in request.cookies:
            value = _BETWEEN.join(handle.text.reveal() for handle in handles)
            self._set(response, value, max_age if handles else 0, name=self.others_name)

    def _set(self, response: Response, value: str, max_age: int, *, name: str = "") -> None:
        response.set_cookie(
            name or self.name,
            value,
            max_age=max_age,
            path="/",
            secure=self._is_secure,
            httponly=True,
            samesite="Lax",
        )
