"""A browser, as far as cookies go: what Flask's test client keeps, it sends."""

from http.cookies import SimpleCookie
from typing import Any

from werkzeug.test import TestResponse

from tests.support.house import EMAIL, ISSUER, PASSWORD, House


def cookie_line(answer: TestResponse) -> tuple[str, str, dict[str, str]]:
    """Name, value and attributes of the one cookie that an answer sets."""
    (line,) = answer.headers.getlist("Set-Cookie")
    first, *rest = line.split("; ")
    name, _, value = first.partition("=")
    return name, value, {key: text for key, _, text in (part.partition("=") for part in rest)}


class Browser:
    """Somebody's browser at a page of the house; ``name`` is the cookie's.

    Args:
        house: where it goes.
        origin: of its pages.
    """

    def __init__(self, house: House, origin: str = ISSUER) -> None:
        self._client = house.app.test_client(use_cookies=False)
        self.origin = origin
        self.name = "__Host-gatepass" if origin.startswith("https") else "gatepass_session"
        self.cookie = ""
        self.csrf_token = ""

    def log_in(self, email: str = EMAIL, password: str = PASSWORD, **headers: str) -> TestResponse:
        """``POST /login`` in cookie mode; what comes of it is kept."""
        sent = {"email": email, "password": password, "mode": "cookie"}
        answer = self.post("/login", json=sent, **headers)
        if answer.status_code == 201:
            self.csrf_token = answer.get_json()["csrf_token"]
        return answer

    def plant(self, cookie: str) -> None:
        """Put a cookie into the browser, as an attacker might."""
        self.cookie = cookie

    def get(self, path: str, **headers: str) -> TestResponse:
        """GET with the cookie."""
        return self.send("GET", path, headers=headers)

    def post(self, path: str, *, json: Any = None, data: Any = None, **headers: str) -> TestResponse:
        """POST with the cookie, from a page of the browser's origin."""
        return self.send("POST", path, headers={"Origin": self.origin, **headers}, json=json, data=data)

    def send(self, method: str, path: str, *, headers: dict[str, str], **body: Any) -> TestResponse:
        """Send a request, and keep the cookie that its answer sets."""
        given = {"Cookie": f"{self.name}={self.cookie}", **headers} if self.cookie else headers
        answer = self._client.open(path, method=method, headers=given, **body)
        for line in answer.headers.getlist("Set-Cookie"):
            if (found := SimpleCookie(line).get(self.name)) is not None:
                self.cookie = found.value
        return answer
