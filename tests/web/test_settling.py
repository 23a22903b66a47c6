"""An answer of which something is still to be kept is told, and logged, as what came of it."""

import json
import logging

import pytest

from gatepass_server.domain.errors import Busy
from gatepass_server.observe.logs import FIELDS
from gatepass_server.store.ports.patience import WithoutWaiting, note_kept, take_owed
from gatepass_server.web.direct.answering import Answering
from gatepass_server.web.direct.lanes import Lane
from gatepass_server.web.direct.request import DirectRequest
from gatepass_server.web.plain_answer import PlainAnswer


class Commit:
    """It is waited for elsewhere."""

    def wait(self) -> None:
        raise NotImplementedError


class Keeping:
    """An endpoint that keeps something."""

    def __call__(self, request: DirectRequest, request_id: str) -> PlainAnswer | None:  # noqa: ARG002 - as the port says
        note_kept(Commit())
        return PlainAnswer(200, [("Content-Type", "text/plain")], b"token")

    def lane(self, request: DirectRequest) -> Lane:  # noqa: ARG002 - as the port says
        return Lane.LOOP


@pytest.fixture
def answer() -> PlainAnswer:
    """An answer that is not settled."""
    request = DirectRequest(
        "POST", "/oauth2/token", "", {"x-request-id": "id-of-the-caller"}, b"", "127.0.0.1"
    )
    with WithoutWaiting():
        answer = Answering(Keeping(), [("X-Usual", "yes")])(request)
    assert take_owed() is not None
    assert answer is not None
    return answer


def lines(caplog: pytest.LogCaptureFixture) -> list[tuple[object, ...]]:
    """Of requests."""
    found = [getattr(one, FIELDS) for one in caplog.records if one.name == "gatepass_server.request"]
    return [(fields["status"], fields["request_id"]) for fields in found]


def settled(answer: PlainAnswer, error: Exception | None) -> PlainAnswer:
    assert answer.settle is not None
    return answer.settle(answer, error)


def test_what_was_kept_is_logged_when_it_was(answer: PlainAnswer, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO):
        assert lines(caplog) == []
        assert settled(answer, None) is answer
    assert lines(caplog) == [(200, "id-of-the-caller")]


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (Busy("The database is busy.", retry_after=3, reason="lost"), 503, "busy"),
        (RuntimeError("secret"), 500, "internal_error"),
    ],
)
def test_what_was_not_kept_is_told_like_any_other_error(
    answer: PlainAnswer, caplog: pytest.LogCaptureFixture, error: Exception, status: int, code: str
) -> None:
    with caplog.at_level(logging.INFO):
        refused = settled(answer, error)
    headers = dict(refused.headers)
    assert (refused.status, json.loads(refused.body)["code"]) == (status, code)
    assert (headers["X-Request-Id"], headers["X-Usual"]) == ("id-of-the-caller", "yes")
    assert headers["Content-Length"] == str(len(refused.body))
    assert headers.get("Retry-After") == ("3" if status == 503 else None)
    assert b"token" not in refused.body
    assert b"secret" not in refused.body
    assert lines(caplog) == [(status, "id-of-the-caller")]
