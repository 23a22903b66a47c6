"""Verifiers that ask the issuer, wherever others stand."""

from pathlib import Path
from typing import assert_type

from flask import Flask

from gatepass import Explanation, IntrospectionVerifier, Principal
from gatepass.flask import TokenGuard


def made() -> list[IntrospectionVerifier]:
    """Ways of making one."""
    return [
        IntrospectionVerifier("https://issuer.test", audience="api", client_id="id", client_secret="secret"),
        IntrospectionVerifier(
            "https://issuer.test",
            audience=["api", "other"],
            client_id="id",
            client_secret="secret",
            endpoint="https://issuer.test/introspect",
            cache_seconds=1.5,
            leeway=5,
            timeout=2,
            ca_file=Path("ca.pem"),
            clock=lambda: 0.0,
        ),
    ]


def guarded(verifier: IntrospectionVerifier) -> TokenGuard:
    """It stands where a ``Verifier`` does."""
    app = Flask(__name__)
    guard = TokenGuard(verifier)

    @app.get("/orders")
    @guard.token_required("orders:read")
    def orders() -> dict[str, str]:
        return {"caller": guard.principal.subject}

    return guard


def asked(verifier: IntrospectionVerifier, token: str) -> None:
    """What it returns."""
    assert_type(verifier.verify(token, scopes=["orders:read"]), Principal)
    assert_type(verifier.explain(token), Explanation)


async def awaited(verifier: IntrospectionVerifier, token: str) -> None:
    """The same beside an event loop."""
    assert_type(await verifier.averify(token), Principal)
