"""What stands around every direct endpoint: an id, the usual headers, a log line, and what becomes of errors."""

import time
from collections.abc import Sequence
from functools import partial
from typing import Protocol

import structlog

from gatepass_server.domain.errors import GatepassError
from gatepass_server.observe.request_log import log_request
from gatepass_server.store.ports.patience import owes
from gatepass_server.web.direct.lanes import Lane
from gatepass_server.web.direct.request import DirectRequest
from gatepass_server.web.errors import answer_fault, answer_refusal
from gatepass_server.web.plain_answer import PlainAnswer, of_flask
from gatepass_server.web.request_ids import request_id_for


class Endpoint(Protocol):
    """Answers requests at one address."""

    def __call__(self, request: DirectRequest, request_id: str, /) -> PlainAnswer | None:
        """The answer; None where the request is unusual, and nothing was done yet."""
        ...

    def lane(self, request: DirectRequest) -> Lane:
        """Where it is to be answered."""
        ...


class Answering:
    """One endpoint, with all that an answer needs.

    Args:
        endpoint: answers.
        usual: headers of every answer that does not say otherwise.
    """

    def __init__(self, endpoint: Endpoint, usual: Sequence[tuple[str, str]]) -> None:
        self._endpoint = endpoint
        self._usual = usual
        self.lane = endpoint.lane

    def __call__(self, request: DirectRequest) -> PlainAnswer | None:
        """The answer, or None where Flask is to answer."""
        begun = time.perf_counter()
        request_id = request_id_for(request.headers.get("x-request-id", ""))
        bound = structlog.contextvars.bind_contextvars(request_id=request_id)
        try:
            answer = self._answer(request, request_id)
        finally:
            structlog.contextvars.reset_contextvars(**bound)
        if answer is None:
            return None
        self._complete(answer, request_id)
        if owes():
            answer.settle = partial(self._settle, request, request_id, begun)
        else:
            log_request(request.method, request.path, answer.status, time.perf_counter() - begun, request_id)
        return answer

    def _answer(self, request: DirectRequest, request_id: str) -> PlainAnswer | None:
        try:
            return self._endpoint(request, request_id)
        except Exception as error:  # noqa: BLE001 - a fault of ours is logged, and told as one
            return _of_error(error)

    def _complete(self, answer: PlainAnswer, request_id: str) -> None:
        said = {name for name, _ in answer.headers}
        answer.headers += [one for one in self._usual if one[0] not in said]
        answer.headers += (("X-Request-Id", request_id), ("Content-Length", str(len(answer.body))))

    def _settle(
        self,
        request: DirectRequest,
        request_id: str,
        begun: float,
        answer: PlainAnswer,
        error: Exception | None,
    ) -> PlainAnswer:
        """See ``PlainAnswer.settle``. The log tells of what is sent."""
        if error is not None:
            with structlog.contextvars.bound_contextvars(request_id=request_id):
                answer = _of_error(error)
            self._complete(answer, request_id)
        log_request(request.method, request.path, answer.status, time.perf_counter() - begun, request_id)
        return answer


def _of_error(error: Exception) -> PlainAnswer:
    return of_flask(answer_refusal(error) if isinstance(error, GatepassError) else answer_fault(error))
