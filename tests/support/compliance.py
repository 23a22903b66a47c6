"""The matrix of standard, section and test, gathered from the ``compliance``, ``oidf`` and ``advisory`` markers.

It is gathered from the reports, so it holds under pytest-xdist too. ``--matrix`` prints it whole.
"""

from collections import defaultdict
from collections.abc import Iterator

import pytest

from tests.conformance.catalogue import UNSUPPORTED

_PROPERTY = "compliance"
_ADVISORY = "advisory"
_OIDF = "oidf"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--matrix", action="store_true", help="print standard, section and test of every citation"
    )


def pytest_runtest_setup(item: pytest.Item) -> None:
    for marker in item.iter_markers(_PROPERTY):
        standard, section, sentence = marker.args
        item.user_properties.append((_PROPERTY, [standard, section, sentence]))
    for marker in item.iter_markers(_ADVISORY):
        item.user_properties.extend((_ADVISORY, identifier) for identifier in marker.args)
    for marker in item.iter_markers(_OIDF):
        item.user_properties.extend((_OIDF, module) for module in marker.args)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    _modules(terminalreporter, whole=config.getoption("--matrix"))
    sections: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    advisories: set[str] = set()
    for report in _passed(terminalreporter):
        for name, value in report.user_properties:
            if name == _PROPERTY and isinstance(value, list):
                standard, section, sentence = value
                sections[standard][section].add(f"{sentence} ({report.nodeid.split('[')[0]})")
            elif name == _ADVISORY:
                advisories.add(str(value))
    if not sections and not advisories:
        return
    terminalreporter.section("standards shown by passing tests")
    for standard, by_section in sorted(sections.items()):
        if config.getoption("--matrix"):
            for section, sentences in sorted(by_section.items()):
                for sentence in sorted(sentences):
                    terminalreporter.write_line(f"{standard} {section}: {sentence}")
        else:
            terminalreporter.write_line(f"{standard}: {', '.join(sorted(by_section))}")
    terminalreporter.write_line(f"advisories kept shut: {len(advisories)}")


def _modules(terminalreporter: pytest.TerminalReporter, *, whole: bool) -> None:
    """The modules of the OpenID Foundation's conformance suite: module, test, result."""
    results: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for outcome in ("passed", "failed", "error", "skipped"):
        for report in terminalreporter.stats.get(outcome, []):
            for name, module in getattr(report, "user_properties", ()):
                if name == _OIDF:
                    results[module][outcome].add(report.nodeid.split("[")[0])
    if not results:
        return
    good = {module for module, outcomes in results.items() if outcomes.keys() == {"passed"}}
    terminalreporter.section("modules of the OpenID Foundation's conformance suite")
    for module, outcomes in sorted(results.items()):
        if whole or module not in good:
            told = "; ".join(f"{outcome} {', '.join(sorted(tests))}" for outcome, tests in outcomes.items())
            terminalreporter.write_line(f"{module}: {told}")
    if whole:
        for module, reason in sorted(UNSUPPORTED.items()):
            terminalreporter.write_line(f"{module}: unsupported: {reason}")
    terminalreporter.write_line(
        f"{len(good)} modules passed, {len(results) - len(good)} not; {len(UNSUPPORTED)} are unsupported, each with "
        "its reason (docs/reference/openid-conformance.md)"
    )


def _passed(terminalreporter: pytest.TerminalReporter) -> Iterator[pytest.TestReport]:
    for report in terminalreporter.stats.get("passed", []):
        if isinstance(report, pytest.TestReport):
            yield report
