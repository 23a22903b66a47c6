"""A Flask program with protected views."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import flask
import pytest
from flask.testing import FlaskClient

from gatepass import Verifier
from gatepass.flask import TokenGuard


class Program(flask.Flask):
    """A Flask whose asynchronous views run on asyncio itself; Flask's own way asks for another package."""

    def async_to_sync(self, func: Callable[..., Coroutine[Any, Any, Any]]) -> Callable[..., Any]:
        return lambda *args, **kwargs: asyncio.run(func(*args, **kwargs))


@pytest.fixture
def guard(verifier: Verifier) -> TokenGuard:
    return TokenGuard(verifier, extra_headers=("x-access-token",))


@pytest.fixture
def app() -> Program:
    program = Program("protected")
    program.testing = True
    return program


@pytest.fixture
def client(app: Program) -> FlaskClient:
    return app.test_client()
