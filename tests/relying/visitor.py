"""A person with a browser that runs no scripts: goes to addresses, signs in and consents at the server's pages."""

import ssl
from typing import Self
from urllib.parse import urljoin, urlsplit

import httpx

from tests.support.server import EMAIL, PASSWORD
from tests.support.visitor import Form, Reader

_MOST_PAGES = 8
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
        self._browser = httpx.Client(follow_redirects=True, timeout=30, verify=believed)
        self.answered: list[str] = []
        """The paths of the pages that were answered, in order."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._browser.close()

    def go(self, address: str) -> httpx.Response:
        """Go somewhere, and answer whatever the server asks on the way; where it ends."""
        page = self._browser.get(address)
        for _ in range(_MOST_PAGES):
            if not str(page.url).startswith(self._server):
                return page
            assert page.status_code == 200, f"{page.status_code} at {page.url}: {page.text}"
            forms = Reader(page.text).forms
            if not forms:
                return page
            page = self._answer(page, forms[-1])
        raise AssertionError(f"The server asks on and on: {self.answered}")

    def _answer(self, page: httpx.Response, form: Form) -> httpx.Response:
        self.answered.append(urlsplit(str(page.url)).path)
        fields = dict(form.fields)
        if "password" in fields:
            fields |= {"email": EMAIL, "password": PASSWORD}
        fields |= {name: value for name, value in form.buttons[:1] if name}  # the first one allows
        return self._browser.post(
            urljoin(str(page.url), form.action), data=fields, headers={"Sec-Fetch-Site": "same-origin"}
        )
