"""The pages below the prefix of a host program, whose guard takes their cookie."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from gatepass_server import mount
from tests.support.clock import FakeClock
from tests.support.hosts import host_app, mount_settings
from tests.support.house import EMAIL, PASSWORD
from tests.support.visitor import Reader

ORIGIN = "https://shop.example.com"


@pytest.fixture
def host(
    ready_sqlite_url: str, tmp_path: Path, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Flask]:
    """A shop with Gatepass in it, and a page for those who are signed in."""
    monkeypatch.chdir(tmp_path)
    app = host_app()
    settings = mount_settings(ready_sqlite_url, tmp_path, issuer=f"{ORIGIN}/auth")
    guard = mount(app, settings=settings, clock=clock)

    @app.get("/orders")
    @guard.token_required
    def orders() -> str:
        return guard.user.email

    yield app
    app.extensions["gatepass"].close()


def test_whoever_signs_in_there_comes_back_to_the_host_and_is_known(host: Flask) -> None:
    client = host.test_client()
    page = client.get("/auth/sign-up?next=/orders", base_url=ORIGIN)
    form = Reader(page.text).forms[0]
    assert form.action == "/auth/sign-up"
    sent = {**form.fields, "name": "Ann", "email": EMAIL, "password": PASSWORD}
    answer = client.post(form.action, data=sent, base_url=ORIGIN, headers={"Origin": ORIGIN})
    assert answer.headers["Location"] == "/orders"
    assert client.get("/orders", base_url=ORIGIN).text == EMAIL
    assert client.get("/auth/sign-in", base_url=ORIGIN).headers["Location"] == "/auth/account"


def test_every_address_of_a_page_is_below_the_prefix(host: Flask) -> None:
    client = host.test_client()
    page = client.get("/auth/sign-in", base_url=ORIGIN)
    reader = Reader(page.text)
    found = [
        *reader.links,
        *(str(tag.get("src") or tag.get("href")) for name, tag in reader.tags if name in {"script", "link"}),
    ]
    assert found
    for address in found:
        assert address.startswith(("/auth/", "?"))
    for address in found:
        if address.startswith("/auth/assets/"):
            assert client.get(address, base_url=ORIGIN).status_code == 200


def test_a_wrong_address_is_the_hosts_to_answer(host: Flask) -> None:
    answer = host.test_client().get("/nothing", headers={"Accept": "text/html"})
    assert answer.text == "the host's own 404"
