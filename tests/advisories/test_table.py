"""The page of advisories and the tests agree."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "reference" / "advisories.md"


def rows() -> Iterator[tuple[list[str], str]]:
    """The names in the first cell of every row, and what its last cell says."""
    for line in PAGE.read_text(encoding="utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if line.startswith("| ") and cells[0] not in {"advisory", "class"}:
            yield [name.strip() for name in cells[0].split(",")], cells[-1]


def marked() -> set[str]:
    """What the tests name in ``@pytest.mark.advisory("...")``, without what follows in brackets or behind a colon."""
    found: set[str] = set()
    for path in (ROOT / "tests").rglob("test_*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "pytest.mark.advisory":
                found.update(re.split(r" \(|: ", ast.literal_eval(argument))[0] for argument in node.args)
    return found


def test_what_applies_has_a_test_and_what_does_not_has_a_reason() -> None:
    marks = marked()
    for names, verdict in rows():
        if verdict == "applies":
            assert names[0] in marks, f"no test is marked with {names[0]}"
        else:
            assert re.fullmatch(r"does not apply: \w.{10,}", verdict), names[0]
            assert not marks.intersection(names), f"{names[0]} has a test and is said not to apply"


def test_every_advisory_that_a_test_names_has_its_row() -> None:
    assert marked() - {name for names, _ in rows() for name in names} == set()


def test_no_advisory_has_two_rows() -> None:
    names = [name for all_names, _ in rows() for name in all_names]
    assert len(names) > 150
    assert sorted(names) == sorted(set(names))
