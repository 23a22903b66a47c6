"""A program that is killed: ``python -m tests.support.crash URL committed|uncommitted``."""

import sys

from gatepass_server.store.sql import SqlStore
from tests.support.samples import sample_user


def _main(url: str, moment: str) -> None:
    store = SqlStore(url)
    with store.write() as uow:
        uow.users.add(sample_user())
        if moment == "uncommitted":
            _wait_for_the_end()
    _wait_for_the_end()


def _wait_for_the_end() -> None:
    sys.stdout.write("now\n")
    sys.stdout.flush()
    sys.stdin.read()


if __name__ == "__main__":
    _main(*sys.argv[1:])
