"""Requests that fit no address, and what every answer carries."""

from collections.abc import Callable
from typing import Any

import pytest

from gatepass_server.web.body import MAX_BODY_BYTES
from tests.support.house import House
from tests.support.one_database import ready_database_url  # noqa: F401 - a fixture, which pytest finds here

SECURITY = {
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}


def assert_problem(answer: Any, status: int, code: str) -> None:
    assert answer.status_code == status
    assert answer.headers["Content-Type"] == "application/problem+json"
    problem = answer.get_json()
    assert set(problem) == {"type", "title", "status", "code", "detail"}
    assert (problem["type"], problem["status"], problem["code"]) == ("about:blank", status, code)
    assert problem["title"]
    assert problem["detail"]


@pytest.mark.compliance("RFC 9457", "4.2.1", "about:blank: the title is that of the status")
@pytest.mark.parametrize(
    "path", ["/nothing", "/", "/login/", "//login", "/LOGIN", "/login%00", "/%ff", "/..;/user"]
)
def test_an_unknown_address_is_a_404_problem(house: House, path: str) -> None:
    for answer in (house.client.get(path), house.client.post(path)):
        assert_problem(answer, 404, "not_found")
        assert answer.get_json()["title"] == "Not Found"
        assert "Location" not in answer.headers


@pytest.mark.compliance("RFC 9110", "15.5.6", "a 405 lists the methods that are allowed")
@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("GET", "/login", {"POST", "OPTIONS"}),
        ("HEAD", "/signup", {"POST", "OPTIONS"}),
        ("DELETE", "/user", {"GET", "HEAD", "OPTIONS"}),
        ("POST", "/me", {"GET", "HEAD", "OPTIONS"}),
        ("TRACE", "/healthz", {"GET", "HEAD", "OPTIONS"}),
        ("BREW", "/refresh", {"POST", "OPTIONS"}),
    ],
)
def test_a_wrong_method_is_a_405_problem_with_allow(
    house: House, method: str, path: str, allowed: set[str]
) -> None:
    answer = house.client.open(path, method=method)
    assert answer.status_code == 405
    assert set(answer.headers["Allow"].split(", ")) == allowed
    if method != "HEAD":
        assert_problem(answer, 405, "method_not_allowed")


def test_options_names_the_methods_and_allows_no_other_origin(house: House) -> None:
    answer = house.client.options("/login", headers={"Origin": "https://evil.example.com"})
    assert (answer.status_code, answer.data) == (200, b"")
    assert set(answer.headers["Allow"].split(", ")) == {"POST", "OPTIONS"}
    assert not [name for name, _ in answer.headers if name.startswith("Access-Control")]


def test_head_answers_as_get_without_a_body(house: House) -> None:
    head, get = house.client.head("/healthz"), house.client.get("/healthz")
    assert (head.status_code, head.data) == (200, b"")
    assert head.headers["Content-Length"] == str(len(get.data))


@pytest.mark.parametrize("path", ["/signup", "/login", "/refresh"])
@pytest.mark.parametrize(
    "kind", ["application/json", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"]
)
def test_a_body_over_64_kib_is_a_413_problem(house: House, path: str, kind: str) -> None:
    assert_problem(
        house.client.post(path, data=b"a" * (MAX_BODY_BYTES + 1), content_type=kind), 413, "body_too_large"
    )


@pytest.mark.parametrize("path", ["/signup", "/login", "/refresh"])
@pytest.mark.parametrize(
    "kind", ["text/plain", "application/xml", "application/jsonp", "", "garbage", "json"]
)
def test_another_content_type_is_a_415_problem(house: House, path: str, kind: str) -> None:
    answer = house.client.post(path, data=b'{"a": 1}', content_type=kind)
    assert_problem(answer, 415, "unsupported_media_type")


def test_every_answer_carries_the_security_headers(house: House) -> None:
    answers = [house.client.get(path) for path in ("/healthz", "/nothing", "/login", "/user")]
    answers += [house.sign_up(), house.sign_up(), house.try_log_in(), house.try_log_in(password="wrong one")]
    assert {answer.status_code for answer in answers} == {200, 404, 405, 401, 201, 202, 403}
    for answer in answers:
        assert {name: answer.headers.get(name) for name in SECURITY} == SECURITY
        assert answer.headers["Cache-Control"] == "no-store"
        assert "Set-Cookie" not in answer.headers


@pytest.mark.compliance("RFC 6797", "7.2", "HSTS is sent over a secure transport alone")
def test_https_is_insisted_on_only_where_there_is_https(open_house: Callable[..., House]) -> None:
    secure, plain = open_house(), open_house(issuer="http://127.0.0.1:8000")
    assert secure.client.get("/healthz").headers["Strict-Transport-Security"] == "max-age=31536000"
    assert "Strict-Transport-Security" not in plain.client.get("/healthz").headers


def test_a_request_keeps_the_id_it_came_with_and_else_gets_one(house: House) -> None:
    named = house.client.get("/nothing", headers={"X-Request-Id": "proxy:42.a-b_c"})
    assert named.headers["X-Request-Id"] == "proxy:42.a-b_c"
    given = [house.client.get("/healthz").headers["X-Request-Id"] for _ in range(2)]
    assert given[0] != given[1]


@pytest.mark.parametrize("offered", ["", "a b", "a" * 65, "<script>", "a;b", "\xff"])
def test_an_id_that_could_break_a_log_line_is_replaced(house: House, offered: str) -> None:
    answer = house.client.get("/healthz", headers={"X-Request-Id": offered})
    assert answer.headers["X-Request-Id"] not in {"", offered}


def test_a_fault_of_ours_is_a_500_problem_that_tells_nothing(
    house: House, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("the cellar is on fire, password=hunter2")

    monkeypatch.setattr(type(house.gatepass.directory), "seen_by", fail)
    monkeypatch.setattr(type(house.gatepass.sessions), "caller", fail)
    answer = house.get("/me", house.token())
    assert_problem(answer, 500, "internal_error")
    assert "fire" not in answer.text
    assert "fault" in caplog.text
