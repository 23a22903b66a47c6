"""The endpoints: their addresses, and whether anybody is at home."""

from collections.abc import Iterator
from typing import Final
from urllib.parse import SplitResult

from gatepass.address import checked_url
from gatepass.errors import plain
from gatepass_server.doctor.findings import Finding, failed, passed, shown, skipped, warned
from gatepass_server.doctor.subject import Subject
from gatepass_server.doctor.visitor import Visit

_BY_GET: Final = ("authorization_endpoint", "userinfo_endpoint", "end_session_endpoint")
_BY_POST: Final = (
    "token_endpoint",
    "revocation_endpoint",
    "introspection_endpoint",
    "pushed_authorization_request_endpoint",
    "device_authorization_endpoint",
)
_ONLY_NAMED: Final = (
    "jwks_uri",
    "registration_endpoint",
    "check_session_iframe",
    "status_list_aggregation_endpoint",
)
"""Not asked here: the keys and the feed have checks of their own, and an open registration would make a client."""

_GUARDED: Final = {
    "userinfo_endpoint": "It tells about somebody without a token: refuse with 401 (OpenID Connect Core 5.3.3).",
    "introspection_endpoint": "Whoever asks must prove who they are (RFC 7662 section 2.1): refuse with 401.",
}
"""Those that must not answer a stranger."""


def check(subject: Subject) -> Iterator[Finding]:
    """Each one that the metadata name; none of the requests can change anything."""
    named = [name for name in (*_BY_GET, *_BY_POST, *_ONLY_NAMED) if name in subject.metadata]
    if not named:
        yield skipped("endpoints", "No endpoint is named.")
    for name in named:
        finding = _address(subject, name)
        yield finding
        address = subject.address(name)
        if address is None or name in _ONLY_NAMED or _is_sent_to_plain_http(subject, address):
            continue
        if name in _BY_GET:
            yield _presence(name, subject.visitor.get(address))
        else:
            form = b"token=gatepass-doctor" if name == "introspection_endpoint" else b""
            yield _presence(name, subject.visitor.post(address, form))


def _address(subject: Subject, name: str) -> Finding:
    check_name = f"endpoints.address.{name}"
    value = subject.metadata[name]
    address = subject.address(name)
    if address is None:
        advice = "Name an absolute https:// address there; clients refuse anything else."
        hides = isinstance(value, str) and "@" in value  # a password, perhaps, which is not repeated
        what = "holds a user name" if hides else f"is {shown(value)}"
        return failed(check_name, f"{name} {what}, which is no address for a client.", advice)
    if _is_sent_to_plain_http(subject, address):
        advice = "Name its https:// address: what is sent there can be read and changed on the way."
        return failed(check_name, f"{name} is plain http: {plain(address)}.", advice)
    if "#" in address:
        advice = "Take the fragment away (RFC 6749 sections 3.1 and 3.2)."
        return failed(check_name, f"{name} has a fragment: {plain(address)}.", advice)
    if _origin(checked_url(address)) != _origin(checked_url(subject.issuer)):
        return warned(
            check_name,
            f"{name} is on another origin: {plain(address)}.",
            "Right if that host is the issuer's own; wrong if a server behind a proxy tells its inner address.",
        )
    return passed(check_name, f"{name} is on the issuer's origin.")


def _presence(name: str, visit: Visit) -> Finding:
    check_name = f"endpoints.answers.{name}"
    if visit.status is None:
        advice = "Look whether the server listens there, and what a proxy hands on."
        return failed(check_name, f"{name} does not answer: {plain(visit.trouble)}.", advice)
    if visit.status in {404, 410}:
        advice = "Mend the address in the metadata, or have the proxy hand this path on."
        return failed(check_name, f"There is nothing at {name} (status {visit.status}).", advice)
    if visit.status >= 500:
        advice = "A request with nothing in it is the caller's fault (4xx): look into the server's log."
        return failed(check_name, f"{name} fails with status {visit.status}.", advice)
    if visit.status == 200 and name in _GUARDED:
        return failed(check_name, f"{name} answers a stranger with status 200.", _GUARDED[name])
    return passed(check_name, f"{name} answers (status {visit.status}).")


def _origin(parts: SplitResult) -> tuple[str, str, int]:
    return parts.scheme, parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)


def _is_sent_to_plain_http(subject: Subject, address: str) -> bool:
    return checked_url(address).scheme == "http" and not subject.issuer.startswith("http:")
