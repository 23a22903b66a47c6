"""The revocation feed (draft-ietf-oauth-status-list-21): reachable, signed, fresh."""

from collections.abc import Iterator, Sequence
from typing import Final

from gatepass import Key, TokenError
from gatepass.address import checked_url
from gatepass.errors import plain
from gatepass.keys import ASYMMETRIC_ALGORITHMS
from gatepass.sources import NamedKeys
from gatepass.status.answer import NoListError
from gatepass.status.fetching import fetch_list
from gatepass.status.list_token import ListReader, SignedList
from gatepass.status.policy import StatusPolicy
from gatepass_server.doctor.findings import Finding, failed, passed, shown, skipped, warned
from gatepass_server.doctor.keys import published
from gatepass_server.doctor.subject import Subject

_MEMBER: Final = "status_list_aggregation_endpoint"
_MOST_LISTS: Final = 3
_SLACK: Final = 60.0
"""Seconds beyond its ``ttl`` that a list may be old: caches, and clocks that differ."""


def check(subject: Subject) -> Iterator[Finding]:
    """The lists that the aggregation names (section 9.3), or the first few of them."""
    if _MEMBER not in subject.metadata:
        yield skipped("feed", "No revocation feed is offered.")
        return
    address = subject.address(_MEMBER)
    if address is None:
        yield failed("feed.lists", f"{_MEMBER} is no address for a client.", "Name its https:// address.")
        return
    visit = subject.visitor.get(address)
    try:
        listed = visit.members().get("status_lists")
    except ValueError as error:
        trouble = plain(error) if visit.answer is None else f"{address} is {plain(error)}"
        advice = "APIs cannot tell which lists there are: look at the server and at what a proxy hands on."
        yield failed("feed.lists", f"The lists are not told: {trouble}.", advice)
        return
    if not isinstance(listed, list) or not all(isinstance(uri, str) for uri in listed):
        advice = "Name them in a list of strings called status_lists (section 9.3)."
        yield failed("feed.lists", "The document names no list of status lists.", advice)
        return
    if not listed:
        yield skipped("feed.lists", "There is no status list yet: the first log-in makes one.")
        return
    yield passed("feed.lists", f"The status lists are named ({len(listed)}).")
    for uri in listed[:_MOST_LISTS]:
        yield _one(subject, uri)


def _one(subject: Subject, uri: str) -> Finding:
    policy = StatusPolicy()
    patience = subject.visitor.patience()
    if not patience:
        return failed(
            "feed.list", f"{plain(uri)} was not asked: the time for all checks is up.", "Try again."
        )
    try:
        checked_url(uri)
        answer = fetch_list(
            uri, None, timeout=patience, max_bytes=policy.max_bytes, ca_file=subject.visitor.ca_file
        )
        body = b"" if answer is None else answer.body
        signed = _reader(subject.issuer, published(subject), policy).read(body, uri, subject.visitor.clock())
    except (NoListError, ValueError) as error:
        advice = (
            "APIs that follow revocations refuse tokens of this list once their copy is too old: mend it."
        )
        return failed("feed.list", f"A list does not come: {plain(error)}.", advice)
    except TokenError as error:
        advice = "APIs that follow revocations refuse it, and soon every token on it: see its signature and its claims."
        return failed(
            "feed.list", f"{shown(uri)} is refused: {error.code}, {plain(error.reason or error)}.", advice
        )
    return _freshness(signed, uri, subject.visitor.clock())


def _reader(issuer: str, keys: Sequence[Key], policy: StatusPolicy) -> ListReader:
    return ListReader(issuer, NamedKeys(keys), frozenset(ASYMMETRIC_ALGORITHMS), policy.max_list_bytes)


def _freshness(signed: SignedList, uri: str, now: float) -> Finding:
    age = max(0.0, now - signed.issued)
    found = f"{shown(uri)} is signed with {signed.alg} and {age:.0f} s old."
    if signed.ttl is None:
        advice = "Give it a ttl (section 5.1): without one every API keeps it for as long as it likes."
        return warned("feed.list", f"{found} It has no ttl.", advice)
    if age > signed.ttl + _SLACK:
        advice = "Revocations come late: look whether the server signs lists anew, and what caches keep."
        return warned("feed.list", f"{found} Its ttl is {signed.ttl:g} s.", advice)
    return passed("feed.list", f"{found} Its ttl is {signed.ttl:g} s.")
