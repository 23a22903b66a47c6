"""A person with a browser that runs no scripts: goes to addresses, signs in and consents at the server's pages."""

import ssl
from typing import Self
from urllib.parse import urljoin, urlsplit

import httpx

from tests.support.server import EMAIL, PASSWORD
from tests.support.visitor import Form, Reader

_MOST_PAGES = 20
"""That a person answers before something is wrong."""


class Visitor:
    """The person.

    Args:
        server: the address of the server, whose pages are the only ones that are answered.
        trust: PEM of the certificate that the browser believes.
    """

    def __init__(self, server: str, *, trust: str = "") -> None:
        self._server = server
        believed = ssl.create_default_context(cafile=trust) if trust else True
        self._browser = httpx.Client(timeout=30, verify=believed)
        self.answered: list[str] = []
        """The paths of the pages that were answered, in order."""
        self.shown: dict[str, str] = {}
        """What stood there."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._browser.close()

    def go(self, address: str) -> httpx.Response:
        """Go somewhere, and answer whatever the server asks on the way; where it ends."""
        page = self._visit(address)
        while page.has_redirect_location:
            page = self._visit(_next(page))
        return page

    def carry(self, address: str) -> str:
        """Go to the server, answer whatever it asks, and come to the address that it leads away to."""
        page = self._visit(address)
        while _next(page).startswith(self._server):
            page = self._visit(_next(page))
        return _next(page)

    def _visit(self, address: str) -> httpx.Response:
        """The page at an address, or where the server leads to once it has asked all it wants to know there."""
        page = self._browser.get(address)
        if not address.startswith(self._server) or page.has_redirect_location:
            return page
        assert page.status_code == 200, f"{page.status_code} at {page.url}: {page.text}"
        assert len(self.answered) < _MOST_PAGES, f"The server asks on and on: {self.answered}"
        forms = Reader(page.text).forms
        return self._answer(page, forms[-1]) if forms else page

    def _answer(self, page: httpx.Response, form: Form) -> httpx.Response:
        path = urlsplit(str(page.url)).path
        self.answered.append(path)
        self.shown[path] = page.text
        fields = dict(form.fields)
        if "password" in fields:
            fields |= {"email": EMAIL, "password": PASSWORD}
        fields |= {name: value for name, value in form.buttons[:1] if name}  # the first one allows
        return self._browser.post(
            urljoin(str(page.url), form.action), data=fields, headers={"Sec-Fetch-Site": "same-origin"}
        )


def _next(page: httpx.Response) -> str:
    return urljoin(str(page.url), str(page.headers.get("Location", "")))
