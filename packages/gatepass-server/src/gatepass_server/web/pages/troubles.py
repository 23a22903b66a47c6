"""Pages that tell what went wrong: what the visitor can do, and what a developer wants to know."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any

from flask import Response
from werkzeug.exceptions import HTTPException

from gatepass_server.domain.errors import GatepassError, RetryLater
from gatepass_server.web.errors import answer_fault, answer_http_error, answer_refusal
from gatepass_server.web.headers import request_id
from gatepass_server.web.pages.filled_form import wait_for
from gatepass_server.web.pages.rendering import Pages
from gatepass_server.web.pages.sentences import Sentence, sentence

_KEPT = ("Allow", "Retry-After")


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """What an error page says.

    Attributes:
        heading: What happened, in a few words.
        happened: The same in a sentence.
        visitor: What whoever reads it can do.
        code: The stable code, for developers.
        detail: What a developer can do, in English. Never a secret, and never what somebody typed unless it was judged.
    """

    heading: Sentence
    happened: Sentence
    visitor: tuple[Sentence, ...] = ()
    code: str
    detail: str = ""


class TroublePages:
    """Shows troubles."""

    def __init__(self, pages: Pages) -> None:
        self._pages = pages

    def show(
        self, trouble: Trouble, *, status: int, ui_locales: str = "", headers: dict[str, str] | None = None
    ) -> Response:
        """The page of a trouble."""
        response = self._pages.show(
            "trouble.html", status=status, ui_locales=ui_locales, trouble=trouble, request_id=request_id()
        )
        response.headers.update(headers or {})
        return response

    def refused(self, error: GatepassError) -> Response:
        """Something was refused on purpose; the log gets the reason."""
        return self._instead_of(answer_refusal(error), trouble_of(error))

    def misfit(self, error: HTTPException) -> Response:
        """The request does not fit the address."""
        answer = answer_http_error(error)
        code = answer.get_json()["code"]
        trouble = _NOT_FOUND if answer.status_code in {404, 405} else _UNREADABLE
        return self._instead_of(answer, _coded(trouble, code, str(error.description or "")))

    def fault(self, error: Exception) -> Response:
        """A fault of ours; the log gets it. Where not even a page can be shown, there is a plain answer."""
        answer = answer_fault(error)
        try:
            return self._instead_of(answer, _FAULT)
        except Exception as another:  # noqa: BLE001 - whatever is wrong with the pages themselves
            return answer_fault(another)

    def guard(self, view: Callable[..., Response]) -> Callable[..., Response]:
        """Answer whatever ``view`` refuses by a page."""

        @wraps(view)
        def guarded(**arguments: Any) -> Response:
            try:
                return view(**arguments)
            except GatepassError as error:
                return self.refused(error)
            except HTTPException as error:
                return self.misfit(error)
            except Exception as error:  # noqa: BLE001 - as the handler of the whole application does
                return self.fault(error)

        return guarded

    def _instead_of(self, answer: Response, trouble: Trouble) -> Response:
        kept = {name: answer.headers[name] for name in _KEPT if name in answer.headers}
        return self.show(trouble, status=answer.status_code, headers=kept)


def _coded(trouble: Trouble, code: str, detail: str) -> Trouble:
    return Trouble(
        heading=trouble.heading,
        happened=trouble.happened,
        visitor=trouble.visitor,
        code=code,
        detail=detail,
    )


def trouble_of(error: GatepassError) -> Trouble:
    """What to tell of a refusal."""
    if isinstance(error, RetryLater):
        heading, happened = _LATER.get(error.code, _LATER["busy"])
        return Trouble(heading=heading, happened=happened, visitor=(wait_for(error),), code=error.code)
    found = _BY_CODE.get(error.code, _UNREADABLE)
    return found if found in (_UNAVAILABLE, EXPIRED) else _coded(found, error.code, error.message)


_UNAVAILABLE = Trouble(
    heading=sentence("Temporarily unavailable"),
    happened=sentence("A part of this service is unavailable. Nothing was changed."),
    visitor=(sentence("Please try again in a few minutes."),),
    code="unavailable",
)
_LATER = {
    "too_many_attempts": (
        sentence("Too many attempts"),
        sentence("There were too many failed attempts, so no more are accepted for a while."),
    ),
    "busy": (
        sentence("Very busy right now"),
        sentence("More people are signing in than we can serve at once."),
    ),
}
_NOT_FOUND = Trouble(
    heading=sentence("There is no such page"),
    happened=sentence("There is nothing at this address, or not any more."),
    visitor=(sentence("Check the address, or go back to where you came from."),),
    code="not_found",
)
_UNREADABLE = Trouble(
    heading=sentence("This request cannot be understood"),
    happened=sentence("What your browser sent is not what this page expects. Nothing was changed."),
    visitor=(sentence("Go back, load the page again and repeat what you did."),),
    code="bad_request",
)
_FAULT = Trouble(
    heading=sentence("Something went wrong on our side"),
    happened=sentence("It is not your fault. The problem was logged."),
    visitor=(
        sentence("Please try again in a few minutes."),
        sentence("If it happens again, tell the people who run this site the request ID below."),
    ),
    code="internal_error",
    detail="The log of the server has the fault under the request id.",
)
EXPIRED = Trouble(
    heading=sentence("This sign-in has expired"),
    happened=sentence("It was completed already, or it was left for too long."),
    visitor=(sentence("Go back to the app that you wanted to use, and sign in again from there."),),
    code="unknown_flow",
    detail="The parameter flow names no authorization request that waits. Start a new one.",
)
_BY_CODE = {
    "unknown_flow": EXPIRED,
    "operator_error": _UNAVAILABLE,
    "not_found": _NOT_FOUND,
    "csrf_failed": Trouble(
        heading=sentence("This page is out of date"),
        happened=sentence(
            "Nothing was changed. You may have signed in or out in another tab, or the request came from another site."
        ),
        visitor=(sentence("Go back, load the page again and repeat what you did."),),
        code="csrf_failed",
    ),
}
