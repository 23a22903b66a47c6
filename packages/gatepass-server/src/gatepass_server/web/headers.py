"""Headers of every answer, and the log line of every request."""

import ipaddress
import re
import time
import uuid
from collections.abc import Callable

import structlog
from flask import Response, g, request
from flask.sansio.scaffold import Scaffold

from gatepass_server.observe.logs import get_logger
from gatepass_server.settings import Settings
from gatepass_server.web.body import limit_body

_log = get_logger(__name__)
_REQUEST_ID = re.compile(r"[A-Za-z0-9_.:-]{1,64}")


def install_headers(target: Scaffold, settings: Settings) -> None:
    """Give every request of ``target`` an id, limits and a log line, and every answer its headers."""
    target.before_request(_begin)
    target.after_request(_finish(settings.public_issuer.startswith("https://")))


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


def _begin() -> None:
    limit_body(request)
    offered = request.headers.get("X-Request-Id", "")
    g.gatepass_request_id = offered if _REQUEST_ID.fullmatch(offered) else str(uuid.uuid4())
    g.gatepass_started = time.perf_counter()
    structlog.contextvars.bind_contextvars(request_id=g.gatepass_request_id)


def _finish(is_https: bool) -> Callable[[Response], Response]:
    def finish(response: Response) -> Response:
        headers = response.headers
        headers.setdefault("Cache-Control", "no-store")
        headers.setdefault("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
        headers.setdefault("X-Content-Type-Options", "nosniff")
        headers.setdefault("Referrer-Policy", "no-referrer")
        if is_https:
            headers.setdefault("Strict-Transport-Security", "max-age=31536000")
        if (request_id := g.get("gatepass_request_id")) is not None:
            headers["X-Request-Id"] = request_id
            _log.info(
                "request",
                method=request.method,
                route=request.url_rule.rule if request.url_rule else None,
                status=response.status_code,
                milliseconds=round((time.perf_counter() - g.gatepass_started) * 1000, 1),
            )
        structlog.contextvars.unbind_contextvars("request_id")
        return response

    return finish
