"""Pages that tell what went wrong."""

import pytest

from gatepass_server.domain.errors import Busy, OperatorError
from tests.support.house import House
from tests.support.visitor import Visitor


def test_a_browser_at_a_wrong_address_gets_a_page_and_a_program_json(visitor: Visitor) -> None:
    page = visitor.get("/no-such-page")
    assert (page.status_code, page.mimetype) == (404, "text/html")
    assert "There is no such page" in page.text
    for accept in ("application/json", "*/*", ""):
        assert visitor.get("/no-such-page", Accept=accept).mimetype == "application/problem+json"
    both = visitor.get("/no-such-page", Accept="application/json, text/html;q=0.5")
    assert both.mimetype == "application/problem+json"


def test_the_api_answers_browsers_as_it_always_has(visitor: Visitor) -> None:
    assert visitor.get("/me").mimetype == "application/json"
    assert visitor.post("/login", {}).mimetype == "application/problem+json"


def test_the_request_id_is_told_and_the_address_is_not(visitor: Visitor) -> None:
    page = visitor.get("/nothing/%3Cscript%3E", **{"X-Request-Id": "abc-123"})
    assert "<code>abc-123</code>" in page.text
    assert "script%3E" not in page.text
    assert "&lt;script" not in page.text


@pytest.mark.parametrize("path", ["/sign-in", "/account", "/sign-out"])
@pytest.mark.parametrize(
    ("error", "status", "words"),
    [
        (OperatorError("The database postgres://secret is away."), 503, "Temporarily unavailable"),
        (Busy("Busy.", retry_after=7), 503, "Please wait 7 seconds and try again."),
        (RuntimeError("secret"), 500, "Something went wrong on our side"),
    ],
)
def test_what_is_away_or_broken_is_told_without_its_reason(
    visitor: Visitor,
    house: House,
    monkeypatch: pytest.MonkeyPatch,
    path: str,
    error: Exception,
    status: int,
    words: str,
) -> None:
    visitor.sign_in()

    def fail(_store: object, **_options: object) -> None:
        raise error

    for way in ("read", "look"):
        monkeypatch.setattr(type(house.gatepass.store), way, fail)
    page = visitor.get(path)
    assert (page.status_code, page.mimetype) == (status, "text/html")
    assert words in page.text
    assert "secret" not in page.text
    if status == 503:
        assert page.headers["Retry-After"]


def test_a_page_that_cannot_be_shown_is_answered_plainly(
    visitor: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("no template")

    monkeypatch.setattr("gatepass_server.web.pages.rendering.content_policy", fail)
    page = visitor.get("/sign-in")
    assert page.status_code == 500
    assert page.get_json()["code"] == "internal_error"


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH"])
def test_other_methods_are_told_which_there_are(visitor: Visitor, method: str) -> None:
    answer = visitor.client.open("/sign-in", method=method, base_url=visitor.origin)
    assert answer.status_code == 405
    assert "POST" in answer.headers["Allow"]


def test_a_head_request_has_no_body(visitor: Visitor) -> None:
    answer = visitor.client.head("/sign-in", base_url=visitor.origin)
    assert (answer.status_code, answer.data) == (200, b"")
