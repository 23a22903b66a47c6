"""Both ways to ask a gate, and an issuer whose clock stands still."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from gatepass import Principal
from gatepass.guard import Gate
from gatepass.testing import FakeIssuer

Admit = Callable[..., Principal | None]


@pytest.fixture
def issuer() -> FakeIssuer:
    return FakeIssuer(now=1_790_000_000)


@pytest.fixture(params=["blocking", "asynchronous"])
def admit(request: pytest.FixtureRequest) -> Admit:
    """Both ways to ask a gate, which must never differ."""

    def blocking(gate: Gate, *arguments: Any) -> Principal | None:
        return gate.admit(*arguments)

    def asynchronous(gate: Gate, *arguments: Any) -> Principal | None:
        return asyncio.run(gate.aadmit(*arguments))

    return blocking if request.param == "blocking" else asynchronous
