"""Places beside the public internet that the operator lets the server reach."""

import ipaddress
import re
from dataclasses import dataclass

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

_NAME = re.compile(r"[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?)*")
_NUMBERS = re.compile(r"(0x[0-9a-f]*|[0-9]+)(\.(0x[0-9a-f]*|[0-9]+))*")


@dataclass(frozen=True, slots=True)
class AllowedPlaces:
    """The hosts and networks of the setting ``outbound_allow``.

    Attributes:
        hosts: Names, in lower case: each may be at any address.
        networks: Addresses that any name may have.
    """

    hosts: frozenset[str] = frozenset()
    networks: tuple[Network, ...] = ()

    def names(self, host: str) -> bool:
        """Whether a host is allowed by its name."""
        return host in self.hosts

    def holds(self, address: Address) -> bool:
        """Whether an address lies in a network that is allowed."""
        return any(address in network for network in self.networks)


NOWHERE = AllowedPlaces()
"""Nothing beside the public internet."""


def parse_allowed_places(text: str) -> AllowedPlaces:
    """Read hosts, addresses and networks (``10.0.0.0/8``), separated by blanks or commas.

    Raises:
        ValueError: One sentence that names the part that is none of them.
    """
    hosts: set[str] = set()
    networks: list[Network] = []
    for part in text.replace(",", " ").lower().split():
        network = _network(part)
        if network is not None:
            networks.append(network)
        elif _NAME.fullmatch(part) and not _NUMBERS.fullmatch(part):
            hosts.add(part)
        else:
            raise ValueError(
                f"{part[:80]!r} is neither the name of a host, nor an address, nor a network such as 10.0.0.0/8 "
                "(with no bits beyond its length); no port and no wildcard."
            )
    return AllowedPlaces(frozenset(hosts), tuple(networks))


def _network(part: str) -> Network | None:
    try:
        return ipaddress.ip_network(part)
    except ValueError:
        return None
