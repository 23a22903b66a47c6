"""Headers of every answer, and the log line of every request."""

import ipaddress
import re
import time
import uuid
from collections.abc import Callable, Mapping
from contextvars import Token
from dataclasses import dataclass
from typing import Any

import structlog
from flask import Response, request
from flask.sansio.scaffold import Scaffold

from gatepass_server.observe.logs import get_logger
from gatepass_server.settings import Settings
from gatepass_server.web.body import limit_body

_log = get_logger(__name__)
_REQUEST_ID = re.compile(r"[A-Za-z0-9_.:-]{1,64}")
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
    """The IP address of the caller.

    With proxies in front, it is what the outermost trusted one appended to ``X-Forwarded-For``; what a caller
    writes into the header stands further left and is not believed.
    """
    peer = request.remote_addr or ""
    if trusted_proxies == 0:
        return peer
    route = [hop.strip() for line in request.headers.getlist("X-Forwarded-For") for hop in line.split(",")]
    try:
        return str(ipaddress.ip_address(route[-trusted_proxies]))
    except (IndexError, ValueError):
        return peer


def request_id() -> str:
    """The id of the request: the caller's if it is fit, otherwise one of ours."""
    begun: _Begun | None = getattr(request, _BEGUN, None)
    return "" if begun is None else begun.request_id


def _begin() -> None:
    limit_body(request)
    offered = request.headers.get("X-Request-Id", "")
    chosen = offered if _REQUEST_ID.fullmatch(offered) else str(uuid.uuid4())
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
    def finish(response: Response) -> Response:
        headers = response.headers
        headers.setdefault("Cache-Control", "no-store")
        headers.setdefault("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
        headers.setdefault("X-Content-Type-Options", "nosniff")
        headers.setdefault("Referrer-Policy", "no-referrer")
        if is_https:
            headers.setdefault("Strict-Transport-Security", "max-age=31536000")
        begun: _Begun | None = getattr(request, _BEGUN, None)
        if begun is not None:
            headers["X-Request-Id"] = begun.request_id
            _log.info(
                "request",
                method=request.method,
                route=request.url_rule.rule if request.url_rule else None,
                status=response.status_code,
                milliseconds=round((time.perf_counter() - begun.at) * 1000, 1),
            )
        _unbind()
        return response

    return finish
