"""To make the tables of a new SQLite file takes a tenth of a second, and tests begin with a new file hundreds of times.

Where a house is opened on one, it gets a copy of a file with empty tables, and then looks at them as always. They are
made one by one all the same by ``gatepass db upgrade``, on PostgreSQL, in ``tests/store``, and in whatever is started
as a shell does it (``tests/support/server.py``).
"""

import os
import tempfile
from contextlib import suppress
from functools import cache
from pathlib import Path
from threading import get_ident
from typing import Any

from gatepass_server.bootstrap import opening
from gatepass_server.store.sql import schema
from gatepass_server.store.sql.urls import parse_url


@cache
def empty_tables() -> bytes:
    """An SQLite file with the tables."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "gatepass.db"
        schema.upgrade(f"sqlite:///{path}")
        return path.read_bytes()


def copy_tables() -> None:
    """From now on, in this process and in those that are forked from it."""
    changed: Any = opening
    changed.upgrade = _copy_and_upgrade


def _copy_and_upgrade(url: str) -> schema.Upgraded:
    parsed = parse_url(url)
    if parsed.get_backend_name() == "sqlite":
        with suppress(
            OSError
        ):  # the upgrade says what is wrong with the place, or finds what another has put there
            _put(Path(parsed.database or ""))
    return schema.upgrade(url)


def _put(path: Path) -> None:
    """Whole or not at all, for others may open it at the same moment."""
    if path.exists():
        return
    whole = path.with_name(f"{path.name}.{os.getpid()}.{get_ident()}")
    try:
        whole.touch(mode=0o600)
        whole.write_bytes(empty_tables())
        os.link(whole, path)
    finally:
        whole.unlink(missing_ok=True)
