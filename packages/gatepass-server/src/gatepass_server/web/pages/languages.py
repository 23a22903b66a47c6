"""Which language a page speaks, and its catalogue."""

import gettext
from collections.abc import Iterable
from enum import StrEnum
from pathlib import Path

from flask import Response, request

from gatepass_server.web.query_argument import query_argument

CATALOGUES = Path(__file__).parent.parent / "locale"
DOMAIN = "pages"
PARAMETER = "lang"
COOKIE = "gatepass_language"
_YEAR = 365 * 86_400


class Language(StrEnum):
    """A language of the pages, as BCP 47 names it."""

    ENGLISH = "en"
    CHINESE = "zh-Hans"

    @property
    def own_name(self) -> str:
        """What its readers call it."""
        return {Language.ENGLISH: "English", Language.CHINESE: "简体中文"}[self]

    @property
    def catalogue(self) -> gettext.NullTranslations:
        """Its messages; English ones stand in the templates."""
        if self is Language.ENGLISH:
            return gettext.NullTranslations()
        return gettext.translation(DOMAIN, CATALOGUES, [self.value.replace("-", "_")])


_SPOKEN = {"en": Language.ENGLISH, "zh": Language.CHINESE}


def chosen(ui_locales: str = "") -> Language:
    """The language for the request.

    What the person has chosen here comes first, in this address or earlier; then what the program asks for
    (``ui_locales``, OpenID Connect Core section 3.1.2.1); then what the browser prefers.
    """
    wishes = (
        query_argument(PARAMETER),
        request.cookies.get(COOKIE, ""),
        *ui_locales.split(),
        *request.accept_languages.values(),
    )
    return first_spoken(wishes)


def first_spoken(tags: Iterable[str]) -> Language:
    """The language of the first tag that we speak; English if none is. Any Chinese is nearer than English."""
    return next(filter(None, map(spoken, tags)), Language.ENGLISH)


def spoken(tag: str) -> Language | None:
    """The language of a tag, if we speak it."""
    return _SPOKEN.get(tag.lower().replace("_", "-").partition("-")[0])


def remember_choice(response: Response, *, secure: bool) -> None:
    """Keep the choice that stands in the address, for a year."""
    tag = query_argument(PARAMETER)
    if tag in set(Language):
        response.set_cookie(
            COOKIE, tag, max_age=_YEAR, path="/", secure=secure, httponly=True, samesite="Lax"
        )
