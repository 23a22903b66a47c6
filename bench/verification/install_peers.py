"""``python -m bench.verification.install_peers LOCK``: install a lock, and go on without what has no wheel here.

Everything is checked against the hashes of the lock, and nothing is compiled: a peer that has no wheel for this
Python and machine is left out, and the benchmark says so in its place. Run by ``make`` in the peers' environment.
"""

import re
import subprocess
import sys
import tempfile
from pathlib import Path

_INSTALL = [
    *(sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet"),
    *("install", "--require-hashes", "--only-binary", ":all:"),
]
_NO_WHEEL = "No matching distribution found"


def main() -> None:
    lock = Path(sys.argv[1])
    refusal = _install(lock)
    if not refusal:
        return
    if _NO_WHEEL not in refusal:
        sys.exit(refusal)
    # A requirement begins a line; its hashes follow on lines continued by a backslash.
    for requirement in filter(None, map(str.strip, re.split(r"(?<!\\)\n", lock.read_text()))):
        _install_alone(requirement)


def _install_alone(requirement: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        alone = Path(folder, "one.txt")
        alone.write_text(f"{requirement}\n")
        refusal = _install(alone, "--no-deps")
    if refusal and _NO_WHEEL not in refusal:
        sys.exit(refusal)
    if refusal:
        print(f"  not installable here: {requirement.split(maxsplit=1)[0]}", flush=True)


def _install(lock: Path, *options: str) -> str:
    """What pip says when it cannot; nothing when it can."""
    done = subprocess.run(
        [*_INSTALL, *options, "--requirement", lock], stderr=subprocess.PIPE, text=True, check=False
    )
    return done.stderr if done.returncode else ""


if __name__ == "__main__":
    main()
