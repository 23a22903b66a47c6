"""The checks, in order."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from gatepass.address import checked_url
from gatepass_server.doctor import (
    address,
    algorithms,
    browsers,
    caching,
    client_authentication,
    clocks,
    discovery,
    endpoints,
    feed,
    keys,
    latency,
    members,
    sign_in,
    tls,
)
from gatepass_server.doctor.findings import Finding, skipped
from gatepass_server.doctor.subject import Subject
from gatepass_server.doctor.visitor import Visitor

Check = Callable[[Subject], Iterator[Finding]]


@dataclass(frozen=True, slots=True)
class Group:
    """Checks of one thing.

    Attributes:
        title: What they are about.
        findings: In order.
    """

    title: str
    findings: tuple[Finding, ...]


_WITHOUT_METADATA: tuple[tuple[str, Check], ...] = (
    ("TLS", tls.check),
    ("Discovery", discovery.check),
)
_OF_METADATA: tuple[tuple[str, Check], ...] = (
    ("Metadata", members.check),
    ("Endpoints", endpoints.check),
    ("Keys", keys.check),
    ("Algorithms", algorithms.check),
    ("Sign-in", sign_in.check),
    ("Client authentication", client_authentication.check),
    ("Caching", caching.check),
    ("Browser apps", browsers.check),
    ("Clock", clocks.check),
    ("Revocation feed", feed.check),
    ("Speed", latency.check),
)


def examine(issuer: str, visitor: Visitor) -> Iterator[Group]:
    """Look at an issuer, group by group; it takes no longer than the visitor may, and raises nothing.

    Args:
        issuer: As a client would be given it.
        visitor: Makes the requests.
    """
    found = tuple(address.check(issuer))
    yield Group("Address", found)
    if not address.may_be_asked(issuer):
        return
    subject = _meet(issuer, visitor)
    for title, check in _WITHOUT_METADATA:
        yield Group(title, tuple(check(subject)))
    if not subject.metadata:
        why = "There is no metadata, so nothing else can be looked at."
        yield Group("Metadata", (skipped("metadata", why),))
        return
    for title, check in _OF_METADATA:
        yield Group(title, tuple(check(subject)))


def _meet(issuer: str, visitor: Visitor) -> Subject:
    documents = discovery.fetch(issuer, visitor)
    metadata = discovery.first_object(documents.values())
    known = Subject(issuer, visitor, documents, metadata)
    uri = known.address("jwks_uri")
    # As clients do: an issuer elsewhere does not send them to plain http, which is for this machine.
    if uri is None or (checked_url(uri).scheme == "http" and not issuer.startswith("http:")):
        return known
    return Subject(issuer, visitor, documents, metadata, visitor.get(uri))
