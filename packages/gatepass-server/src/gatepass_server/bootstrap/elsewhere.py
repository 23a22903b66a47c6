"""The ways out of the house: to addresses that others name, and to other houses."""

from dataclasses import replace
from pathlib import Path

from gatepass_server.domain.allowed_places import parse_allowed_places
from gatepass_server.domain.upstreams import Upstream
from gatepass_server.outbound.client import Outbound
from gatepass_server.settings import Settings
from gatepass_server.settings.issuer import is_loopback
from gatepass_server.upstream.providers import hosts_of

_UPSTREAM_AT_ONCE = 16
"""Requests to one other house, of each process."""
_UPSTREAM_SECONDS = 8.0
"""For one such request, while a person waits."""


def outbound_of(settings: Settings, slots: int) -> Outbound:
    """To addresses that programs name; ``slots`` requests at once."""
    return Outbound(
        slots=slots,
        allowed=parse_allowed_places(settings.outbound_allow),
        plain_http=settings.outbound_insecure,
        authorities=Path(settings.outbound_ca_file) if settings.outbound_ca_file else None,
    )


def outbound_to(settings: Settings, upstream: Upstream) -> Outbound:
    """To a house that the operator named: its own hosts may be anywhere, and plain where all of them are."""
    allowed = parse_allowed_places(settings.outbound_allow)
    hosts = hosts_of(upstream)
    return Outbound(
        slots=_UPSTREAM_AT_ONCE,
        allowed=replace(allowed, hosts=allowed.hosts | hosts),
        plain_http=settings.outbound_insecure or all(map(is_loopback, hosts)),
        authorities=Path(settings.outbound_ca_file) if settings.outbound_ca_file else None,
        timeout=_UPSTREAM_SECONDS,
    )
