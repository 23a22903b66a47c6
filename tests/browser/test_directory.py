"""Somebody of a directory signs in in a real browser."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.support.server import Server, serving
from tests.support.slapd import BASE, BEE, SEARCHER, SECRET, Slapd
from tests.support.slapd_fixture import slapd  # noqa: F401 - a fixture, which pytest finds in this file

PASSWORDS = "https://password.example.com/"


@pytest.fixture
def house(tmp_path: Path, slapd: Slapd) -> Iterator[Server]:  # noqa: F811 - the fixture
    with serving(
        tmp_path,
        ldap_url=slapd.url,
        ldap_ca_file=str(slapd.certificate),
        ldap_bind_dn=SEARCHER,
        ldap_bind_password=SECRET,
        ldap_base=BASE,
        ldap_password_page=PASSWORDS,
    ) as server:
        yield server


def test_a_user_name_and_the_directorys_password_are_enough(page: Page, house: Server) -> None:
    page.goto(f"{house.url}/sign-in")
    name, password = page.get_by_label("E-mail address or user name"), page.locator("input[name=password]")
    name.fill("bee")
    password.fill("wrong")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_text("The e-mail address or the password is wrong.")).to_be_visible()
    expect(name).to_have_value("bee")
    password.fill(BEE)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_label("Your name")).to_have_value("Bee Sørensen")
    page.goto(f"{house.url}/account/password")
    expect(page.get_by_role("link", name="Change the password")).to_have_attribute("href", PASSWORDS)
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
