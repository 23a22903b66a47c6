"""A house with its door open, on both databases."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.typing import ResponseReturnValue

from gatepass.flask import TokenGuard
from gatepass_server import mount
from tests.support.clock import FakeClock
from tests.support.hosts import host_app, mount_settings
from tests.support.house import House


@pytest.fixture
def house(open_house: Callable[..., House]) -> House:
    """A house with the default settings, but for the cost of hashes and keys."""
    return open_house()


@pytest.fixture
def put_into(
    clock: FakeClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[..., TokenGuard]]:
    """``mount``, with no settings file about, and with every database closed at the end."""
    monkeypatch.chdir(tmp_path)
    hosts: list[Flask] = []

    def put(app: Flask, **arguments: Any) -> TokenGuard:
        hosts.append(app)
        return mount(app, clock=clock, **arguments)

    yield put
    for app in hosts:
        app.extensions["gatepass"].close()


@pytest.fixture
def mounted(put_into: Callable[..., TokenGuard], ready_database_url: str, tmp_path: Path) -> Flask:
    """A host with Gatepass under ``/auth`` and a route of its own that needs a token."""
    app = host_app()
    guard = put_into(app, settings=mount_settings(ready_database_url, tmp_path))
    app.extensions["guard"] = guard

    @app.get("/orders")
    @guard.token_required
    def orders() -> ResponseReturnValue:
        return {"caller": guard.principal.subject}

    return app
