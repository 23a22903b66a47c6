"""Log lines: one an event, for machines or for people, redacted wherever they come from."""

import io
import json
import logging
from collections.abc import Iterator

import pytest

from gatepass_server.observe.logs import configure_logs, get_logger
from gatepass_server.observe.redaction import REDACTED

JWT = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhIn0.c2lnbmF0dXJl"


@pytest.fixture
def stream() -> Iterator[io.StringIO]:
    """Where the lines go; afterwards the loggers are as they were."""
    loggers = [logging.getLogger(name) for name in ("gatepass", "gatepass_server")]
    before = [(logger, logger.handlers[:], logger.propagate, logger.level) for logger in loggers]
    yield io.StringIO()
    for logger, handlers, propagate, level in before:
        logger.handlers[:] = handlers
        logger.propagate = propagate
        logger.setLevel(level)


def test_json_lines_are_one_object_each(stream: io.StringIO) -> None:
    configure_logs("info", "json", stream=stream)
    get_logger("gatepass_server.test").info("request", status=200, route="/login\nforged")
    (line,) = stream.getvalue().splitlines()
    event = json.loads(line)
    assert (event["event"], event["status"], event["route"]) == ("request", 200, "/login\nforged")
    assert (event["level"], event["logger"]) == ("info", "gatepass_server.test")
    assert event["timestamp"].endswith("Z")


@pytest.mark.parametrize("style", ["json", "text", "auto"])
def test_events_messages_of_the_library_and_tracebacks_are_redacted(stream: io.StringIO, style: str) -> None:
    configure_logs("debug", style, stream=stream)
    get_logger("gatepass_server.test").info("refused", password="hush", reason=f"bad {JWT}")
    logging.getLogger("gatepass").warning("token refused: %s", JWT)
    try:
        int(JWT)
    except ValueError as error:
        get_logger("gatepass_server.test").error("fault", exc_info=error)
        logging.getLogger("gatepass.deep").exception("fault")
    written = stream.getvalue()
    assert JWT not in written
    assert "c2lnbmF0dXJl" not in written
    assert "hush" not in written
    assert written.count(REDACTED) >= 5
    assert written.count("ValueError") >= 2


def test_lines_below_the_level_are_left_out(stream: io.StringIO) -> None:
    configure_logs("warning", "json", stream=stream)
    get_logger("gatepass_server.test").info("request")
    logging.getLogger("gatepass").info("token refused")
    assert stream.getvalue() == ""
