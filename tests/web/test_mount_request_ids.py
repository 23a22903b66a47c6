"""What a host binds to its own log lines is its own again when our answer is on its way."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import structlog
from flask import Flask, Response, abort, after_this_request

from gatepass.flask import TokenGuard
from gatepass_server.store.sql import SqlStore
from tests.support.hosts import host_app, mount_settings

HOSTS = {"request_id": "the host's", "tenant": "the host's too"}


@pytest.fixture(autouse=True)
def _clean() -> Iterator[None]:
    """Nothing is bound before, and nothing after."""
    structlog.contextvars.clear_contextvars()
    yield
    structlog.contextvars.clear_contextvars()


@pytest.fixture
def binding_host(put_into: Callable[..., TokenGuard], sqlite_url: str, tmp_path: Path) -> Flask:
    """A host that binds an id to every request, and says at the end what is bound."""
    app = host_app()

    @app.before_request
    def bind() -> None:
        structlog.contextvars.bind_contextvars(**HOSTS)

    @app.after_request
    def tell(response: Response) -> Response:
        app.extensions["bound"] = structlog.contextvars.get_contextvars()
        return response

    put_into(app, settings=mount_settings(sqlite_url, tmp_path))
    return app


def bound_at_the_end(app: Flask) -> object:
    """What the host's own hook saw, which must be what the request left behind, too."""
    assert structlog.contextvars.get_contextvars() == app.extensions["bound"]
    return app.extensions["bound"]


def test_an_answer_leaves_the_hosts_values(binding_host: Flask) -> None:
    answer = binding_host.test_client().get("/auth/healthz")
    assert answer.headers["X-Request-Id"] != HOSTS["request_id"]
    assert bound_at_the_end(binding_host) == HOSTS


def test_a_refusal_leaves_them(binding_host: Flask) -> None:
    assert binding_host.test_client().post("/auth/signup", json=[]).status_code == 400
    assert bound_at_the_end(binding_host) == HOSTS


def test_a_view_that_fails_leaves_them(binding_host: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_: SqlStore) -> None:
        raise RuntimeError("a fault of ours")

    monkeypatch.setattr(SqlStore, "check_ready", fail)
    assert binding_host.test_client().get("/auth/readyz").status_code == 500
    assert bound_at_the_end(binding_host) == HOSTS


def test_a_host_that_answers_before_us_keeps_them(binding_host: Flask) -> None:
    binding_host.before_request(lambda: abort(403))
    answer = binding_host.test_client().get("/auth/healthz")
    assert answer.status_code == 403
    assert "X-Request-Id" not in answer.headers
    assert bound_at_the_end(binding_host) == HOSTS


def test_a_host_whose_own_hook_fails_before_ours_keeps_them(binding_host: Flask) -> None:
    def fail(_: Response) -> Response:
        raise RuntimeError("the host's own fault")

    def arrange() -> None:
        after_this_request(fail)

    binding_host.before_request(arrange)
    binding_host.config["PROPAGATE_EXCEPTIONS"] = False
    assert binding_host.test_client().get("/auth/healthz").status_code == 500
    assert structlog.contextvars.get_contextvars() == HOSTS


def test_a_host_that_binds_nothing_finds_nothing(
    put_into: Callable[..., TokenGuard], sqlite_url: str, tmp_path: Path
) -> None:
    app = host_app()
    put_into(app, settings=mount_settings(sqlite_url, tmp_path))
    with app.app_context():
        for _ in range(2):
            app.test_client().get("/auth/healthz")
            assert structlog.contextvars.get_contextvars() == {}
