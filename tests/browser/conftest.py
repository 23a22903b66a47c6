"""Chromium, the example with the cookie, over HTTPS, and sites that mean no good."""

import hashlib
import os
import secrets
from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser.evil_site import evil_site
from tests.browser.tls_front import Tamper, tls_front
from tests.examples.test_examples import EXAMPLES, call, running_example
from tests.outage.certificates import self_signed
from tests.support.chromium import ARGUMENTS, find_chromium
from tests.support.server import free_port

ACCOUNT = {"name": "Ada", "password": "one fine long password"}


@pytest.fixture(scope="session")
def chromium() -> str:
    """Where Chromium is. In CI it must be there; elsewhere these tests are skipped without it."""
    found = find_chromium()
    if found is None:
        reason = "Chromium is not installed: apt-get install chromium"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    return found


def fingerprint(certificate: Path) -> str:
    """The digest of a certificate's public key, as Chromium names it."""
    key = x509.load_pem_x509_certificate(certificate.read_bytes()).public_key()
    der = key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return b64encode(hashlib.sha256(der).digest()).decode()


@pytest.fixture(scope="module")
def browser(chromium: str, certificate: Path) -> Iterator[Browser]:
    """A browser that keeps pages for its back button, which Playwright's would not by itself.

    One for each file: as long as Playwright runs, so does its event loop, and no other test could run its own.
    It believes the certificate of the tests: what comes with one that it doubts, it keeps in no cache.
    """
    believed = f"--ignore-certificate-errors-spki-list={fingerprint(certificate)}"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium,
            args=[believed, *ARGUMENTS],
            ignore_default_args=["--disable-back-forward-cache"],
        )
        yield browser
        browser.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page in a profile of its own, on a small telephone."""
    with browser.new_context(ignore_https_errors=True, viewport={"width": 320, "height": 640}) as context:
        page = context.new_page()
        page.set_default_timeout(15_000)
        yield page


@dataclass(frozen=True)
class Site:
    """The example as its visitors see it; ``plain`` is the server behind the TLS, ``email`` is Ada's."""

    url: str
    plain: str
    cookie: str
    email: str = ""


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return self_signed(tmp_path_factory.mktemp("tls") / "localhost.pem")


@pytest.fixture(scope="module")
def run_site(
    tmp_path_factory: pytest.TempPathFactory, certificate: Path
) -> Iterator[Callable[[bool, Tamper | None], Site]]:
    """Run the example until the end of the file; the same one for those who ask for the same."""
    with ExitStack() as stack:

        @cache
        def run(https: bool, tamper: Tamper | None) -> Site:
            tls_port, plain_port = free_port(), free_port()
            url = f"https://localhost:{tls_port}" if https else f"http://127.0.0.1:{plain_port}"
            program = EXAMPLES / "four_ways/cookie/app.py"
            folder = tmp_path_factory.mktemp("site")
            running = running_example(
                program, folder, "/sign-in", port=plain_port, GATEPASS_ISSUER=f"{url}/auth"
            )
            plain = stack.enter_context(running)
            if https:
                front = tls_front(tls_port, plain_port, certificate, *([tamper] if tamper else []))
                stack.enter_context(front)
            return Site(url, plain, "__Host-gatepass" if https else "gatepass_session")

        yield run


@pytest.fixture
def open_site(run_site: Callable[[bool, Tamper | None], Site]) -> Callable[..., Site]:
    """The example over HTTPS, or plainly on this machine, where Ada has an account that is this test's alone."""

    def open_one(*, https: bool = True, tamper: Tamper | None = None) -> Site:
        site = replace(run_site(https, tamper), email=f"ada.{secrets.token_hex(4)}@example.org")
        assert call(f"{site.plain}/auth/signup", {**ACCOUNT, "email": site.email})[0] == 201
        return site

    return open_one


@pytest.fixture
def site(open_site: Callable[..., Site]) -> Site:
    """The example over HTTPS."""
    return open_site()


@pytest.fixture
def neighbour(certificate: Path) -> Iterator[Callable[[str], str]]:
    """A site on another port of the same host: the same site to a browser, but another origin."""
    with ExitStack() as stack:

        def open_one(html: str) -> str:
            port = free_port()
            plain = stack.enter_context(evil_site(html))
            stack.enter_context(tls_front(port, plain, certificate))
            return f"https://localhost:{port}/"

        yield open_one


@pytest.fixture
def stranger() -> Iterator[Callable[[str], str]]:
    """A site that has nothing in common with the example."""
    with ExitStack() as stack:

        def open_one(html: str) -> str:
            return f"http://127.0.0.1:{stack.enter_context(evil_site(html))}/"

        yield open_one
