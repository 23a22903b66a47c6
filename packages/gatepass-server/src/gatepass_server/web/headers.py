"""Headers of every answer, and the log line of every request."""

import time
from collections.abc import Callable, Mapping
from contextvars import Token
from dataclasses import dataclass
from typing import Any

import structlog
from flask import Response, request
from flask.sansio.scaffold import Scaffold

from gatepass_server.observe.request_log import log_request
from gatepass_server.settings import Settings
from gatepass_server.web.body import limit_body
from gatepass_server.web.caller_address import caller_address
from gatepass_server.web.request_ids import request_id_for
from gatepass_server.web.usual_headers import usual_headers

_BEGUN = "gatepass_begun"


@dataclass(slots=True)
class _Begun:
    """What is known of a request when it begins; ``bound`` gives back what its log lines were bound to before."""

    request_id: str
    at: float
    bound: Mapping[str, Token[Any]]


def install_headers(target: Scaffold, settings: Settings) -> None:
    """Give every request of ``target`` an id, limits and a log line, and every answer its headers."""
    target.before_request(_begin)
    target.after_request(_finish(settings.public_issuer.startswith("https://")))
    target.teardown_request(_unbind)  # where a hook of the host program failed before ours


def client_address(trusted_proxies: int) -> str:
    """The IP address of the caller."""
    return caller_address(
        request.remote_addr or "", request.headers.getlist("X-Forwarded-For"), trusted_proxies
    )


def request_id() -> str:
    """The id of the request: the caller's if it is fit, otherwise one of ours."""
    begun: _Begun | None = getattr(request, _BEGUN, None)
    return "" if begun is None else begun.request_id


def _begin() -> None:
    limit_body(request)
    chosen = request_id_for(request.headers.get("X-Request-Id", ""))
    bound = structlog.contextvars.bind_contextvars(request_id=chosen)
    # On the request, not on flask.g: that one belongs to the application context, which several may share.
    setattr(request, _BEGUN, _Begun(chosen, time.perf_counter(), bound))


def _unbind(_: object = None) -> None:
    """Once: a host program may have bound a ``request_id`` of its own, which is there again afterwards."""
    begun: _Begun | None = getattr(request, _BEGUN, None)
    if begun is not None and begun.bound:
        structlog.contextvars.reset_contextvars(**begun.bound)
        begun.bound = {}


def _finish(is_https: bool) -> Callable[[Response], Response]:
    usual = usual_headers(is_https=is_https)

    def finish(response: Response) -> Response:
        headers = response.headers
        for name, value in usual:
            headers.setdefault(name, value)
        begun: _Begun | None = getattr(request, _BEGUN, None)
        if begun is not None:
            headers["X-Request-Id"] = begun.request_id
            log_request(
                request.method,
                request.url_rule.rule if request.url_rule else None,
                response.status_code,
                time.perf_counter() - begun.at,
                begun.request_id,
            )
        _unbind()
        return response

    return finish
