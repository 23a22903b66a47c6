"""What was committed survives a killed process; what was not leaves nothing, no lock either."""

import subprocess
import sys
from pathlib import Path

import pytest

from gatepass_server.store.sql import SqlStore
from tests.support.samples import sample_user

ROOT = Path(__file__).parents[3]


@pytest.mark.parametrize(("moment", "survives"), [("committed", True), ("uncommitted", False)])
def test_a_killed_process_leaves_exactly_what_it_committed(
    store: SqlStore, ready_database_url: str, moment: str, *, survives: bool
) -> None:
    command = [sys.executable, "-m", "tests.support.crash", ready_database_url, moment]
    with subprocess.Popen(
        command, cwd=ROOT, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "now\n"
        process.kill()
    with store.read() as uow:
        assert (uow.users.by_id("u1") is not None) is survives
    with store.write() as uow:
        uow.users.add(sample_user("u2", None if survives else "u1@example.com"))
