"""``/healthz``, ``/readyz`` and ``/openapi.json``: for whoever runs or calls the server."""

from collections.abc import Callable
from typing import Any

from flask import Response

from gatepass import Signer
from gatepass_server.domain.errors import GatepassError
from gatepass_server.observe.logs import get_logger
from gatepass_server.store.ports import Store
from gatepass_server.web.answers import json_answer
from gatepass_server.web.problems import problem
from gatepass_server.web.schema import PROBLEM, json_of, object_of, operation

_log = get_logger(__name__)
_STATUS = json_of(object_of(status={"type": "string"}))
HEALTH = operation("Is the process alive?", answers={200: ("It answers.", _STATUS)})
READY = operation(
    "Can it serve? The database answers, its schema fits and a key can sign",
    answers={200: ("It can.", _STATUS), 503: ("It cannot; the log says why.", PROBLEM)},
)
OPENAPI = operation("This document", answers={200: ("OpenAPI 3.1.", json_of({"type": "object"}))})


class OperationEndpoint:
    """Answers load balancers and people with a browser."""

    def __init__(self, store: Store, signer: Callable[[], Signer], document: dict[str, Any]) -> None:
        self._store = store
        self._signer = signer
        self._document = document

    def health(self) -> Response:
        """200 while the process answers at all."""
        return json_answer({"status": "ok"})

    def ready(self) -> Response:
        """200 when a request could be served, else 503."""
        try:
            self._store.check_ready()
            self._signer()
        except GatepassError as error:
            _log.warning("not ready", reason=error.reason or error.message)
            return problem(503, "not_ready", "The server cannot serve now.", headers={"Retry-After": "5"})
        return json_answer({"status": "ready"})

    def openapi(self) -> Response:
        """200 with the description of every endpoint."""
        return json_answer(self._document)
