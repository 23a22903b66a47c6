"""``docs/reference/mcp.md``, from the citations at the tests."""

from collections import defaultdict
from collections.abc import Mapping

from docs.generate.markdown import code, page, table
from tests.relying.mcp_catalogue import ALL, ELSEWHERE, SOURCE, STANDARD, UNSUPPORTED
from tests.support.markers import marked

_INTRODUCTION = f"""\
What the Model Context Protocol asks of an authorization server (revisions 2025-11-25 and 2026-07-28), and the test that
shows it, run by `make test` with the SDK from PyPI on both sides; a requirement without a test or a reason fails the
run. The names are those of {SOURCE}, whose own suite looks at the metadata of an authorization server alone. How to
switch it on: [Sign people in to an MCP server](../howto/mcp.md)."""


def mcp_page() -> str:
    """The page."""
    tests: dict[str, list[str]] = defaultdict(list)
    for found in marked("compliance"):
        if found.arguments[0] == STANDARD:
            tests[found.arguments[1]].append(code(f"{found.file}::{found.test}"))
    for name, others in ELSEWHERE.items():
        tests[name] += [code(other) for other in others]
    groups = [f"## {title}\n\n{_table(group, tests)}" for title, group in ALL.items()]
    return page("MCP: what is asked of an authorization server", _INTRODUCTION, *groups)


def _table(group: Mapping[str, str], tests: Mapping[str, list[str]]) -> str:
    rows = [[code(name), what, *_shown(name, tests.get(name, []))] for name, what in group.items()]
    return table(["requirement", "what", "result", "test, or reason"], rows)


def _shown(name: str, tests: list[str]) -> tuple[str, str]:
    if name in UNSUPPORTED:
        return "not tested", UNSUPPORTED[name]
    return ("passed", ", ".join(tests)) if tests else ("missing", "")
