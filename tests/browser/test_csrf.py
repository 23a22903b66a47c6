"""Other sites make the browser send requests with its cookie: nothing happens."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import ACCOUNT, Site
from tests.browser.visiting import add_note, cookies, sign_in

FORM = """<form method="post" action="{target}">
<input name="text" value="forged"><input name="csrf_token" value=""></form>
<script>document.forms[0].submit()</script>"""
FETCH = """<script>
const body = new URLSearchParams({{text: "forged"}});
fetch("{target}", {{method: "POST", credentials: "include", mode: "no-cors", body}})
  .finally(() => document.title = "tried")
</script>"""
LOG_IN = """<form method="post" action="{target}">
<input name="email" value="{email}"><input name="password" value="{password}"><input name="mode" value="cookie"></form>
<script>document.forms[0].submit()</script>"""


@pytest.fixture(params=["neighbour", "stranger"])
def attacker(request: pytest.FixtureRequest) -> Callable[[str], str]:
    """Another port of the same host, to which SameSite is no obstacle, and another site altogether."""
    opened: Callable[[str], str] = request.getfixturevalue(request.param)
    return opened


def notes_of(page: Page, site: Site) -> list[str]:
    page.goto(site.url)
    return page.locator("#notes li").all_inner_texts()


def test_a_form_of_another_site_changes_nothing(
    page: Page, site: Site, attacker: Callable[[str], str]
) -> None:
    sign_in(page, site)
    add_note(page, "my own")
    tab = page.context.new_page()
    tab.goto(attacker(FORM.format(target=f"{site.url}/notes")))
    tab.wait_for_url(f"{site.url}/notes")
    expect(tab.locator("body")).to_contain_text(re.compile("csrf_failed|Token is missing"))
    assert notes_of(page, site) == ["my own"]


def test_what_a_neighbour_sends_has_the_cookie_and_is_refused_all_the_same(
    page: Page, site: Site, neighbour: Callable[[str], str]
) -> None:
    sign_in(page, site)
    tab = page.context.new_page()
    with tab.expect_response(f"{site.url}/notes") as sent:
        tab.goto(neighbour(FORM.format(target=f"{site.url}/notes")))
    assert site.cookie in (sent.value.request.all_headers()).get("cookie", "")
    assert sent.value.status == 403
    assert sent.value.json()["code"] == "csrf_failed"


def test_a_request_of_another_sites_script_changes_nothing(
    page: Page, site: Site, attacker: Callable[[str], str]
) -> None:
    sign_in(page, site)
    add_note(page, "my own")
    tab = page.context.new_page()
    tab.goto(attacker(FETCH.format(target=f"{site.url}/notes")))
    expect(tab).to_have_title("tried")
    tab.goto(attacker(FETCH.format(target=f"{site.url}/auth/logout")))
    expect(tab).to_have_title("tried")
    assert notes_of(page, site) == ["my own"]


def test_another_site_signs_nobody_in(page: Page, site: Site, attacker: Callable[[str], str]) -> None:
    target = f"{site.url}/auth/login"
    form = LOG_IN.format(target=target, email=site.email, password=ACCOUNT["password"])
    page.goto(attacker(form))
    page.wait_for_url(target)
    expect(page.locator("body")).to_contain_text("csrf_failed")
    assert site.cookie not in cookies(page)
