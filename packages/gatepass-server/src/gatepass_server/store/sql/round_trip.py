"""Waiting for the answers to what was sent in libpq's pipeline mode."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from psycopg import OperationalError
from psycopg.waiting import Ready, Wait

from gatepass_server.store.sql.questions import Asked

if TYPE_CHECKING:
    from psycopg.abc import PQGen
    from psycopg.pq.abc import PGconn

SILENT: Final = "the server did not answer in time"


def receive(pgconn: "PGconn", asked: Sequence[Asked], *, is_patient: bool = True) -> "PQGen[None]":
    """Give everything its answer, up to the pipeline's synchronization.

    It is run by ``psycopg.Connection.wait``, which waits for the socket without holding the interpreter, and has the
    server cancel where somebody presses Ctrl-C. Who takes over from another begins with None.

    Args:
        pgconn: on which it was sent.
        asked: what was sent.
        is_patient: whether it goes on where nothing came for as long as a wait lasts.

    Raises:
        psycopg.OperationalError: the connection was lost, or nothing came. What was answered before has its answer.
    """
    while (
        pgconn.flush()
    ):  # the server answers while it reads, and would not read on if nobody read its answers
        ready = yield Wait.RW
        if ready and ready & Ready.R:
            pgconn.consume_input()
        elif ready == Ready.NONE and not is_patient:
            raise OperationalError(SILENT)
    for one in asked:
        yield from _until_answered(pgconn, is_patient=is_patient)
        one.result = pgconn.get_result()
        pgconn.get_result()  # None, the end of this answer
    yield from _until_answered(pgconn, is_patient=is_patient)
    pgconn.get_result()  # the synchronization


def _until_answered(pgconn: "PGconn", *, is_patient: bool) -> "PQGen[None]":
    while pgconn.is_busy():
        ready = yield Wait.R
        if ready:
            pgconn.consume_input()
        elif ready == Ready.NONE and not is_patient:
            raise OperationalError(SILENT)
