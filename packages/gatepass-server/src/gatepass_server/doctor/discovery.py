"""The well-known documents, and where they lie (RFC 8414 section 3, OpenID Connect Discovery section 4)."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from gatepass.address import checked_url
from gatepass.errors import plain
from gatepass.metadata import metadata_urls
from gatepass_server.doctor.findings import Finding, failed, passed, shown, skipped, warned
from gatepass_server.doctor.subject import Subject
from gatepass_server.doctor.visitor import Visit, Visitor

_OAUTH = "oauth-authorization-server"
_OPENID = "openid-configuration"
_INSERTED_OPENID = "openid-configuration before the path"


def fetch(issuer: str, visitor: Visitor) -> dict[str, Visit]:
    """Ask each well-known address; the third form of RFC 8414 section 5 only where the issuer has a path."""
    oauth, openid = metadata_urls(issuer)
    places = {_OAUTH: oauth, _OPENID: openid}
    parts = checked_url(issuer)
    if path := parts.path.rstrip("/"):
        places[_INSERTED_OPENID] = f"{parts.scheme}://{parts.netloc}/.well-known/openid-configuration{path}"
    return {name: visitor.get(url) for name, url in places.items()}


def first_object(documents: Iterable[Visit]) -> Mapping[str, Any]:
    """The first document that is a JSON object."""
    return next(_objects(documents), {})


def check(subject: Subject) -> Iterator[Finding]:
    """Whether they are there, name this issuer byte by byte, and agree."""
    present = {name: visit for name, visit in subject.documents.items() if _object(visit) is not None}
    for name, visit in subject.documents.items():
        yield _presence(name, visit, any_present=bool(present))
    if not present:
        return
    for name, visit in present.items():
        yield _issuer(name, visit, subject.issuer)
        yield _media_type(name, visit)
    yield _agreement(list(present.values()))


def _presence(name: str, visit: Visit, *, any_present: bool) -> Finding:
    check_name = f"discovery.document.{_word(name)}"
    try:
        members = visit.members()
    except ValueError as error:
        trouble = plain(error) if visit.answer is None else f"{visit.url} is {plain(error)}"
        if not any_present:
            return failed(
                check_name,
                f"No document: {trouble}.",
                "Look whether the server runs, whether this is its exact issuer, and what a proxy hands on.",
            )
        if name == _INSERTED_OPENID:
            return skipped(check_name, f"Not there, and few clients look: {trouble}.")
        return warned(
            check_name,
            f"No document: {trouble}.",
            "Serve the same document there: OAuth clients look at the one place, OpenID Connect clients at the other.",
        )
    if not members:
        return failed(check_name, f"{visit.url} is an empty object.", "Publish the metadata there.")
    return passed(check_name, f"{visit.url} answers.")


def _issuer(name: str, visit: Visit, issuer: str) -> Finding:
    named = (_object(visit) or {}).get("issuer")
    check_name = f"discovery.issuer.{_word(name)}"
    if named == issuer:
        return passed(check_name, f"{name} names exactly this issuer.")
    found = f"{name} names the issuer {shown(named)}, not {shown(issuer)}."
    if not isinstance(named, str):
        return failed(check_name, found, "Every metadata document must name its issuer (RFC 8414 section 2).")
    return failed(check_name, found, _difference(named, issuer))


def _difference(named: str, issuer: str) -> str:
    rule = "Clients compare byte by byte (RFC 8414 section 3.3)"
    if named.rstrip("/") == issuer.rstrip("/"):
        return (
            f"{rule}, and only the slash at the end differs: write {shown(named)} in every client's settings."
        )
    if named.lower() == issuer.lower():
        return f"{rule}, and upper and lower case differ: write {shown(named)} in every client's settings."
    if named.partition("://")[2] == issuer.partition("://")[2]:
        return f"{rule}, and http differs from https: set the server's public address behind its proxy."
    return f"{rule}: give clients {shown(named)}, or set the server's issuer to {shown(issuer)}."


def _media_type(name: str, visit: Visit) -> Finding:
    check_name = f"discovery.media_type.{_word(name)}"
    given = visit.headers.get("content-type", "")
    if given.partition(";")[0].strip().lower() == "application/json":
        return passed(check_name, f"{name} is served as application/json.")
    return warned(
        check_name,
        f"{name} is served as {shown(given)}.",
        "Serve it as application/json (RFC 8414 section 3.2): strict clients refuse others.",
    )


def _agreement(visits: list[Visit]) -> Finding:
    first, *others = _objects(visits)
    if not others:
        return skipped("discovery.agreement", "There is only one document.")
    differing = sorted(
        {
            name
            for other in others
            for name in first.keys() & other.keys()
            if name != "issuer" and first[name] != other[name]
        }
    )
    if not differing:
        return passed("discovery.agreement", "What the documents both say is the same.")
    return warned(
        "discovery.agreement",
        f"The documents differ in {plain(', '.join(differing))}.",
        "Serve one document at all places: which of them a client reads is its own choice.",
    )


def _word(name: str) -> str:
    return name.replace(" ", "-")


def _object(visit: Visit) -> dict[str, Any] | None:
    try:
        return visit.members()
    except ValueError:
        return None


def _objects(visits: Iterable[Visit]) -> Iterator[dict[str, Any]]:
    return (members for members in map(_object, visits) if members is not None)
