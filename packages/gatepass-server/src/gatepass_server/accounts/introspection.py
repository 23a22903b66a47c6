"""Tell a program whether a token is good, and what it may do (RFC 7662)."""

from typing import Any

from gatepass import TokenError
from gatepass_server.accounts.house_verifier import HouseVerifier
from gatepass_server.accounts.session_claims import SessionClaims
from gatepass_server.accounts.sessions import Sessions
from gatepass_server.crypto.refresh_handles import PREFIX, RefreshHandle
from gatepass_server.domain.clock import Clock, whole_seconds
from gatepass_server.domain.secret import Secret
from gatepass_server.store.ports import Store

INACTIVE: dict[str, Any] = {"active": False}
"""All that is told of a token that is not good: not even why (RFC 7662 section 2.2)."""

_TOLD = ("scope", "client_id", "exp", "iat", "sub", "aud", "iss", "jti", "sid", "auth_time", "cnf")


class Introspection:
    """Knows every token of the house: signed, opaque, and refresh tokens.

    A refresh token says so in ``token_type``, and its audience is the issuer, so that no API takes it for an access
    token.
    """

    def __init__(
        self,
        store: Store,
        verifier: HouseVerifier,
        sessions: Sessions,
        claims: SessionClaims,
        clock: Clock,
    ) -> None:
        self._store = store
        self._verifier = verifier
        self._sessions = sessions
        self._claims = claims
        self._clock = clock

    def __call__(self, token: str) -> dict[str, Any]:
        """The members of the answer (RFC 7662 section 2.2)."""
        if token.startswith(PREFIX):
            found = self._refresh_token(token)
            return INACTIVE if found is None else _active(found, "refresh_token")
        try:
            principal = self._verifier.recognise(token)
        except TokenError:
            return INACTIVE
        if self._sessions.caller(principal) is None:
            return INACTIVE
        return _active(principal.claims, "DPoP" if "jkt" in principal.claims.get("cnf", {}) else "Bearer")

    def _refresh_token(self, token: str) -> dict[str, Any] | None:
        """What the good token of a family stands for. One that was spent a moment ago is good for nothing new."""
        handle = RefreshHandle(Secret(token))
        with self._store.read() as uow:
            family = uow.refresh_tokens.find(handle.family)
            live = None if family is None else uow.sessions.with_user(family.session_id)
        now = whole_seconds(self._clock)
        if family is None or live is None or family.digest != handle.digest or family.expires_at <= now:
            return None
        if not live.session.is_live(now) or not live.user.is_enabled:
            return None
        issued_at = live.session.created_at if family.rotated_at is None else family.rotated_at
        return self._claims.of_refresh_token(live, issued_at=issued_at, expires_at=family.expires_at)


def _active(claims: dict[str, Any], token_type: str) -> dict[str, Any]:
    told = {name: claims[name] for name in _TOLD if name in claims}
    return {"active": True, "token_type": token_type, **told}
