"""Somebody who signs in through another house, with the browser at the door of a house in the test's own process."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from werkzeug.test import TestResponse

from tests.support.house import House
from tests.support.other_house import OtherHouse

OURS = {"Sec-Fetch-Site": "same-origin"}


def path_of(address: str) -> str:
    """An address of ours as the test client takes it."""
    parts = urlsplit(address)
    return parts.path + (f"?{parts.query}" if parts.query else "")


def code_on(page: str) -> str:
    """The stable code that a page of trouble shows to developers."""
    return page.partition("<dd><code>")[2].partition("<")[0]


@dataclass
class Traveller:
    """Goes there and back."""

    house: House
    other: OtherHouse
    name: str = "corp"

    def leave(self, query: str = "") -> str:
        """Press the button; the address of the other house."""
        answer = self.house.client.get(f"/sign-in/through/{self.name}{query}", headers=OURS)
        assert answer.status_code == 303, answer.text
        return str(answer.headers["Location"])

    def allow(self, query: str = "") -> str:
        """Press the button and say yes there; the path to come back to."""
        return path_of(self.other.allow(self.leave(query)))

    def come_back(self, query: str = "") -> TestResponse:
        """All of it; the answer to whoever comes back."""
        return self.house.client.get(self.allow(query))

    def me(self) -> dict[str, Any] | None:
        """Who is signed in at the door."""
        answer = self.house.client.get("/me")
        return dict(answer.get_json()) if answer.status_code == 200 else None
