"""Caches, browsers, clocks, speed, and the revocation feed."""

import json
import time
from email.utils import formatdate
from typing import Any

import pytest

from gatepass import Key
from gatepass_server.doctor import Verdict
from tests.doctor.asking import look_at
from tests.doctor.fake_site import JSON, Page, Site, status_list

P, W, F = Verdict.PASS, Verdict.WARN, Verdict.FAIL


def with_headers(page: Page, **headers: str) -> Page:
    given = {**JSON, **{name.replace("_", "-"): text for name, text in headers.items()}}
    return Page(page.body, headers={name: text for name, text in given.items() if text})


@pytest.mark.parametrize(
    ("said", "verdict"),
    [
        ("public, max-age=300", P),
        ("MAX-AGE = 60", P),
        ("no-store", W),
        ("max-age=0", W),
        ("max-age=604800", W),
        ("max-age=" + "9" * 5000, W),
        ("public", W),
        ("", W),
        ("s-maxage=300", W),
    ],
)
def test_how_long_keys_are_kept_is_judged(site: Site, said: str, verdict: Verdict) -> None:
    site.pages["/jwks"] = with_headers(site.pages["/jwks"], Cache_Control=said)
    assert look_at(site.issuer).one("caching.keys").verdict is verdict


@pytest.mark.parametrize(
    ("headers", "verdict"),
    [
        ({"Access_Control_Allow_Origin": "*"}, P),
        ({"Access_Control_Allow_Origin": "https://doctor.invalid"}, P),
        ({"Access_Control_Allow_Origin": ""}, W),
        ({"Access_Control_Allow_Origin": "https://app.example.com"}, W),
        (
            {
                "Access_Control_Allow_Origin": "https://doctor.invalid",
                "Access_Control_Allow_Credentials": "true",
            },
            F,
        ),
    ],
)
def test_what_pages_of_other_origins_may_read_is_judged(
    site: Site, headers: dict[str, str], verdict: Verdict
) -> None:
    site.pages["/jwks"] = with_headers(site.pages["/jwks"], **headers)
    assert look_at(site.issuer).one("browsers.keys").verdict is verdict


@pytest.mark.parametrize(
    ("off", "verdict"), [(0, P), (3, P), (-3, P), (30, W), (-30, W), (600, F), (-600, F)]
)
def test_a_clock_that_is_off_is_told(site: Site, off: float, verdict: Verdict) -> None:
    finding = look_at(site.issuer, clock=lambda: time.time() - off).one("clock.skew")
    assert finding.verdict is verdict
    if verdict is not P:
        assert ("ahead of" if off > 0 else "behind") in finding.found


def test_an_answer_from_a_cache_says_its_age_and_is_no_clock_behind(site: Site) -> None:
    old = formatdate(time.time() - 500, usegmt=True)
    site.pages = {path: with_headers(page, Date=old, Age="500") for path, page in site.pages.items()}
    assert look_at(site.issuer).one("clock.skew").verdict is P


@pytest.mark.parametrize("date", ["yesterday", "Thu, 99 Foo 99999999 99:99:99 GMT", "-", "\x7f" * 1000])
def test_a_date_that_is_none_is_no_clock(site: Site, date: str) -> None:
    site.pages = {path: with_headers(page, Date=date) for path, page in site.pages.items()}
    assert look_at(site.issuer).one("clock.skew").verdict is Verdict.SKIP


LISTS: list[tuple[Verdict, dict[str, Any]]] = [
    (P, {}),
    (W, {"ttl": ...}),
    (W, {"late": 4000}),
    (F, {"late": -4000}),
    (F, {"iat": ...}),
    (F, {"exp": 1}),
    (F, {"sub": "https://elsewhere.example/lists/0"}),
    (F, {"iss": "https://elsewhere.example"}),
    (F, {"status_list": None}),
    (F, {"status_list": {"bits": 3, "lst": "eJwDAAAAAAE"}}),
    (F, {"status_list": {"bits": 1, "lst": "!"}}),
    (F, {"ttl": -1}),
]


@pytest.mark.compliance("draft-ietf-oauth-status-list", "8.3", "a list is checked before it is believed")
@pytest.mark.parametrize(("verdict", "changes"), LISTS, ids=str)
def test_the_revocation_feed_is_judged(site: Site, verdict: Verdict, changes: dict[str, Any]) -> None:
    claims = {"sub": f"{site.issuer}/lists/0", **changes}
    if late := claims.pop("late", 0):
        claims["iat"] = int(time.time()) - late
    site.pages["/lists/0"] = Page(status_list(claims.pop("sub"), **claims))
    assert look_at(site.issuer).one("feed.list").verdict is verdict


def test_a_list_that_a_stranger_signed_is_told(site: Site) -> None:
    site.pages["/lists/0"] = Page(status_list(f"{site.issuer}/lists/0", Key.generate("PS512")))
    finding = look_at(site.issuer).one("feed.list")
    assert finding.verdict is F
    assert "unknown_key" in finding.found


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"{}", b'{"status_lists": {}}', b'{"status_lists": [1]}'])
def test_an_aggregation_that_names_no_lists_is_told(site: Site, body: bytes) -> None:
    site.pages["/lists"] = Page(body)
    assert look_at(site.issuer).one("feed.lists").verdict is F


@pytest.mark.parametrize("uri", ["", "file:///etc/passwd", "http://10.0.0.1/list", "https://[", "\x00"])
def test_a_list_at_a_strange_address_is_told_and_not_asked(site: Site, uri: str) -> None:
    site.pages["/lists"] = Page(json.dumps({"status_lists": [uri]}).encode())
    assert look_at(site.issuer).one("feed.list").verdict is F


def test_an_issuer_that_has_just_been_set_up_has_no_list_yet(site: Site) -> None:
    site.pages["/lists"] = Page(b'{"status_lists": []}')
    assert look_at(site.issuer).one("feed.lists").verdict is Verdict.SKIP
