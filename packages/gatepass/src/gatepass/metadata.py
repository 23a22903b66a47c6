"""Where an issuer says that its keys lie (RFC 8414, OpenID Connect Discovery)."""

from __future__ import annotations

from typing import Any

from gatepass.address import checked_url
from gatepass.errors import quote


def metadata_urls(issuer: str) -> list[str]:
    """Where an issuer's metadata may lie, best place first.

    RFC 8414 section 3.1 puts the well-known part between host and path, OpenID Connect Discovery section 4 at
    the end of the path.

    Raises:
        ValueError: The issuer is not an address that may be fetched, or has a query or fragment (RFC 8414
            section 2).
    """
    parts = checked_url(issuer)
    if "?" in issuer or "#" in issuer:
        raise ValueError("An issuer's address has no query and no fragment.")
    path = parts.path.rstrip("/")
    base = f"{parts.scheme}://{parts.netloc}"
    return [
        f"{base}/.well-known/oauth-authorization-server{path}",
        f"{base}{path}/.well-known/openid-configuration",
    ]


def jwks_uri_of(metadata: dict[str, Any], issuer: str) -> str:
    """Return the address of an issuer's keys.

    Raises:
        ValueError: The metadata are another issuer's or name no address that may be fetched.
    """
    return _address_of(metadata, "jwks_uri", issuer)


def introspection_endpoint_of(metadata: dict[str, Any], issuer: str) -> str:
    """Return the address where an issuer is asked about tokens (RFC 8414 section 2).

    Raises:
        ValueError: The metadata are another issuer's or name no address that may be asked.
    """
    return _address_of(metadata, "introspection_endpoint", issuer)


def _address_of(metadata: dict[str, Any], name: str, issuer: str) -> str:
    # Whoever can put a document there must not speak for another issuer (RFC 8414 section 3.3).
    if metadata.get("issuer") != issuer:
        raise ValueError(f"names the issuer {quote(metadata.get('issuer'))}, not {quote(issuer)}")
    address = metadata.get(name)
    if not isinstance(address, str):
        raise ValueError(f"has no {name}")  # noqa: TRY004 - the document is wrong, not a Python type
    # Only an issuer on this very machine may send to plain http, which is for this machine: another one would
    # choose what is asked of the programs here.
    if checked_url(address).scheme == "http" and not issuer.startswith("http:"):
        raise ValueError(f"names a {name} with plain http")
    return address
