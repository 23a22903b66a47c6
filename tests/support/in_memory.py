"""What tests write lies in memory, where the machine offers a folder there that has room.

Tests make thousands of databases, and each is written to the disk with every commit: a test waits for that longer than
it computes. Nobody pulls the plug of the machine under test, and what outlives a process that was killed lies in memory
anyhow. A test's files are removed when it has passed (``tmp_path_retention_policy``).
"""

import os
import shutil
import tempfile
from pathlib import Path

_MEMORY = Path("/dev/shm")
_ROOM = 2 * 1024**3
"""Bytes: a run of all tests needs less than half of it."""


def write_to_memory() -> None:
    """From now on, in this process and in those that it starts; but whoever names a ``TMPDIR`` gets that."""
    if "TMPDIR" not in os.environ and _is_of_use(_MEMORY):
        os.environ["TMPDIR"] = str(_MEMORY)
        tempfile.tempdir = None  # it may have been looked up before


def _is_of_use(folder: Path) -> bool:
    """Whether files fit in there, and programs among them run."""
    if not (folder.is_dir() and os.access(folder, os.W_OK | os.X_OK)):
        return False
    return shutil.disk_usage(folder).free >= _ROOM and not os.statvfs(folder).f_flag & os.ST_NOEXEC
