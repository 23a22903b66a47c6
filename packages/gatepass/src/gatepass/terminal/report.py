"""What was found, as lines for people or as JSON for programs."""

from __future__ import annotations

import dataclasses
import json
from typing import TYPE_CHECKING, Any

from gatepass.terminal.decoded import Decoded, value_in_words
from gatepass.terminal.paint import Paint, printable, revealing

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from gatepass.explain import Explanation, Finding

NOTHING_VERIFIED = "Nothing was verified: anybody can write what stands here."


def explained(explanation: Explanation, decoded: Decoded | None, paint: Paint) -> Iterator[str]:
    """The lines of ``str(explanation)``, and the parameters and claims that no check is about."""
    if explanation.accepted:
        yield paint("The token is accepted.", "good")
    else:
        yield paint(f"The token is refused: {printable(explanation.code)}.", "bad")
    width = max(len(finding.name) for finding in explanation.findings)
    for finding in explanation.findings:
        yield _line(finding, width, paint)
    if decoded is not None:
        looked_at = {finding.name for finding in explanation.findings}
        for title, members in (("header parameters", decoded.header), ("claims", decoded.claims)):
            rest = {name: value for name, value in members.items() if name not in looked_at}
            if rest:
                yield ""
                yield from _members(f"Other {title}, not checked", rest, paint)


def read_only(decoded: Decoded, paint: Paint) -> Iterator[str]:
    """The lines about a token that was decoded and nothing more."""
    yield paint(NOTHING_VERIFIED, "warning")
    yield "To check the token, say --issuer and --audience."
    for title, members in (("Header", decoded.header), ("Claims", decoded.claims)):
        yield ""
        yield from _members(title, members, paint)


def as_json(explanation: Explanation | None, decoded: Decoded | None) -> str:
    """The same in JSON: ``accepted`` and ``code`` are null where nothing was verified."""
    answer: dict[str, Any] = {
        "verified": explanation is not None,
        "accepted": None if explanation is None else explanation.accepted,
        "code": None if explanation is None else explanation.code,
        "findings": [dataclasses.asdict(finding) for finding in explanation.findings] if explanation else [],
        "header": None if decoded is None else decoded.header,
        "claims": None if decoded is None else decoded.claims,
    }
    return json.dumps(answer, indent=2)


def _line(finding: Finding, width: int, paint: Paint) -> str:
    name = f"{printable(finding.name):<{width}}"
    if finding.passed:
        mark, expected, found = paint("ok  ", "good"), printable(finding.expected), printable(finding.found)
    else:
        # A look-alike letter is what somebody who compares the two must see.
        mark, expected = paint("FAIL", "bad"), revealing(finding.expected)
        found = paint(revealing(finding.found), "bad")
    words = f"{paint('expected', 'faint')} {expected}; {paint('found', 'faint')} {found}"
    return f"  {mark}  {paint(name, 'strong')}  {words}"


def _members(title: str, members: Mapping[str, Any], paint: Paint) -> Iterator[str]:
    yield paint(f"{title}:", "strong")
    width = min(max((len(printable(name)) for name in members), default=0), 24)
    for name, value in members.items():
        yield f"  {printable(name):<{width}}  {printable(value_in_words(name, value))}"
