"""Public documents: the metadata of the house, and its keys."""

from collections.abc import Callable

from flask import Response

from gatepass_server.domain.clock import Clock
from gatepass_server.keys.ring import KeyRing
from gatepass_server.web.direct.lanes import Lane
from gatepass_server.web.direct.request import DirectRequest
from gatepass_server.web.plain_answer import PlainAnswer, of_flask

_DOCUMENT_SECONDS = 1

_SOONER = 0.1
"""Seconds before a document is stale in which it is told by a thread already: the event loop never makes one anew."""


class DirectDocument:
    """A public document that changes only with the keys: it is made anew every second, and when they are reread.

    Args:
        view: makes it, as in ``web/api/discovery.py``.
        ring: has the keys.
        clock: seconds since the epoch.
    """

    def __init__(self, view: Callable[[], Response], ring: KeyRing, clock: Clock) -> None:
        self._view = view
        self._ring = ring
        self._clock = clock
        self._made: tuple[float, object, PlainAnswer] | None = None

    def __call__(self, request: DirectRequest, request_id: str) -> PlainAnswer | None:  # noqa: ARG002 - see ``Endpoint``
        """See ``Endpoint``."""
        made = self._made
        if made is None or self._is_stale():
            answer = of_flask(self._view())  # which rereads the keys, if it must
            made = self._made = (self._clock(), self._ring.fresh(), answer)
        kept = made[2]
        return PlainAnswer(kept.status, list(kept.headers), kept.body)

    def lane(self, request: DirectRequest) -> Lane:  # noqa: ARG002 - see ``Endpoint``
        """See ``Endpoint.lane``: the event loop has what is fresh, and still is when it is asked for."""
        return Lane.ANY if self._is_stale(sooner=_SOONER) else Lane.LOOP

    def _is_stale(self, *, sooner: float = 0.0) -> bool:
        """Whether it is to be made anew, for which the keys may have to be read."""
        made = self._made
        if made is None or not 0 <= self._clock() - made[0] < _DOCUMENT_SECONDS - sooner:
            return True
        keys = self._ring.fresh(sooner=sooner)
        return keys is None or keys is not made[1]
