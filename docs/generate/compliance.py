"""``docs/reference/compliance.md``, from the citations at the tests."""

import re
from collections import defaultdict
from collections.abc import Sequence

from docs.generate.markdown import code, page, table
from tests.support.markers import marked

_INTRODUCTION = """\
What is claimed to follow a standard is shown by a test, and each test names the section that it shows. This page is
made of those names; `make test` runs the tests, and `make test ARGS=--matrix` prints the same matrix with what has
passed.
[OpenID conformance](openid-conformance.md) lists the modules of the OpenID Foundation's suite."""

_NAMES = {
    "Back-Channel Logout 1.0": "OpenID Connect Back-Channel Logout 1.0",
    "FAPI 2.0": "FAPI 2.0 Security Profile",
    "Front-Channel Logout 1.0": "OpenID Connect Front-Channel Logout 1.0",
    "OIDC Core": "OpenID Connect Core 1.0",
    "OIDC Discovery": "OpenID Connect Discovery 1.0",
    "OIDC Prompt Create": "Initiating User Registration via OpenID Connect 1.0",
    "OIDC Registration": "OpenID Connect Dynamic Client Registration 1.0",
    "OpenID Connect Discovery": "OpenID Connect Discovery 1.0",
    "RP-Initiated Logout 1.0": "OpenID Connect RP-Initiated Logout 1.0",
    "draft-ietf-oauth-status-list": "draft-ietf-oauth-status-list-21",
}
"""Standards whose full name does not stand in the citations."""

NOT_SUPPORTED: Sequence[tuple[str, str, str]] = (
    (
        "RFC 6749",
        "4.2, 4.3",
        "implicit and password grants: OAuth 2.1 has neither (RFC 9700 sections 2.1.2 and 2.4)",
    ),
    ("RFC 6750", "2.3", "tokens in the query of a request: they end in logs (RFC 9700 section 4.3.2)"),
    ("RFC 7515", "7.2, 8", "JWS in JSON form"),
    ("RFC 7516", "all", "encrypted tokens"),
    ("RFC 7518", "3.6", "`alg: none`"),
    ("RFC 7518", "3.2", "HMAC, but for a single program that checks its own tokens: `signing_secret`"),
    ("RFC 7591", "2.3", "software statements: nobody's are trusted here"),
    ("RFC 7636", "4.2", "the challenge method `plain`"),
    ("RFC 7797", "all", "detached and unencoded payloads"),
    ("OpenID Connect Core 1.0", "3.2, 3.3", "implicit and hybrid flows: a code is the only answer"),
    ("OpenID Connect Core 1.0", "5.6.2", "aggregated and distributed claims"),
    ("OpenID Connect Core 1.0", "6", "request objects that are not signed"),
    ("OpenID Connect Core 1.0", "7", "self-issued providers"),
    ("OpenID Connect Core 1.0", "8.1", "pairwise subjects"),
    (
        "OpenID Connect Session Management 1.0",
        "all",
        "the frame that asks for the session: browsers send it no cookie",
    ),
)
"""Standard, section, and what is not done, or why."""


def compliance_page() -> str:
    """The page."""
    by_standard: dict[str, list[list[str]]] = defaultdict(list)
    for found in marked("compliance"):
        standard, section, rule = found.arguments
        by_standard[_NAMES.get(standard, standard)].append(
            [section, rule, code(f"{found.file}::{found.test}")]
        )
    sections = [
        f"## {standard}\n\n{table(['section', 'rule', 'test'], sorted(rows, key=_in_order))}"
        for standard, rows in sorted(by_standard.items(), key=lambda item: _numbers(item[0]))
    ]
    unsupported = table(
        ["standard", "section", "what is not supported"], [list(row) for row in NOT_SUPPORTED]
    )
    return page("Compliance", _INTRODUCTION, f"## Not supported\n\n{unsupported}", *sections)


def _in_order(row: Sequence[str]) -> tuple[list[tuple[int, int | str]], str]:
    return _numbers(row[0]), " ".join(row[1:])


def _numbers(text: str) -> list[tuple[int, int | str]]:
    """For sorting: 4.10 stands behind 4.2, and words behind numbers."""
    return [(0, int(part)) if part.isdecimal() else (1, part) for part in re.split(r"(\d+)", text) if part]
