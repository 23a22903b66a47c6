"""Asking the issuer, with an end to all patience."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from gatepass.fetch import MAX_BYTES, Answer, FetchError, get, post_form
from gatepass.strict_json import decode_object

_EACH_SECONDS: Final = 5.0
_LEAST_SECONDS: Final = 0.05
"""With less time left nothing is asked any more."""


@dataclass(frozen=True, slots=True)
class Visit:
    """One request and what came of it.

    Attributes:
        url: What was asked.
        answer: The answer, where its status is 200.
        status: Its status; ``None`` where no answer came.
        trouble: Why there is no answer to use; empty where there is one.
        seconds: How long it took, with looking up the name and connecting.
        ended_at: When it was complete, in seconds since the epoch by the clock of this machine.
    """

    url: str
    answer: Answer | None
    status: int | None
    trouble: str
    seconds: float
    ended_at: float

    @property
    def headers(self) -> Mapping[str, str]:
        """Those of the answer, by their names in lower case; none where there is no answer."""
        return {} if self.answer is None else self.answer.headers

    def members(self) -> dict[str, Any]:
        """The JSON object that came.

        Raises:
            ValueError: There is none, with the reason.
        """
        if self.answer is None:
            raise ValueError(self.trouble)
        return decode_object(self.answer.body)


class Visitor:
    """Makes requests until its time is up: after that, each fails at once.

    Args:
        seconds: For all requests together.
        ca_file: The certificates (PEM) of the only authorities that are believed; without it, those of the system.
        clock: Seconds since the epoch.
        monotonic: Seconds of a clock that never goes back.

    Attributes:
        visits: Every request so far.
    """

    def __init__(
        self,
        seconds: float,
        *,
        ca_file: Path | None = None,
        clock: Callable[[], float] = time.time,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._end = monotonic() + seconds
        self.ca_file = ca_file
        self.clock = clock
        self._monotonic = monotonic
        self.visits: list[Visit] = []

    def patience(self) -> float:
        """Seconds that the next request may take; 0 when the time for all is up."""
        left = min(_EACH_SECONDS, self._end - self._monotonic())
        return left if left >= _LEAST_SECONDS else 0.0

    def get(self, url: str, headers: Mapping[str, str] | None = None) -> Visit:
        """Fetch an address; it never raises."""
        asked = {"Accept": "application/json", **(headers or {})}
        return self._visit(
            url, lambda seconds: get(url, asked, timeout=seconds, max_bytes=MAX_BYTES, ca_file=self.ca_file)
        )

    def post(self, url: str, form: bytes) -> Visit:
        """Send a form to an address; it never raises. Of an answer with status 200 the body is not kept."""

        def send(seconds: float) -> Answer:
            post_form(url, form, {}, timeout=seconds, max_bytes=MAX_BYTES, ca_file=self.ca_file)
            return Answer(200, {}, b"")

        return self._visit(url, send)

    def _visit(self, url: str, ask: Callable[[float], Answer]) -> Visit:
        patience = self.patience()
        if not patience:
            return Visit(
                url, None, None, f"{url} was not asked: the time for all checks is up", 0.0, self.clock()
            )
        began = self._monotonic()
        answer, status, trouble = None, None, ""
        try:
            answer = ask(patience)
            status = answer.status
        except FetchError as error:
            status, trouble = error.status, str(error)
        visit = Visit(url, answer, status, trouble, self._monotonic() - began, self.clock())
        self.visits.append(visit)
        return visit
