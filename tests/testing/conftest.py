"""The library as it is installed, for runs of pytest that somebody else starts."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.wheel import unpacked_wheel

Run = Callable[..., subprocess.CompletedProcess[str]]

_OTHERS = ("schemathesis", "hypothesispytest", "xdist", "xdist.looponfail")
"""Plugins that lie in the same environment: to import them takes longer than such a run."""


@pytest.fixture(scope="session")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder for ``sys.path`` with the library as a wheel brings it, entry points included."""
    return unpacked_wheel(tmp_path_factory.mktemp("installed"))


@pytest.fixture
def run_pytest(installed: Path, tmp_path: Path) -> Run:
    """``run_pytest(test_module, *options)``: a run of pytest in a folder of its own, with warnings as errors."""

    def run(module: str, *options: str, **files: str) -> subprocess.CompletedProcess[str]:
        (tmp_path / "pytest.ini").write_text("[pytest]\n")
        for name, text in {"test_it": module, **files}.items():
            (tmp_path / f"{name}.py").write_text(text)
        command = [
            sys.executable,
            "-m",
            "pytest",
            *(word for name in _OTHERS for word in ("-p", f"no:{name}")),
            "-W",
            "error",
            "--strict-markers",
            "--strict-config",
            "-rA",
        ]
        return subprocess.run(
            [*command, *options],
            cwd=tmp_path,
            env={**os.environ, "PYTHONPATH": str(installed), "PYTEST_ADDOPTS": ""},
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    return run
