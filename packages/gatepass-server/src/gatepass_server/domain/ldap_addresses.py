"""Where an LDAP server is (RFC 4516, and the older ``ldaps``)."""

from dataclasses import dataclass
from urllib.parse import urlsplit

_PORTS = {"ldap": 389, "ldaps": 636}


@dataclass(frozen=True, slots=True)
class LdapAddress:
    """A host and a port; ``tls`` says that the connection begins with TLS."""

    host: str
    port: int
    tls: bool

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{'ldaps' if self.tls else 'ldap'}://{host}:{self.port}"


def parse_ldap_addresses(text: str) -> tuple[LdapAddress, ...]:
    """Read ``ldaps://host[:port]`` and ``ldap://host[:port]``, separated by blanks.

    Raises:
        ValueError: One sentence that says what is wrong.
    """
    return tuple(_parse(part) for part in text.split())


def _parse(text: str) -> LdapAddress:
    try:
        parts = urlsplit(text)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise ValueError(f"{text[:80]!r} is not an address such as ldaps://ldap.example.com.") from None
    if parts.scheme not in _PORTS or not host or port == 0 or not text.isascii():
        raise ValueError(f"{text[:80]!r} is not an address such as ldaps://ldap.example.com.")
    if "@" in parts.netloc or parts.path.strip("/") or parts.query or parts.fragment or "?" in text:
        raise ValueError(
            "an address has a host and a port and nothing else; what to look for is said by the other settings."
        )
    return LdapAddress(host, port or _PORTS[parts.scheme], parts.scheme == "ldaps")
