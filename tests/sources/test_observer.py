"""Metrics: whatever an observer does, no token feels it."""

import logging

import pytest

from gatepass.observer import guarded


class Broken:
    """Raises at every event."""

    def __init__(self, error: BaseException) -> None:
        self.error = error

    def count(self, event: str, seconds: float | None = None) -> None:  # noqa: ARG002 - the protocol's
        raise self.error


def test_what_an_observer_raises_is_logged_once_and_felt_by_nobody(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.WARNING, "gatepass")
    observer = guarded(Broken(KeyError("no such label")))
    for _ in range(3):
        observer.count("keys.hit")
    assert len(caplog.records) == 1


def test_stopping_the_program_is_no_fault_of_an_observer() -> None:
    with pytest.raises(KeyboardInterrupt):
        guarded(Broken(KeyboardInterrupt())).count("keys.hit")
