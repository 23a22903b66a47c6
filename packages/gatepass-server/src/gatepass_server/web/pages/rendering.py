"""From a template and its values to an answer."""

from collections.abc import Callable, Iterable
from functools import cached_property
from pathlib import Path
from typing import Any

from flask import Response
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from gatepass_server.web.pages import times
from gatepass_server.web.pages.assets import Assets
from gatepass_server.web.pages.brand import Brand
from gatepass_server.web.pages.filled_form import FilledForm
from gatepass_server.web.pages.flow_view import FlowView
from gatepass_server.web.pages.languages import PARAMETER, Language, chosen, remember_choice, spoken
from gatepass_server.web.pages.links import Links
from gatepass_server.web.pages.policy import content_policy
from gatepass_server.web.pages.program_view import ProgramView
from gatepass_server.web.pages.sentences import Sentence

_TEMPLATES = Path(__file__).parent.parent / "templates"


class Pages:
    """Renders pages.

    Args:
        brand: of the house.
        assets: static files.
        links: to other pages.
        secure: whether cookies go over HTTPS alone.
    """

    def __init__(self, brand: Brand, assets: Assets, links: Links, *, secure: bool) -> None:
        self.links = links
        self._brand = brand
        self._assets = assets
        self._secure = secure

    def show(
        self,
        template: str,
        *,
        status: int = 200,
        carried: dict[str, str] | None = None,
        ui_locales: str = "",
        accent: str = "",
        leads_to: Iterable[str] = (),
        images: Iterable[str] = (),
        frames_from: Iterable[str] = (),
        **values: Any,
    ) -> Response:
        """An answer that is a page.

        Args:
            template: its file in ``templates/``.
            status: of HTTP.
            carried: parameters that the page hands on, such as ``flow``.
            ui_locales: the languages that a program asked for.
            accent: a colour instead of the house's, ``#rrggbb``.
            leads_to: where the page's forms may redirect to.
            images: pictures from elsewhere that it shows.
            frames_from: origins of the frames that it loads.
            values: what else the template asks for.
        """
        language = chosen(ui_locales)
        kept = {name: value for name, value in (carried or {}).items() if value}
        text = (
            self._environments[language]
            .get_template(template)
            .render(
                accent=self._assets.accent(accent or self._brand.colour),
                brand=self._brand,
                carried=kept,
                language=language,
                languages=[(other, Links("")("", **kept, **{PARAMETER: other})) for other in Language],
                **values,
            )
        )
        response = Response(text, status=status, content_type="text/html; charset=utf-8")
        headers = response.headers
        headers["Content-Security-Policy"] = content_policy(
            leads_to=leads_to, images=images, frames_from=frames_from
        )
        headers["Content-Language"] = language
        headers["Cache-Control"] = "no-store"
        # Our own forms say where they come from, which older browsers without Sec-Fetch-Site need; nobody else is told.
        headers["Referrer-Policy"] = "same-origin"
        remember_choice(response, secure=self._secure)
        return response

    def of_flow(self, flow: FlowView | None) -> dict[str, Any]:
        """The arguments of ``show`` for a page that may be a step of a flow."""
        if flow is None:
            return {"program": None}
        program = flow.program
        return {
            "program": program,
            "ui_locales": flow.ui_locales,
            "accent": program.accent,
            "leads_to": (flow.redirect_uri,),
            "images": (program.logo,) if program.logo else (),
        }

    def show_form(self, template: str, form: FilledForm, **arguments: Any) -> Response:
        """``show`` a form, with the status that it says."""
        response = self.show(template, status=form.status, form=form, **arguments)
        if form.retry_after:
            response.headers["Retry-After"] = str(form.retry_after)
        return response

    def go(self, path: str, **parameters: str) -> Response:
        """303 to another of our pages."""
        return self.go_to(self.links(path, **parameters))

    def go_to(self, address: str) -> Response:
        """303 to an address that was checked before."""
        response = Response(status=303)
        response.headers["Location"] = address
        response.headers["Referrer-Policy"] = "same-origin"
        return response

    @cached_property
    def _environments(self) -> dict[Language, Environment]:
        return {language: self._environment(language) for language in Language}

    def _environment(self, language: Language) -> Environment:
        environment = Environment(
            loader=FileSystemLoader(_TEMPLATES),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
            extensions=["jinja2.ext.i18n"],
        )
        catalogue = language.catalogue
        environment.install_gettext_callables(  # type: ignore[attr-defined] # the extension's, unknown to the types
            catalogue.gettext, catalogue.ngettext, newstyle=True
        )
        environment.globals.update(asset=self._assets, link=self.links)
        environment.filters["say"] = _sayer(catalogue.gettext)
        environment.filters["called"] = _namer(language)
        environment.filters["moment"] = times.writer(language)
        return environment


def _namer(language: Language) -> Callable[[ProgramView], str]:
    def called(program: ProgramView) -> str:
        """A program's name in the language, where it has one (RFC 7591 section 2.2)."""
        own = (name for tag, name in program.names if spoken(tag) is language)
        return next(own, program.name)

    return called


def _sayer(translate: Callable[[str], str]) -> Callable[[Sentence], Markup]:
    def say(sentence: Sentence) -> Markup:
        return Markup(translate(sentence.text)) % sentence.values  # noqa: S704 - our own words; values are escaped

    return say
