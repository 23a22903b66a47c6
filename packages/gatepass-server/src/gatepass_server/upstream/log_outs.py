"""Another house says that a session of its own has ended (OpenID Connect Back-Channel Logout 1.0)."""

import hashlib
from typing import Any

from gatepass_server.audit.log import AuditLog
from gatepass_server.domain.audit import SYSTEM, EventKind
from gatepass_server.domain.clock import Clock, whole_seconds
from gatepass_server.store.ports import Store
from gatepass_server.upstream.errors import Untrusted
from gatepass_server.upstream.providers import Providers
from gatepass_server.upstream.signed_words import LEEWAY

EVENT = "http://schemas.openid.net/event/backchannel-logout"
_SENTENCE = "This is no log-out token for this server."
_LONGEST = 600
"""Seconds of the life of a log-out token that is taken; a token that lives longer is remembered as long as that."""


class UpstreamLogOuts:
    """Ends the sessions that began in the one that has ended."""

    def __init__(self, store: Store, providers: Providers, clock: Clock, audit: AuditLog) -> None:
        self._store = store
        self._providers = providers
        self._clock = clock
        self._audit = audit

    def __call__(self, name: str, token: str, *, address: str, request_id: str = "") -> int:
        """Judge a log-out token (section 2.6), and end what it is about; how many sessions ended.

        Raises:
            UnknownProvider: there is no such house, or it does not speak OpenID Connect.
            Untrusted: the token is not good.
            Unavailable: the keys of the house cannot be had.
        """
        claims = self._providers.find(name).logged_out(token)
        subject, sid, spent = _checked(claims)
        now = whole_seconds(self._clock)
        if not now - _LONGEST <= claims["iat"] <= now + LEEWAY:
            raise Untrusted(_SENTENCE, reason="the token is too old, or of the future")
        pen = self._audit.pen(address=address, request_id=request_id)
        with self._store.write() as uow:
            if not uow.spent_identifiers.spend(spent, expires_at=now + 2 * _LONGEST, now=now):
                raise Untrusted(_SENTENCE, reason="the token was presented before")
            ended = uow.sessions.end_through(claims["iss"], now, subject=subject, sid=sid)
            for live in ended:
                pen.note(
                    uow,
                    EventKind.SESSION_ENDED,
                    actor=SYSTEM,
                    user_id=live.user.id,
                    session_id=live.session.id,
                    cause="upstream",
                    provider=name,
                )
        return len(ended)


def _checked(claims: dict[str, Any]) -> tuple[str | None, str | None, bytes]:
    """Whom it is about, which session, and by what it is remembered."""
    events = claims.get("events")
    if not isinstance(events, dict) or not isinstance(events.get(EVENT), dict):
        raise Untrusted(_SENTENCE, reason="events does not name a log-out")
    if "nonce" in claims:
        raise Untrusted(_SENTENCE, reason="it has a nonce, as an ID token does")
    if type(claims.get("iat")) not in {int, float} or not claims.get("jti"):
        raise Untrusted(_SENTENCE, reason="iat or jti is missing")
    if "sub" not in claims and "sid" not in claims:
        raise Untrusted(_SENTENCE, reason="it names neither a person nor a session")
    sid = claims.get("sid")
    if sid is not None and not isinstance(sid, str):
        raise Untrusted(_SENTENCE, reason="sid is not a string")
    name = f"log-out token {claims['iss']} {claims['jti']}"
    return claims.get("sub"), sid, hashlib.sha256(name.encode("utf-8", "surrogatepass")).digest()
