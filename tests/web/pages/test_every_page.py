"""What holds for every page: nothing inline, strict headers, one language throughout, words for screen readers."""

import re
from collections.abc import Callable
from urllib.parse import urlencode

import pytest
from werkzeug.test import TestResponse

from tests.support.house import EMAIL, PASSWORD, House
from tests.support.relying_party import RelyingParty
from tests.support.television import Television
from tests.support.visitor import Reader, Visitor

POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; form-action 'self'; "
    "frame-ancestors 'none'; base-uri 'none'"
)


def _at(path: str) -> Callable[[Visitor], TestResponse]:
    return lambda visitor: visitor.get(path)


def _signed_in(path: str) -> Callable[[Visitor], TestResponse]:
    def go(visitor: Visitor) -> TestResponse:
        visitor.sign_in()
        return visitor.get(path)

    return go


def _consent(visitor: Visitor) -> TestResponse:
    visitor.sign_in()
    app = RelyingParty.of(visitor.house)
    return visitor.follow(visitor.get(f"/oauth2/authorize?{urlencode(app.parameters())}"))


def _form_post(visitor: Visitor) -> TestResponse:
    visitor.submit(_consent(visitor), button="allow")
    app = RelyingParty.of(visitor.house)
    page = visitor.get(f"/oauth2/authorize?{urlencode(app.parameters(response_mode='form_post'))}")
    visitor.submit(visitor.follow(page), button="allow")
    return visitor.get(f"/oauth2/authorize?{urlencode(app.parameters(response_mode='form_post'))}")


def _device(visitor: Visitor) -> TestResponse:
    visitor.sign_in()
    codes = Television.of(visitor.house).begin()
    return visitor.submit(visitor.get(f"/device?user_code={codes['user_code']}"))


PAGES: dict[str, Callable[[Visitor], TestResponse]] = {
    "sign-in": _at("/sign-in"),
    "sign-in again": lambda visitor: visitor.sign_in(password="wrong"),
    "sign-up": _at("/sign-up"),
    "sign-up again": lambda visitor: visitor.submit(visitor.get("/sign-up")),
    "sign-out": _signed_in("/sign-out"),
    "signed out": _at("/sign-out"),
    "choose account": _signed_in("/choose-account"),
    "profile": _signed_in("/account"),
    "password": _signed_in("/account/password"),
    "sessions": _signed_in("/account/sessions"),
    "apps": _signed_in("/account/applications"),
    "consent": _consent,
    "form post": _form_post,
    "device": _signed_in("/device"),
    "device confirm": _device,
    "device done": lambda visitor: visitor.submit(_device(visitor), button="deny"),
    "not found": _at("/nothing"),
    "expired": _at("/consent?flow=x"),
    "refused": _at("/oauth2/authorize"),
}
EVERY = pytest.mark.parametrize("name", PAGES)


@EVERY
def test_nothing_is_inline_and_nothing_comes_from_elsewhere(visitor: Visitor, name: str) -> None:
    page = PAGES[name](visitor)
    for tag, found in Reader(page.text).tags:
        assert tag not in {"style", "base", "iframe", "object", "embed"}
        assert "style" not in found
        assert not [attribute for attribute in found if attribute.startswith("on")]
        if tag == "script":
            assert str(found["src"]).startswith("/assets/")
        if tag in {"link", "img"}:
            assert str(found.get("href") or found.get("src")).startswith("/assets/")
    assert not re.search(r"<script[^>]*>[^<]", page.text)


@EVERY
def test_the_headers_are_strict(visitor: Visitor, name: str) -> None:
    page = PAGES[name](visitor)
    policy = page.headers["Content-Security-Policy"]
    assert policy.replace("form-action 'self' https://app.example.com", "form-action 'self'") == POLICY
    assert page.headers["Cache-Control"] == "no-store"
    assert page.headers["X-Content-Type-Options"] == "nosniff"
    assert page.headers["Referrer-Policy"] == "same-origin"
    assert page.headers["Strict-Transport-Security"]
    assert page.content_type == "text/html; charset=utf-8"


@EVERY
@pytest.mark.parametrize("language", ["en", "zh-CN"])
def test_it_says_which_language_it_speaks_and_speaks_it(house: House, name: str, language: str) -> None:
    page = PAGES[name](Visitor(house, language))
    tag = "en" if language == "en" else "zh-Hans"
    assert page.headers["Content-Language"] == tag
    assert f'<html lang="{tag}">' in page.text
    assert f'lang="{"zh-Hans" if tag == "en" else "en"}"' in page.text
    if tag == "zh-Hans":
        body = re.sub(r"<[^>]*lang=\"en\"[^>]*>[^<]*<|<code>[^<]*<|<time[^<]*<", "<", page.text)
        words = re.findall(r">([^<>]*)<", body.partition("<main")[2].partition("</main")[0])
        for sentence in words:
            known = {EMAIL, "A", "Ann", "Wiki", "W", "app.example.com"}
            assert sentence.strip() in known or not re.search(r"[A-Za-z]{3,} [A-Za-z]{2,}", sentence), (
                sentence
            )


@EVERY
def test_every_field_has_a_label_every_id_is_there_once_and_headings_begin_with_the_first(
    visitor: Visitor, name: str
) -> None:
    tags = Reader(PAGES[name](visitor).text).tags
    ids = [found["id"] for _, found in tags if found.get("id")]
    assert len(ids) == len(set(ids))
    labels = {found.get("for") for tag, found in tags if tag == "label"}
    for tag, found in tags:
        if tag == "input" and found.get("type") != "hidden" and found.get("aria-hidden") != "true":
            assert found["id"] in labels
        for reference in str(found.get("aria-describedby") or found.get("aria-labelledby") or "").split():
            assert reference in ids
    headings = [tag for tag, _ in tags if tag in {"h1", "h2", "h3"}]
    assert headings[0] == "h1"
    assert headings.count("h1") == 1


@EVERY
def test_no_secret_stands_in_it(visitor: Visitor, name: str) -> None:
    page = PAGES[name](visitor)
    assert PASSWORD not in page.text
    assert "gp_sc_" not in page.text
