"""Waiting for the answers to what was sent in libpq's pipeline mode."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from psycopg.waiting import Ready, Wait

from gatepass_server.store.sql.questions import Asked

if TYPE_CHECKING:
    from psycopg.abc import PQGen
    from psycopg.pq.abc import PGconn


def receive(pgconn: "PGconn", asked: Sequence[Asked]) -> "PQGen[None]":
    """Give everything its answer, up to the pipeline's synchronization.

    It is run by ``psycopg.Connection.wait``, which waits for the socket without holding the interpreter, and has the
    server cancel where somebody presses Ctrl-C.

    Raises:
        psycopg.OperationalError: the connection was lost. What was answered before has its answer.
    """
    while (
        pgconn.flush()
    ):  # the server answers while it reads, and would not read on if nobody read its answers
        if (yield Wait.RW) & Ready.R:
            pgconn.consume_input()
    for one in asked:
        yield from _until_answered(pgconn)
        one.result = pgconn.get_result()
        pgconn.get_result()  # None, the end of this answer
    yield from _until_answered(pgconn)
    pgconn.get_result()  # the synchronization


def _until_answered(pgconn: "PGconn") -> "PQGen[None]":
    while pgconn.is_busy():
        if (yield Wait.R):
            pgconn.consume_input()
