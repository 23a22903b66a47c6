"""Log lines: one an event, for machines or for people, redacted wherever they come from."""

import io
import json
import logging
from collections.abc import Iterator

import pytest

from gatepass_server.observe.logs import configure_logs, get_logger
from gatepass_server.observe.redaction import REDACTED
from gatepass_server.observe.request_log import log_request

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


def test_the_line_of_a_request_is_the_same_with_a_record_and_without(stream: io.StringIO) -> None:
    configure_logs("info", "json", stream=stream)
    log_request("POST", "/oauth2/token", 200, 0.00123, "r1")
    words = io.StringIO()
    logging.getLogger("gatepass_server").addHandler(logging.StreamHandler(words))
    log_request("POST", "/oauth2/token", 200, 0.00123, "r1")
    short, long = (json.loads(line) for line in stream.getvalue().splitlines())
    assert list(short) == list(long)
    assert short.pop("timestamp")[-1] == long.pop("timestamp")[-1] == "Z"
    assert short == long
    assert (
        words.getvalue()
        == "request method=POST route=/oauth2/token status=200 milliseconds=1.2 request_id=r1\n"
    )


def test_a_request_below_the_level_has_no_line(stream: io.StringIO) -> None:
    configure_logs("warning", "json", stream=stream)
    log_request("POST", "/oauth2/token", 200, 0.00123, "r1")
    assert stream.getvalue() == ""


def test_what_a_filter_holds_back_of_requests_is_held_back(stream: io.StringIO) -> None:
    configure_logs("info", "json", stream=stream)
    (handler,) = logging.getLogger("gatepass_server").handlers
    handler.addFilter(lambda record: record.name != "gatepass_server.request")
    log_request("POST", "/oauth2/token", 200, 0.00123, "r1")
    assert stream.getvalue() == ""


def test_a_line_of_a_request_that_cannot_be_written_fails_nobody_and_is_told(
    stream: io.StringIO, capsys: pytest.CaptureFixture[str]
) -> None:
    configure_logs("info", "json", stream=stream)
    stream.close()
    log_request("POST", "/oauth2/token", 200, 0.00123, "r1")
    assert "I/O operation on closed file" in capsys.readouterr().err
