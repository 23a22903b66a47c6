"""The text of a browser's cookie, and the proof that a request comes from a page that it was shown.

The proof is a MAC under the cookie's own text, so it is bound to the session and kept nowhere. Who has the proof cannot
tell the cookie from it, and who cannot read the answers to a browser's requests, as another site cannot, has neither.
"""

import base64
import hashlib
import hmac
from dataclasses import dataclass
from typing import Self

from gatepass_server.crypto.handles import digest, new_handle
from gatepass_server.domain.errors import CsrfFailed
from gatepass_server.domain.secret import Secret

PREFIX = "gp_sc_"
_PURPOSE = b"gatepass csrf token"


@dataclass(frozen=True, slots=True)
class CookieHandle:
    """A cookie in clear."""

    text: Secret

    @classmethod
    def new(cls) -> Self:
        """256 random bits."""
        return cls(new_handle(PREFIX))

    @classmethod
    def of(cls, text: str) -> Self:
        """The cookie as a browser sent it; whether there is such a one, the store knows."""
        return cls(Secret(text))

    @property
    def digest(self) -> bytes:
        """The digest by which it is known again."""
        return digest(self.text.reveal())

    @property
    def csrf_token(self) -> Secret:
        """What a page of ours sends back beside the cookie."""
        key = self.text.reveal().encode("utf-8", "surrogatepass")
        mac = hmac.digest(key, _PURPOSE, hashlib.sha256)
        return Secret(base64.urlsafe_b64encode(mac).rstrip(b"=").decode())

    def demand_proof(self, given: str | None) -> None:
        """Compare what a request brought beside the cookie.

        Raises:
            CsrfFailed: it is not the ``csrf_token`` of this cookie.
        """
        if not given:
            raise CsrfFailed(reason="no csrf token was sent")
        if not self.csrf_token.matches(given):
            raise CsrfFailed(reason="the csrf token is not that of the cookie")
