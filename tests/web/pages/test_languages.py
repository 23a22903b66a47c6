"""Which language a page speaks."""

import subprocess
import sys
from pathlib import Path

import pytest

from gatepass_server.domain.errors import FieldFault
from gatepass_server.web.pages.fault_words import words_for
from gatepass_server.web.pages.languages import Language, first_spoken
from tests.support.house import House
from tests.support.visitor import Reader, Visitor

SCRIPT = Path(__file__).parents[3] / "packages/gatepass-server/scripts/translations.py"


def test_no_message_is_untranslated_and_no_catalogue_stale() -> None:
    checked = subprocess.run(
        [sys.executable, SCRIPT, "--check"], capture_output=True, text=True, check=False, timeout=60
    )
    assert checked.returncode == 0, f"run: make translations\n{checked.stdout}{checked.stderr}"


@pytest.mark.parametrize(
    ("accepted", "language"),
    [
        ("zh-CN,zh;q=0.9,en;q=0.8", "zh-Hans"),
        ("zh-TW", "zh-Hans"),
        ("fr-FR,fr;q=0.9,zh;q=0.2", "zh-Hans"),
        ("fr", "en"),
        ("en-GB,zh", "en"),
        ("", "en"),
        (";;;q=x,,", "en"),
    ],
)
def test_the_browser_says_which(house: House, accepted: str, language: str) -> None:
    assert Visitor(house, accepted).get("/sign-in").headers["Content-Language"] == language


def test_a_choice_is_remembered_and_goes_before_what_the_browser_says(visitor: Visitor) -> None:
    page = visitor.get("/sign-in?next=/orders")
    link = next(link for link in Reader(page.text).links if "lang=zh-Hans" in link)
    assert link == "?next=%2Forders&lang=zh-Hans"
    assert visitor.get(f"/sign-in{link}").headers["Content-Language"] == "zh-Hans"
    assert visitor.get("/sign-up").headers["Content-Language"] == "zh-Hans"
    line = visitor.get("/sign-in?lang=en").headers["Set-Cookie"]
    for attribute in ("gatepass_language=en", "Secure", "HttpOnly", "SameSite=Lax"):
        assert attribute in line
    assert visitor.get("/sign-up").headers["Content-Language"] == "en"


@pytest.mark.parametrize("tag", ["xx", "../../etc", "en\r\nX: y", "a" * 5000, "zh_Hans"])
def test_a_choice_that_there_is_not_sets_nothing(visitor: Visitor, tag: str) -> None:
    page = visitor.client.get("/sign-in", query_string={"lang": tag}, base_url=visitor.origin)
    assert page.status_code == 200
    assert "Set-Cookie" not in page.headers


def test_tags_are_read_as_people_write_them() -> None:
    assert first_spoken(["de", "ZH_hans_CN"]) is Language.CHINESE
    assert first_spoken(["EN-us"]) is Language.ENGLISH
    assert first_spoken([]) is Language.ENGLISH


def test_every_fault_has_words() -> None:
    for name in ("name", "email", "password", "current_password", "new_password", "anything"):
        for code in ("missing", "invalid", "too_short", "too_long", "too_common", "too_personal", "new_code"):
            assert words_for(FieldFault(name, code, "")).text
