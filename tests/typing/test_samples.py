"""Two type checkers agree on the samples: what is right passes, and each line marked as wrong is wrong to both.

A sample is one area: ``with_flask.py`` for what is right, ``with_flask_wrong.py`` for what is wrong. An adapter that
comes gets two files more, and nothing here changes.
"""

import re
import shutil
from collections.abc import Callable
from functools import cache

import pytest

import gatepass
from tests.typing.checkers import SAMPLES, Project, mypy, new_project, pyright, untyped_names

_pyright = cache(pyright)
CHECKERS: dict[str, Callable[[Project], str]] = {
    "mypy": mypy,
    "pyright basic": lambda project: _pyright(project)["basic"],
    "pyright strict": lambda project: _pyright(project)["strict"],
}


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """The samples, in a folder of somebody who installed the library.

    Among them lies a careless one, with an error that is not marked, a mark where there is no error, and a function
    without types: what finds nothing in the others would find it there.
    """
    made = new_project(tmp_path_factory.mktemp("typing"))
    shutil.copytree(SAMPLES, made.folder, ignore=shutil.ignore_patterns("__pycache__"))
    (made.folder / "careless.py").write_text(
        "from gatepass import Verifier\n"
        "Verifier(1, audience='a')\n"
        "Verifier('i', audience='a')  # type: ignore[arg-type]\n"
        "def untyped(given): return given\n"
    )
    return made


@pytest.mark.parametrize("checker", CHECKERS)
def test_a_checker_finds_an_error_without_a_mark_a_mark_without_an_error_and_nothing_else(
    project: Project, checker: str
) -> None:
    complaints = CHECKERS[checker](project)
    begun = {line.partition(": ")[0] for line in complaints.splitlines() if not line[:1].isspace()}
    strict = set() if checker == "pyright basic" else {"careless.py:4"}
    assert begun == {"careless.py:2", "careless.py:3"} | strict, complaints


def test_every_public_name_stands_in_a_sample() -> None:
    text = "".join(path.read_text(encoding="utf-8") for path in SAMPLES.glob("*.py"))
    public = set(gatepass.__all__) - {"__version__"}
    assert {name for name in public if not re.search(rf"\b{name}\b", text)} == set()


@pytest.mark.parametrize("package", ["gatepass", "pytest_gatepass"])
def test_every_name_of_a_package_has_a_type_that_checkers_know(project: Project, package: str) -> None:
    assert untyped_names(project, package) == []
