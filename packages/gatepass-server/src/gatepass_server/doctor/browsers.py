"""Whether programs in a browser may read what is public (CORS, the Fetch standard section 3.3)."""

from collections.abc import Iterator
from typing import Final

from gatepass_server.doctor.findings import Finding, failed, passed, shown, skipped, warned
from gatepass_server.doctor.subject import Subject
from gatepass_server.doctor.visitor import Visit

_ORIGIN: Final = "https://doctor.invalid"


def check(subject: Subject) -> Iterator[Finding]:
    """Asks for the metadata and the keys as a page of another origin does."""
    document = next((visit for visit in subject.documents.values() if visit.answer is not None), None)
    for name, known in (("metadata", document), ("keys", subject.key_set)):
        if known is None or known.answer is None:
            yield skipped(f"browsers.{name}", f"There is no answer of the {name} to look at.")
        else:
            yield _permission(name, subject.visitor.get(known.url, {"Origin": _ORIGIN}))


def _permission(name: str, visit: Visit) -> Finding:
    check_name = f"browsers.{name}"
    if visit.answer is None:
        advice = "Answer pages of every origin as anybody else."
        return warned(check_name, f"With the header Origin the {name} do not come: {visit.trouble}.", advice)
    allowed = visit.headers.get("access-control-allow-origin", "")
    if allowed not in {"*", _ORIGIN}:
        advice = "Send Access-Control-Allow-Origin: * with it, if programs in a browser are to sign in by themselves."
        return warned(
            check_name, f"Pages of other origins may not read the {name} ({shown(allowed)}).", advice
        )
    if visit.headers.get("access-control-allow-credentials", "").strip().lower() == "true":
        advice = (
            "Leave Access-Control-Allow-Credentials away: pages of any origin would be let in with cookies."
        )
        return failed(
            check_name, f"Pages of any origin may read the {name} with the visitor's cookies.", advice
        )
    return passed(check_name, f"Pages of every origin may read the {name}.")
