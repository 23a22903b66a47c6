"""A door before a WSGI application, where direct endpoints answer first, as the standalone server has one."""

from collections.abc import Iterable, Mapping
from http import HTTPStatus
from io import BytesIO
from typing import TYPE_CHECKING, Any

from gatepass_server.store.ports.patience import WithoutWaiting, WouldWait, take_owed
from gatepass_server.web.direct.lanes import Lane
from gatepass_server.web.direct.placed import Placed
from gatepass_server.web.direct.request import DirectRequest
from gatepass_server.web.plain_answer import PlainAnswer

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication

_ALONE = ("HTTP_AUTHORIZATION", "HTTP_DPOP")
"""Headers that hold no comma unless they were sent twice: WSGI has joined those."""


class DirectDoor:
    """WSGI: asks the direct endpoint of an address, if there is one, and then the application."""

    def __init__(self, application: "WSGIApplication", direct: Mapping[tuple[str, str], Placed]) -> None:
        self._application = application
        self._direct = direct

    def __call__(self, environ: dict[str, Any], start_response: "StartResponse") -> Iterable[bytes]:
        """Answer a request."""
        endpoint = self._direct.get((environ["REQUEST_METHOD"], environ["PATH_INFO"]))
        if endpoint is None or any("," in environ.get(name, "") for name in _ALONE):
            return self._application(environ, start_response)
        length = environ.get("CONTENT_LENGTH")
        body = environ["wsgi.input"].read(int(length)) if length else b""
        environ["wsgi.input"] = BytesIO(body)
        answer = _answer(endpoint, _request(environ, body))
        if answer is None:
            return self._application(environ, start_response)
        start_response(f"{answer.status} {HTTPStatus(answer.status).phrase}", answer.headers)
        return [answer.body]


def _answer(endpoint: Placed, request: DirectRequest) -> PlainAnswer | None:
    """As the event loop answers, where it would, and as a thread does where that would wait."""
    if endpoint.lane(request) is Lane.LOOP:
        try:
            with WithoutWaiting():
                answer = endpoint(request)
            owed = take_owed()
            if owed is None:
                return answer
            owed.wait()
        except WouldWait:
            return endpoint(request)
        return answer.settle(answer, None) if answer is not None and answer.settle is not None else answer
    return endpoint(request)


def _request(environ: Mapping[str, Any], body: bytes) -> DirectRequest:
    headers = {
        name.removeprefix("HTTP_").replace("_", "-").lower(): value
        for name, value in environ.items()
        if name.startswith("HTTP_") or (name in {"CONTENT_TYPE", "CONTENT_LENGTH"} and value)
    }
    return DirectRequest(
        method=environ["REQUEST_METHOD"],
        path=environ["PATH_INFO"],
        query=environ.get("QUERY_STRING", ""),
        headers=headers,
        body=body,
        peer=environ.get("REMOTE_ADDR", ""),
    )
