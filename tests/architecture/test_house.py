"""The shape of the house, beside the import contracts that `make check` proves."""

import re
import statistics
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCES = sorted((ROOT / "packages").rglob("src/**/*.py"))
EVERYTHING = [
    *SOURCES,
    *(path for room in ("tests", "bench", "examples") for path in (ROOT / room).rglob("*.py")),
]
SILENCES = re.compile(r"#\s*(noqa|type:\s*ignore|pragma:\s*no cover)(?P<rest>[^\n]*)")


def _lines(path: Path) -> int:
    return len(path.read_text(encoding="utf-8").splitlines())


def test_half_of_the_source_files_have_fewer_than_80_lines() -> None:
    assert statistics.median(map(_lines, SOURCES)) < 80


def test_few_source_files_have_more_than_250_lines_and_none_more_than_500() -> None:
    long = [path.name for path in SOURCES if _lines(path) > 250]
    assert len(long) <= len(SOURCES) // 20, long
    assert not [path.name for path in EVERYTHING if _lines(path) > 500]


def test_no_file_is_named_for_being_useful() -> None:
    assert not [path for path in SOURCES if path.stem in {"utils", "util", "helpers", "common", "misc"}]


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: "/".join(path.parts[-3:]))
def test_every_silence_carries_its_reason_on_its_line(path: Path) -> None:
    for silence in SILENCES.finditer(path.read_text(encoding="utf-8")):
        assert re.search(r"\s[-#]\s+\S+ \S+", silence["rest"]), silence[0]


def test_the_locks_and_the_node_lock_name_hashes_and_no_addresses() -> None:
    for lock in (ROOT / "locks").glob("*.txt"):
        text = lock.read_text(encoding="utf-8")
        assert "://" not in text
        assert "--index" not in text
        for requirement in re.findall(r"^[a-z0-9][^\n]*==[^\n]*(?:\n    [^\n]*)*", text, re.MULTILINE):
            assert "--hash=sha256:" in requirement
    for lock in (ROOT / "tests").rglob("package-lock.json"):
        if "node_modules" not in lock.parts:
            assert '"resolved"' not in lock.read_text(encoding="utf-8")


def test_no_tracked_file_names_a_path_of_the_machine_it_was_written_on() -> None:
    tracked = subprocess.run(
        ["git", "grep", "-lIF", f"{ROOT.parent}/"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    if tracked.returncode > 1:
        pytest.fail(tracked.stderr)
    assert tracked.stdout == ""
