"""Two type checkers, as somebody runs them who installed the library and reads its samples."""

import json
import os
import shutil
import subprocess
import sys
import sysconfig
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from tests.support.wheel import unpacked_wheel

SAMPLES = Path(__file__).parent / "samples"
_CACHE = Path(__file__).parents[2] / ".mypy_cache" / "samples"


@dataclass(frozen=True)
class Project:
    """A folder with sources, and the Python for which they are checked."""

    folder: Path
    python: Path


def new_project(folder: Path) -> Project:
    """Install the wheel into an environment of its own; what it needs is taken from the one that runs the tests."""
    environment = folder / "environment"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", environment], check=True, timeout=60)
    site = next(environment.glob("lib/python3.*/site-packages"))
    shutil.copytree(unpacked_wheel(folder), site, dirs_exist_ok=True)
    # A .pth file that lies in such a folder is not read, so the editable install of this checkout is not seen.
    (site / "dependencies.pth").write_text(sysconfig.get_path("purelib"))
    return Project(folder / "project", environment / "bin" / "python")


def mypy(project: Project) -> str:
    """The complaints of ``mypy --strict``."""
    command = [sys.executable, "-m", "mypy", "--strict", "--config-file=", "--no-error-summary"]
    options = ["--python-executable", str(project.python), "--cache-dir", str(_CACHE), "."]
    return _output([*command, *options], project)


def pyright(project: Project) -> dict[str, str]:
    """The complaints of pyright, ``basic`` and ``strict``; a mark that marks nothing is one of them.

    Each looks at a copy of the sources, in one run: most of what a run costs is to read what they import.
    """
    folder = project.folder.with_name("pyright")
    for mode in ("basic", "strict"):
        shutil.copytree(project.folder, folder / mode, ignore=shutil.ignore_patterns(".mypy_cache"))
    rules = {
        "typeCheckingMode": "basic",
        "strict": ["strict"],
        "reportUnnecessaryTypeIgnoreComment": "error",
    }
    (folder / "pyrightconfig.json").write_text(json.dumps(rules))
    report = json.loads(_pyright(replace(project, folder=folder), "--outputjson"))
    assert report["summary"]["filesAnalyzed"] == len(list(folder.glob("*/*.py")))
    complaints = {"basic": "", "strict": ""}
    for found in report["generalDiagnostics"]:
        path = Path(found["file"])
        complaints[path.parent.name] += (
            f"{path.name}:{found['range']['start']['line'] + 1}: {found['message']}\n"
        )
    return complaints


def untyped_names(project: Project, package: str) -> list[str]:
    """The public names of a package whose type a user's checker would not know."""
    options = ["--verifytypes", package, "--ignoreexternal", "--outputjson"]
    completeness = json.loads(_pyright(project, *options))["typeCompleteness"]
    marker = Path(completeness["pyTypedPath"] or "nowhere")
    assert marker.is_relative_to(project.python.parents[1].resolve()), f"{package} has no py.typed"
    exported = [symbol for symbol in completeness["symbols"] if symbol["isExported"]]
    assert exported
    # What is called ambiguous is an attribute whose type follows from what it is set to: mypy and pyright agree.
    return [symbol["name"] for symbol in exported if not (symbol["isTypeKnown"] or symbol["isTypeAmbiguous"])]


def _pyright(project: Project, *arguments: str) -> str:
    """Run the pyright that its Python package brings along; only Node it does not bring.

    It takes the first ``python`` on the search path for the one to check for; ``--pythonpath`` means nothing to
    ``--verifytypes``.
    """
    if shutil.which("node") is None:
        if os.environ.get("CI"):
            pytest.fail("CI must run pyright: install Node.")
        pytest.skip("Node is not here, and pyright needs it")
    return _output([sys.executable, "-m", "pyright", *arguments], project)


def _output(command: list[str], project: Project) -> str:
    search_path = os.pathsep.join([str(project.python.parent), os.environ["PATH"]])
    ended = subprocess.run(
        command,
        cwd=project.folder,
        env={**os.environ, "PATH": search_path, "MYPYPATH": "", "PYTHONPATH": ""},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert ended.returncode in {0, 1}, ended.stdout + ended.stderr
    return ended.stdout
