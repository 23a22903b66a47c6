"""What recognising a caller costs, by token, opaque token, cookie and introspection, against a raw signature check."""

import tempfile
import threading
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from werkzeug.serving import WSGIRequestHandler, make_server

from bench.report import note, show
from gatepass import IntrospectionVerifier
from gatepass_server.accounts.faces import LoggedIn
from gatepass_server.accounts.forms import AccountForm
from gatepass_server.accounts.tokens import TokenPair
from gatepass_server.bootstrap import Gatepass, open_for_service
from gatepass_server.crypto.cookie_handles import CookieHandle
from gatepass_server.domain.secret import Secret
from gatepass_server.domain.sessions import SessionMode
from gatepass_server.settings import load_settings
from gatepass_server.web.app import create_app

if TYPE_CHECKING:
    from gatepass import Principal

_PASSWORD = "one fine long password"


class _Silent(WSGIRequestHandler):
    protocol_version = "HTTP/1.1"

    def log(self, *arguments: Any) -> None:
        """Say nothing."""


def run(*, quick: bool) -> None:
    rounds, count = (5, 50) if quick else (31, 200)
    with tempfile.TemporaryDirectory(prefix="gatepass-bench-") as folder:
        settings = load_settings(
            options={"data": Path(folder) / "data", "argon2_memory_kib": 64, "log_level": "error"}, environ={}
        )
        with closing(open_for_service(settings)) as gatepass:
            _measure(gatepass, rounds, count)


def _measure(gatepass: Gatepass, rounds: int, count: int) -> None:
    form = AccountForm.check(name="Ann", email="ann@example.com", password=_PASSWORD, policy=gatepass.policy)
    gatepass.sign_up(form, address="")
    signed, opaque = _token(gatepass, SessionMode.TOKEN), _token(gatepass, SessionMode.OPAQUE)
    given = _log_in(gatepass, SessionMode.COOKIE).given
    if not isinstance(given, CookieHandle):
        raise TypeError("cookie mode gives a cookie")
    cookie = given
    client, secret = gatepass.clients.create("bench")
    if secret is None:
        raise TypeError("a confidential client has a secret")
    with make_server("127.0.0.1", 0, create_app(gatepass), threaded=True, request_handler=_Silent) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        asking = IntrospectionVerifier(
            gatepass.settings.public_issuer,
            audience=gatepass.settings.public_issuer,
            client_id=client.id,
            client_secret=secret.reveal(),
            endpoint=f"http://127.0.0.1:{server.port}/oauth2/introspect",
        )
        key = generate_private_key(65537, 2048)
        message, public = b"m" * 600, key.public_key()
        signature = key.sign(message, PKCS1v15(), SHA256())

        def at_the_server(token: str) -> "Principal | None":
            principal = gatepass.verifier.verify(token)
            return principal if gatepass.sessions.caller(principal) else None

        sides: dict[str, tuple[int, Callable[[], object]]] = {
            "a raw RSA-2048 check": (count, lambda: public.verify(signature, message, PKCS1v15(), SHA256())),
            "a signed token, at any API": (count, lambda: gatepass.verifier.verify(signed)),
            "a signed token, at the server itself": (count, lambda: at_the_server(signed)),
            "an opaque token, at the server itself": (count, lambda: at_the_server(opaque)),
            "a cookie, at the server itself": (count, lambda: gatepass.cookie_sessions.recognise(cookie)),
            "an opaque token, asked about over HTTP": (count // 10, lambda: asking.verify(opaque)),
        }
        times: dict[str, list[float]] = {name: [] for name in sides}
        for _ in range(rounds):
            for name, (calls, side) in sides.items():
                times[name].append(_microseconds(side, calls))
        server.shutdown()
    note(f"{rounds} rounds of {count} in turn (of {count // 10} over HTTP); wall time, SQLite, loopback")
    raw = times["a raw RSA-2048 check"]
    for name, found in times.items():
        show(name, found, "us", digits=1)
        show("  : raw", [one / other for one, other in zip(found, raw, strict=True)], digits=2)
    for name, text in (("signed token", signed), ("opaque token", opaque), ("cookie", cookie.text.reveal())):
        note(f"size of a {name}: {len(text)} bytes")


def _microseconds(side: Callable[[], object], calls: int) -> float:
    begun = time.perf_counter()
    for _ in range(calls):
        side()
    return (time.perf_counter() - begun) / calls * 1e6


def _log_in(gatepass: Gatepass, mode: SessionMode) -> LoggedIn:
    return gatepass.log_in("ann@example.com", Secret(_PASSWORD), address="", device="bench", mode=mode)


def _token(gatepass: Gatepass, mode: SessionMode) -> str:
    given = _log_in(gatepass, mode).given
    if not isinstance(given, TokenPair):
        raise TypeError("this mode gives tokens")
    return given.access.text
