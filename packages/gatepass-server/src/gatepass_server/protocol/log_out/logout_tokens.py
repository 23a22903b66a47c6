"""Log-out tokens (OpenID Connect Back-Channel Logout 1.0 section 2.4)."""

import secrets
from collections.abc import Callable

from gatepass import Signer
from gatepass_server.domain.clients import Client
from gatepass_server.domain.logout_notices import LogoutNotice

TYPE = "logout+jwt"
"""The ``typ`` by which nobody takes it for an ID token."""

EVENT = "http://schemas.openid.net/event/backchannel-logout"
LIFETIME = 120
"""Seconds (section 2.4: at most two minutes)."""


class LogoutTokens:
    """Makes log-out tokens.

    Args:
        signer: gives the one that signs a program's ID tokens.
    """

    def __init__(self, signer: Callable[[Client], Signer], *, issuer: str) -> None:
        self._signer = signer
        self._issuer = issuer

    def issue(self, client: Client, notice: LogoutNotice, *, now: int) -> str:
        """Sign one. It never has a ``nonce`` (section 2.4), so that it cannot pass for an ID token.

        Raises:
            OperatorError: no key can sign.
        """
        claims = {
            "iss": self._issuer,
            "sub": notice.user_id,
            "aud": client.id,
            "iat": now,
            "exp": now + LIFETIME,
            "jti": secrets.token_urlsafe(16),
            "events": {EVENT: {}},
            "sid": notice.session_id,
        }
        return self._signer(client).sign(claims, typ=TYPE)
