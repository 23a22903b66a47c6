"""Calls that a program signs in a person's name (RFC 5849 section 3)."""

from dataclasses import dataclass
from typing import Final

from gatepass_server.domain.clients import Client
from gatepass_server.domain.clock import Clock, whole_seconds
from gatepass_server.domain.errors import Busy, OperatorError
from gatepass_server.protocol.oauth1.messages import SignedMessage
from gatepass_server.protocol.oauth1.problems import TokenRejected
from gatepass_server.protocol.oauth1.request import SignedRequest
from gatepass_server.protocol.oauth1.signed_requests import SignedRequests
from gatepass_server.store.ports import LiveSession, Store, UnitOfWork

_NOTED_EVERY: Final = 60
"""Seconds between two uses that are written down."""


@dataclass(frozen=True, slots=True)
class Call:
    """Who calls, and in whose name; what roles and groups say was not looked up."""

    client: Client
    live: LiveSession
    request: SignedRequest


class Calls:
    """Finds the grant behind a signed request, and keeps it from ending while it is used.

    Args:
        idle: seconds that a grant may go unused.
    """

    def __init__(self, store: Store, signed: SignedRequests, clock: Clock, *, idle: int) -> None:
        self._store = store
        self._signed = signed
        self._clock = clock
        self._idle = idle

    def __call__(self, message: SignedMessage) -> Call:
        """The caller, whose grant is live.

        Raises:
            Problem: the request does not hold, or the grant has ended.
        """
        signed = self._signed.with_credentials(self._signed.read(message), _token)
        live = signed.found
        now = whole_seconds(self._clock)
        if not live.session.is_live(now) or not live.user.is_enabled:
            raise TokenRejected(
                "The access has ended. Ask the person again.", reason="the grant has ended, or was taken back"
            )
        if now - live.session.last_seen_at >= min(_NOTED_EVERY, self._idle // 2):
            self._note_use(live, now)
        return Call(signed.client, live, signed.request)

    def _note_use(self, live: LiveSession, now: int) -> None:
        try:
            with self._store.write(durable=False) as uow:
                uow.sessions.prolong(live.session.id, now=now, idle=self._idle)
        except (Busy, OperatorError):
            return


def _token(uow: UnitOfWork, key: bytes) -> tuple[str, LiveSession] | None:
    found = uow.oauth1.token(key)
    return None if found is None else (found.token.client_id, found.live)
