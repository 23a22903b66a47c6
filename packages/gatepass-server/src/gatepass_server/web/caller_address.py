"""The address that a request comes from, behind proxies."""

import ipaddress
from collections.abc import Iterable


def caller_address(peer: str, forwarded: Iterable[str], trusted_proxies: int) -> str:
    """The IP address of the caller.

    With proxies in front, it is what the outermost trusted one appended to ``X-Forwarded-For``; what a caller
    writes into the header stands further left and is not believed.

    Args:
        peer: who is connected.
        forwarded: the values of ``X-Forwarded-For``.
        trusted_proxies: how many stand in front.
    """
    if trusted_proxies == 0:
        return peer
    route = [hop.strip() for line in forwarded for hop in line.split(",")]
    try:
        return str(ipaddress.ip_address(route[-trusted_proxies]))
    except (IndexError, ValueError):
        return peer
