"""Two type checkers agree on the samples: what is right passes, and each line marked as wrong is wrong to both.

A sample is one area: ``with_flask.py`` for what is right, ``with_flask_wrong.py`` for what is wrong. An adapter that
comes gets two files more, and nothing here changes.
"""

import re
import shutil
from pathlib import Path

import pytest

import gatepass
from tests.typing.checkers import SAMPLES, Project, mypy, new_project, pyright, untyped_names


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """The samples, in a folder of somebody who installed the library."""
    made = new_project(tmp_path_factory.mktemp("typing"))
    shutil.copytree(SAMPLES, made.folder, ignore=shutil.ignore_patterns("__pycache__"))
    return made


@pytest.fixture
def careless(project: Project, tmp_path: Path) -> Project:
    """A sample with an error that is not marked, and a mark where there is no error."""
    (tmp_path / "careless.py").write_text(
        "from gatepass import Verifier\n"
        "Verifier(1, audience='a')\n"
        "Verifier('i', audience='a')  # type: ignore[arg-type]\n"
    )
    return Project(tmp_path, project.python)


def test_mypy_finds_what_is_wrong_and_nothing_else(project: Project) -> None:
    assert mypy(project) == ""


@pytest.mark.parametrize("mode", ["basic", "strict"])
def test_pyright_finds_what_is_wrong_and_nothing_else(project: Project, mode: str) -> None:
    assert pyright(project, mode) == ""


def test_both_complain_of_an_error_without_a_mark_and_of_a_mark_without_an_error(careless: Project) -> None:
    for complaints in (mypy(careless), pyright(careless, "basic"), pyright(careless, "strict")):
        assert {int(line) for line in re.findall(r"^careless\.py:(\d+)", complaints, re.MULTILINE)} == {2, 3}


def test_every_public_name_stands_in_a_sample() -> None:
    text = "".join(path.read_text(encoding="utf-8") for path in SAMPLES.glob("*.py"))
    public = set(gatepass.__all__) - {"__version__"}
    assert {name for name in public if not re.search(rf"\b{name}\b", text)} == set()


@pytest.mark.parametrize("package", ["gatepass", "pytest_gatepass"])
def test_every_name_of_a_package_has_a_type_that_checkers_know(project: Project, package: str) -> None:
    assert untyped_names(project, package) == []
