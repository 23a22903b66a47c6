"""The matrix of standard, section and test, gathered from the ``compliance`` and ``advisory`` markers.

It is gathered from the reports, so it holds under pytest-xdist too. ``--matrix`` prints it whole.
"""

from collections import defaultdict
from collections.abc import Iterator

import pytest

_PROPERTY = "compliance"
_ADVISORY = "advisory"


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


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
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


def _passed(terminalreporter: pytest.TerminalReporter) -> Iterator[pytest.TestReport]:
    for report in terminalreporter.stats.get("passed", []):
        if isinstance(report, pytest.TestReport):
            yield report
