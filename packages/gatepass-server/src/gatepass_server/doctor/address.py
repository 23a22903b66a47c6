"""The issuer's own address (RFC 8414 section 2)."""

from collections.abc import Iterator

from gatepass.address import checked_url
from gatepass.errors import plain
from gatepass.metadata import metadata_urls
from gatepass_server.doctor.findings import Finding, failed, passed

_WELL_KNOWN = "/.well-known/"


def may_be_asked(issuer: str) -> bool:
    """Whether any client would ask it."""
    try:
        metadata_urls(issuer)
    except ValueError:
        return False
    return _WELL_KNOWN not in issuer


def check(issuer: str) -> Iterator[Finding]:
    """Whether it is an address that an issuer can have."""
    if _WELL_KNOWN in issuer:
        yield failed(
            "address.form",
            f"{plain(issuer)} is the address of a document, not of an issuer.",
            f"Give the issuer alone: {plain(issuer.partition(_WELL_KNOWN)[0])}",
        )
        return
    try:
        metadata_urls(issuer)
    except ValueError as error:
        yield failed(
            "address.form",
            plain(error),
            "An issuer is an https:// address without query and fragment (RFC 8414 section 2); clients refuse others.",
        )
        return
    if checked_url(issuer).scheme == "http":
        yield passed("address.form", "It is plain http to this machine, which is for development.")
    else:
        yield passed("address.form", "It is an https address without query and fragment.")
