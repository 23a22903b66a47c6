"""Somebody at a page of the house: what the page shows is read, and its forms are sent as a browser would."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

from werkzeug.test import TestResponse

from tests.support.house import EMAIL, ISSUER, PASSWORD, House


@dataclass
class Form:
    """A form of a page: its address, what is filled in already, and its buttons."""

    action: str
    fields: dict[str, str] = field(default_factory=dict)
    buttons: list[tuple[str, str]] = field(default_factory=list)


class Reader(HTMLParser):
    """Reads a page.

    Attributes:
        forms: In the order of the page.
        links: Where its links lead.
        tags: Every element with its attributes.
    """

    def __init__(self, text: str) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self.links: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        self.tags.append((tag, found))
        if tag == "form":
            self.forms.append(Form(found.get("action") or ""))
        elif tag == "input" and found.get("name"):
            self.forms[-1].fields[str(found["name"])] = found.get("value") or ""
        elif tag == "button" and self.forms:
            self.forms[-1].buttons.append((found.get("name") or "", found.get("value") or ""))
        elif tag == "a" and found.get("href"):
            self.links.append(str(found["href"]))

    def input(self, name: str) -> dict[str, str | None]:
        """The attributes of a field."""
        return next(found for tag, found in self.tags if tag == "input" and found.get("name") == name)


class Visitor:
    """A browser that keeps its cookies, reads English, and follows nothing by itself."""

    def __init__(self, house: House, language: str = "en", origin: str = ISSUER) -> None:
        self.house = house
        self.client = house.app.test_client()
        self.language = language
        self.origin = origin

    def get(self, path: str, **headers: str) -> TestResponse:
        """Go to an address."""
        return self.client.get(path, base_url=self.origin, headers={**self._headers(), **headers})

    def post(self, path: str, data: dict[str, Any], **headers: str) -> TestResponse:
        """Send a form that no page has shown."""
        given = {**self._headers(), "Origin": self.origin, **headers}
        return self.client.post(path, base_url=self.origin, data=data, headers=given)

    def submit(
        self, page: TestResponse, *, button: str | None = None, form: int = 0, **fields: str
    ) -> TestResponse:
        """Fill in a form of the page and send it, by the button that has the value ``button``."""
        shown = Reader(page.text).forms[form]
        assert fields.keys() <= shown.fields.keys(), shown
        sent = {**shown.fields, **fields}
        if button is not None:
            sent[next(name for name, value in shown.buttons if value == button)] = button
        return self.post(shown.action, sent)

    def follow(self, answer: TestResponse) -> TestResponse:
        """Go where a redirect leads."""
        assert answer.status_code == 303, answer.text
        return self.get(answer.headers["Location"])

    def sign_in(
        self, email: str = EMAIL, password: str = PASSWORD, *, path: str = "/sign-in"
    ) -> TestResponse:
        """Sign in at the page."""
        return self.submit(self.get(path), email=email, password=password)

    def cookie(self, name: str = "__Host-gatepass") -> str:
        """The value of a cookie; empty without one."""
        found = self.client.get_cookie(name, domain=self.origin.partition("://")[2])
        return "" if found is None else found.value

    def _headers(self) -> dict[str, str]:
        return {"Accept": "text/html,*/*;q=0.8", "Accept-Language": self.language}
