"""A Gatepass put together inside the test's own process, and what people do with it."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from werkzeug.test import TestResponse

from gatepass_server.accounts.forms import AccountForm
from gatepass_server.bootstrap import Gatepass, open_for_service
from gatepass_server.crypto.cookie_handles import CookieHandle
from gatepass_server.domain.clock import Clock
from gatepass_server.protocol.authorization.authorize import Browser
from gatepass_server.protocol.provider import Provider
from gatepass_server.settings import Settings, load_settings
from gatepass_server.web.app import create_app
from gatepass_server.web.cookies import SessionCookie
from gatepass_server.web.direct.endpoints import direct_endpoints
from tests.support.direct_door import DirectDoor

if TYPE_CHECKING:
    from flask import Flask
    from flask.testing import FlaskClient

ISSUER = "https://auth.example.com"
EMAIL = "ann@example.com"
PASSWORD = "one fine long password"
CHEAP = {"argon2_memory_kib": 64, "argon2_time_cost": 1, "signing_algorithm": "ES256"}
"""Hashes and keys that cost next to nothing, for tests in which their strength does not matter."""


def cheap_settings(database_url: str, data: Path, **options: Any) -> Settings:
    """Settings for a database, unmoved by the environment of the tests."""
    given = {"issuer": ISSUER, "database_url": database_url, "data": data, **CHEAP, **options}
    return load_settings(options=given, environ={})


class House:
    """A running Gatepass and a client at its door.

    Args:
        settings: whose database has its tables already, or gets them.
        clock: seconds since the epoch.
    """

    def __init__(self, settings: Settings, clock: Clock) -> None:
        self.gatepass: Gatepass = open_for_service(settings, clock=clock)
        self.app: Flask = create_app(self.gatepass)
        door = DirectDoor(self.app.wsgi_app, direct_endpoints(self.gatepass))
        self.app.wsgi_app = door  # type: ignore[method-assign]  # as Flask's manual says
        self.client: FlaskClient = self.app.test_client()

    @property
    def provider(self) -> Provider:
        """OAuth and OpenID Connect of the house."""
        provider = self.gatepass.provider
        assert provider is not None
        return provider

    def browser(self) -> Browser:
        """Who is signed in in the browser at the door."""
        cookie = SessionCookie(self.gatepass.settings.public_issuer)
        found = self.client.get_cookie(cookie.name)
        handle = None if found is None else CookieHandle.of(found.value)
        return Browser(current=None if handle is None else self.gatepass.cookie_sessions.recognise(handle))

    def sign_up(self, email: str = EMAIL, password: str = PASSWORD, name: str = "Ann") -> TestResponse:
        """``POST /signup`` as a form."""
        return self.client.post("/signup", data={"name": name, "email": email, "password": password})

    def try_log_in(self, email: str = EMAIL, password: str = PASSWORD, **request: Any) -> TestResponse:
        """``POST /login`` as JSON, whatever comes of it."""
        return self.client.post("/login", json={"email": email, "password": password}, **request)

    def log_in(self, email: str = EMAIL, password: str = PASSWORD) -> dict[str, Any]:
        """The tokens of a log-in that succeeds."""
        answer = self.try_log_in(email, password)
        assert answer.status_code == 201, answer.text
        return dict(answer.get_json())

    def token(self, email: str = EMAIL, *, is_admin: bool = False) -> str:
        """Make an account and log in; the access token."""
        form = AccountForm.check(name="Ann", email=email, password=PASSWORD, policy=self.gatepass.policy)
        self.gatepass.sign_up(form, address="", is_admin=is_admin)
        return str(self.log_in(email)["token"])

    def get(self, path: str, token: str | None = None, **headers: str) -> TestResponse:
        """GET with a bearer token."""
        given = {"Authorization": f"Bearer {token}"} if token is not None else {}
        return self.client.get(path, headers={**given, **headers})

    def refresh(self, token: str) -> TestResponse:
        """``POST /refresh`` as JSON."""
        return self.client.post("/refresh", json={"refresh_token": token})
