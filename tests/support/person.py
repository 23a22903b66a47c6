"""Somebody with a browser: follows links, fills in forms, and keeps cookies. Real HTTP, no scripts."""

from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

import httpx


class _Forms(HTMLParser):
    """The first form of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.action: str | None = None
        self.fields: dict[str, str] = {}
        self._inside = False
        self._has_button = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form" and self.action is None and given.get("method", "").lower() == "post":
            self.action, self._inside = given.get("action", ""), True
        elif self._inside and tag in {"input", "button"} and given.get("name"):
            is_button = tag == "button" or given.get("type") == "submit"
            if is_button and self._has_button:
                return  # the first one is pressed
            self._has_button = self._has_button or is_button
            if given.get("type") in {"checkbox", "radio"} and "checked" not in given:
                return
            self.fields[given["name"]] = given.get("value", "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._inside = False


class Person:
    """Somebody, by name and password.

    Args:
        email: what they sign in with.
        password: of theirs.
    """

    def __init__(self, email: str, password: str) -> None:
        self._known = {"email": email, "password": password}
        self._browser = httpx.Client(follow_redirects=True, timeout=30)

    def __enter__(self) -> "Person":
        return self

    def __exit__(self, *_: object) -> None:
        self._browser.close()

    def visit(self, url: str) -> httpx.Response:
        """The page that stands there in the end."""
        return self._browser.get(url)

    def sign_in_through(self, url: str) -> httpx.Response:
        """Go there, and fill in and send each form on the way, until there is none."""
        page = self.visit(url)
        for _ in range(5):  # sign in, choose, consent
            forms = _Forms()
            forms.feed(page.text)
            if forms.action is None:
                return page
            here = str(page.url)
            origin = "{0.scheme}://{0.netloc}".format(urlsplit(here))
            filled = {name: self._known.get(name, value) for name, value in forms.fields.items()}
            page = self._browser.post(urljoin(here, forms.action), data=filled, headers={"Origin": origin})
        raise AssertionError(f"forms without end, the last at {page.url}")

    def forget(self, *cookies: str) -> None:
        """Lose cookies, if they are there."""
        for cookie in cookies:
            if cookie in self._browser.cookies:
                self._browser.cookies.delete(cookie)
