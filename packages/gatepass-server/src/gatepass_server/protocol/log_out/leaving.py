"""Leaving: the end of a sign-in, and what its programs are told of it in the browser."""

from collections.abc import Sequence

from gatepass_server.accounts.log_out import LogOut
from gatepass_server.domain.clock import Clock, whole_seconds
from gatepass_server.protocol.log_out.front_channel import frames_of
from gatepass_server.store.ports import LiveSession, Store


class Leaving:
    """Ends sign-ins of a browser; behind it, programs are told by ``Deliveries``."""

    def __init__(self, store: Store, log_out: LogOut, clock: Clock, *, issuer: str) -> None:
        self._store = store
        self._log_out = log_out
        self._clock = clock
        self._issuer = issuer

    def __call__(self, live: LiveSession, *, address: str = "", request_id: str = "") -> Sequence[str]:
        """End the sign-in, and the grants that came of it unless they outlive it.

        Args:
            live: the sign-in.
            address: the IP address of the browser, for the audit log.
            request_id: of the request.

        Returns:
            The addresses that the signed-out page is to load in frames (see ``frames_of``).
        """
        now = whole_seconds(self._clock)
        with self._store.read() as uow:
            frames = frames_of(uow, live.session, issuer=self._issuer, now=now)
        self._log_out.current(live, address=address, request_id=request_id)
        return frames
