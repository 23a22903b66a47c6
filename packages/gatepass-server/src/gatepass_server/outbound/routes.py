"""From a place to the IP addresses that may be connected to: looked up once, every one of them judged."""

import ipaddress
import socket
from collections.abc import Callable, Sequence

from gatepass_server.domain.allowed_places import Address, AllowedPlaces
from gatepass_server.outbound.addresses import refusal
from gatepass_server.outbound.errors import Forbidden, Unreachable
from gatepass_server.outbound.places import Place

Resolver = Callable[[str], Sequence[str]]
"""The addresses of a name, as texts; raises OSError where there are none. It blocks."""

MAX_ADDRESSES = 8
"""Addresses of one name that are tried."""

_LINK_LOCAL = (ipaddress.ip_network("169.254.0.0/16"), ipaddress.ip_network("fe80::/10"))


def system_resolver(host: str) -> Sequence[str]:
    """Ask the system, as every program does."""
    return [str(answer[4][0]) for answer in socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)]


def find_route(place: Place, allowed: AllowedPlaces, resolver: Resolver) -> Sequence[Address]:
    """Return the addresses to connect to. Whoever connects to them asks no resolver again (DNS rebinding).

    One address that is refused is enough: a name that leads to a public and to a private address is a trap.

    Raises:
        Forbidden: The name leads where this server does not go, or the port is another than its scheme's.
        Unreachable: The name leads nowhere.
    """
    try:
        texts = resolver(place.host)
    except (OSError, UnicodeError):  # what no resolver can encode
        raise Unreachable(f"{place.shown}: its host has no address") from None
    addresses = list(dict.fromkeys(_read(place, text) for text in texts))
    if not addresses:
        raise Unreachable(f"{place.shown}: its host has no address")
    named = allowed.names(place.host)
    for address in addresses:
        _judge(place, address, allowed, named=named)
    return addresses[:MAX_ADDRESSES]


def _judge(place: Place, address: Address, allowed: AllowedPlaces, *, named: bool) -> None:
    # Where clouds tell a machine its credentials: who allows a host by its name did not mean that.
    is_link_local = any(address in network for network in _LINK_LOCAL)
    if allowed.holds(address) or (named and not is_link_local):
        return
    kind = refusal(address)
    if kind is not None:
        raise Forbidden(
            f"{place.shown}: {address} is not a public address ({kind}); the setting outbound_allow can allow it"
        )
    if not place.has_default_port:
        raise Forbidden(
            f"{place.shown}: port {place.port} is not that of its scheme; the setting outbound_allow can allow the host"
        )


def _read(place: Place, text: str) -> Address:
    try:
        return ipaddress.ip_address(text)
    except ValueError:
        raise Unreachable(f"{place.shown}: its host has no address that can be read") from None
