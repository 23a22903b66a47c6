"""Which IP addresses are public: everything else belongs to this machine, its neighbours or nobody.

``ipaddress.is_global`` alone does not do: it takes multicast for global, its answers differ between versions of
Python, and it does not look into addresses that stand for another one (RFC 6052, RFC 3056, RFC 4380).
"""

import ipaddress
from typing import Final

from gatepass_server.domain.allowed_places import Address

_Networks = tuple[tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, str], ...]

_REFUSED_4: Final[_Networks] = tuple(
    (ipaddress.IPv4Network(network), kind)
    for network, kind in (
        ("0.0.0.0/8", "this network"),
        ("10.0.0.0/8", "private"),
        ("100.64.0.0/10", "carrier-grade NAT"),
        ("127.0.0.0/8", "loopback"),
        ("168.63.129.16/32", "the machine's host at a cloud"),
        ("169.254.0.0/16", "link-local"),
        ("172.16.0.0/12", "private"),
        ("192.0.0.0/24", "for protocols"),
        ("192.0.2.0/24", "documentation"),
        ("192.31.196.0/24", "AS112"),
        ("192.52.193.0/24", "AMT"),
        ("192.88.99.0/24", "6to4 relay"),
        ("192.168.0.0/16", "private"),
        ("192.175.48.0/24", "AS112"),
        ("198.18.0.0/15", "benchmarks"),
        ("198.51.100.0/24", "documentation"),
        ("203.0.113.0/24", "documentation"),
        ("224.0.0.0/4", "multicast"),
        ("240.0.0.0/4", "reserved"),
    )
)
"""The registry of special-purpose addresses (RFC 6890), multicast, and one address of a cloud."""

_GLOBAL_UNICAST: Final = ipaddress.IPv6Network("2000::/3")
"""Where public IPv6 addresses are given out (RFC 4291 section 2.4, IANA); all others are something else."""

_REFUSED_6: Final[_Networks] = tuple(
    (ipaddress.IPv6Network(network), kind)
    for network, kind in (
        ("2001::/23", "for protocols, Teredo among them"),
        ("2001:db8::/32", "documentation"),
        ("2002::/16", "6to4, another address within"),
        ("2620:4f:8000::/48", "AS112"),
        ("3fff::/20", "documentation"),
    )
)

_KINDS_6: Final[_Networks] = tuple(
    (ipaddress.IPv6Network(network), kind)
    for network, kind in (
        ("::/128", "unspecified"),
        ("::1/128", "loopback"),
        ("::ffff:0:0/96", "an IPv4 address within"),
        ("::/96", "an IPv4 address within"),
        ("64:ff9b::/96", "NAT64, an IPv4 address within"),
        ("64:ff9b:1::/48", "NAT64, an IPv4 address within"),
        ("fc00::/7", "private"),
        ("fe80::/10", "link-local"),
        ("fec0::/10", "site-local"),
        ("ff00::/8", "multicast"),
    )
)
"""Only names for what lies outside ``2000::/3`` and is refused in any case."""


def refusal(address: Address) -> str | None:
    """Why an address is not public, in a word or two; None if it is."""
    if isinstance(address, ipaddress.IPv4Address):
        return _kind(address, _REFUSED_4)
    if address.scope_id is not None:
        return "of one network card"
    if address not in _GLOBAL_UNICAST:
        return _kind(address, _KINDS_6) or "reserved"
    return _kind(address, _REFUSED_6)


def _kind(address: Address, networks: _Networks) -> str | None:
    return next((kind for network, kind in networks if address in network), None)
