"""Telling programs of log-outs (OpenID Connect Back-Channel Logout 1.0 sections 2.5 to 2.8)."""

import random
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Final

from gatepass_server.audit.log import AuditLog
from gatepass_server.domain.audit import SYSTEM, EventKind
from gatepass_server.domain.clock import Clock, whole_seconds
from gatepass_server.domain.errors import OperatorError
from gatepass_server.domain.logout_notices import LogoutNotice
from gatepass_server.observe.logs import get_logger
from gatepass_server.outbound.client import Outbound
from gatepass_server.outbound.errors import Unreachable
from gatepass_server.outbound.places import shown_url
from gatepass_server.protocol.log_out.logout_tokens import LogoutTokens
from gatepass_server.store.ports import Store

AT_ONCE: Final = 8
"""Notices that a process takes and delivers at the same time."""

LEASE: Final = 60
"""Seconds for which they are nobody else's: several times what a delivery may take."""

FIRST_PAUSE: Final = 5
"""Seconds after the first failure; each pause is three times as long as the one before."""

LONGEST_PAUSE: Final = 1200
GIVE_UP_AFTER: Final = 3600
"""Seconds after the log-out."""

_TAKEN: Final = frozenset({200, 204})
"""Some frameworks make 204 of 200 without a body (section 2.8)."""

_log = get_logger(__name__)


class Deliveries:
    """Delivers the notices that are due, and notes what came of it.

    A program that is away is tried again for an hour. One that hears of the same log-out twice (its answer was lost)
    has the same ``sid`` and another ``jti``.

    Args:
        outbound: of its own: programs that do not answer must hold up nothing else.
        jitter: a factor for each pause, so that programs that came back are not all told in the same second.
    """

    def __init__(
        self,
        store: Store,
        tokens: LogoutTokens,
        outbound: Outbound,
        clock: Clock,
        audit: AuditLog,
        *,
        jitter: Callable[[], float] = lambda: random.uniform(0.8, 1.2),  # noqa: S311 - spreads load, guards nothing
    ) -> None:
        self._store = store
        self._tokens = tokens
        self._outbound = outbound
        self._clock = clock
        self._audit = audit
        self._jitter = jitter

    def deliver_due(self) -> int:
        """Take some notices that are due and deliver them; how many were taken. Blocks for some seconds at most."""
        now = whole_seconds(self._clock)
        with self._store.read() as uow:  # most of the time there is nothing, and nothing is written then
            if not uow.logout_notices.are_due(now):
                return 0
        with self._store.write(durable=False) as uow:
            notices = uow.logout_notices.claim(now, until=now + LEASE, limit=AT_ONCE)
        if notices:
            with ThreadPoolExecutor(len(notices), thread_name_prefix="gatepass-notice") as pool:
                list(pool.map(self._deliver, notices))
        return len(notices)

    def _deliver(self, notice: LogoutNotice) -> None:
        with self._store.look() as uow:
            client = uow.clients.by_id(notice.client_id)
        address = "" if client is None else client.metadata.backchannel_logout_uri
        if client is None or not address:  # it is gone, or no longer wants to know
            self._remove(notice)
            return
        try:
            token = self._tokens.issue(client, notice, now=whole_seconds(self._clock))
            status = self._outbound.post_form(address, {"logout_token": token})
        except (Unreachable, OperatorError) as error:
            self._failed(notice, str(error))
        else:
            if status in _TAKEN:
                self._remove(notice)
                _log.info(
                    "log_out_notice_delivered",
                    client_id=client.id,
                    session_id=notice.session_id,
                    status=status,
                    attempt=notice.attempts,
                )
            else:
                self._failed(notice, f"{shown_url(address)}: status {status}")

    def _remove(self, notice: LogoutNotice) -> None:
        with self._store.write(durable=False) as uow:
            uow.logout_notices.remove(notice.id)

    def _failed(self, notice: LogoutNotice, reason: str) -> None:
        now = whole_seconds(self._clock)
        pause = min(FIRST_PAUSE * 3 ** (notice.attempts - 1), LONGEST_PAUSE) * self._jitter()
        next_at = now + max(1, round(pause))
        gives_up = next_at > notice.created_at + GIVE_UP_AFTER
        _log.warning(
            "log_out_notice_given_up" if gives_up else "log_out_notice_failed",
            client_id=notice.client_id,
            session_id=notice.session_id,
            attempt=notice.attempts,
            reason=reason,
        )
        if not gives_up:
            with self._store.write(durable=False) as uow:
                uow.logout_notices.postpone(notice, next_at)
            return
        pen = self._audit.pen()
        with self._store.write() as uow:
            if uow.logout_notices.remove(notice.id):
                pen.note(
                    uow,
                    EventKind.LOG_OUT_NOTICE_GIVEN_UP,
                    actor=SYSTEM,
                    user_id=notice.user_id,
                    session_id=notice.session_id,
                    client_id=notice.client_id,
                    attempts=str(notice.attempts),
                )
