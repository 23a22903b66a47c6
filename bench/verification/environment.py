"""The environment of the other programs, which ``make`` builds beside the library's own: ``.venv/peers``."""

import subprocess
import sys
from pathlib import Path

from bench.report import note

_PYTHON = Path(sys.prefix, "peers", "bin", "python")


def run_there(part: str, *, quick: bool) -> None:
    """Run a part of this benchmark in a process of that environment; it prints for itself."""
    if not _PYTHON.exists():
        note("not measured: the other programs are not installed; `make bench` installs them")
        return
    options = ["--quick"] if quick else []
    # What other programs warn of is theirs to mend.
    subprocess.run([_PYTHON, "-W", "ignore", "-m", "bench.verification", part, *options], check=True)
