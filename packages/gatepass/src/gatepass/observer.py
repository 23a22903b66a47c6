"""What happens inside, told to whoever keeps metrics."""

from __future__ import annotations

import logging
from typing import Final, Protocol

_log = logging.getLogger("gatepass")


class Observer(Protocol):
    """Is told of events. It is called on the way of requests, from any thread, so it must be quick.

    The events of a verifier: ``token.remembered`` (a token whose signature was not computed again). Of a source of
    keys: ``keys.hit`` and ``keys.missed`` (the key of a token was known, or was not), ``keys.unknown`` (it was not
    found after all), ``keys.fetched``, ``keys.failed``. Of the revocation feed: ``status.fetched``,
    ``status.unchanged``, ``status.failed``. How long each took comes with those that take time.
    """

    def count(self, event: str, seconds: float | None = None) -> None:
        """Take note of an event.

        Args:
            event: Its name, one of a fixed few.
            seconds: How long it took, where it is something that takes time.
        """
        ...


class _Silent:
    def count(self, event: str, seconds: float | None = None) -> None:
        """Take no note."""


SILENT: Final[Observer] = _Silent()
"""Is told everything and keeps nothing."""


class _Guarded:
    def __init__(self, observer: Observer) -> None:
        self._observer = observer
        self._complained = False

    def count(self, event: str, seconds: float | None = None) -> None:
        try:
            self._observer.count(event, seconds)
        except Exception:  # noqa: BLE001 - counting must never keep anybody out, whatever a program's own counter raises
            if not self._complained:
                self._complained = True
                _log.exception("the observer failed at %s; further failures are not told", event)


def guarded(observer: Observer) -> Observer:
    """Wrap an observer so that what it raises is logged once and goes no further."""
    return _Guarded(observer)
