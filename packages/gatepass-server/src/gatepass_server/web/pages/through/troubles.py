"""What is told of a sign-in through another house that did not work, with the way back to where it began."""

from flask import Response

from gatepass_server.domain.errors import GatepassError
from gatepass_server.domain.identities import EmailHasAccount
from gatepass_server.domain.upstream_attempts import Errand
from gatepass_server.upstream.errors import UpstreamError
from gatepass_server.web.errors import answer_refusal
from gatepass_server.web.headers import request_id
from gatepass_server.web.pages.rendering import Pages
from gatepass_server.web.pages.sentences import Sentence, sentence
from gatepass_server.web.pages.through.doors import Door
from gatepass_server.web.pages.through.errands import carried_of
from gatepass_server.web.pages.troubles import Trouble


class ThroughTroubles:
    """Shows them."""

    def __init__(self, pages: Pages, doors: tuple[Door, ...]) -> None:
        self._pages = pages
        self._labels = {door.name: door.label for door in doors}

    def show(self, error: GatepassError, name: str, errand: Errand | None = None) -> Response:
        """The page of what was refused; the log gets the reason."""
        status = answer_refusal(error).status_code
        errand = errand or (error.errand if isinstance(error, UpstreamError) else None)
        is_linking = errand is not None and errand.purpose == "link"
        heading, happened, todo = _SAID.get(error.code, _SAID["upstream_untrusted"])
        label = self._labels.get(name, name)
        trouble = Trouble(
            heading=_with(heading, label),
            happened=_with(happened, label),
            visitor=tuple(_with(one, label) for one in todo),
            code=error.code,
            detail=error.message,
        )
        return self._pages.show(
            "through_trouble.html",
            status=status,
            trouble=trouble,
            request_id=request_id(),
            onward=carried_of(errand).as_parameters if errand else {},
            back="/account/identities" if is_linking else "/sign-in",
            has_account=isinstance(error, EmailHasAccount),
        )


def _with(said: Sentence, label: str) -> Sentence:
    return Sentence(said.text, {**said.values, "provider": label})


_AGAIN = sentence("Go back and try again, or sign in another way.")
_SAID: dict[str, tuple[Sentence, Sentence, tuple[Sentence, ...]]] = {
    "upstream_denied": (
        sentence("You were not signed in"),
        sentence("%(provider)s did not confirm who you are. You may have declined there."),
        (_AGAIN,),
    ),
    "upstream_unavailable": (
        sentence("%(provider)s cannot be reached"),
        sentence("%(provider)s does not answer as it should at the moment. Nothing was changed."),
        (sentence("Please try again in a few minutes, or sign in another way."),),
    ),
    "upstream_untrusted": (
        sentence("You were not signed in"),
        sentence("The answer of %(provider)s could not be verified, so it was not accepted."),
        (
            _AGAIN,
            sentence("If it happens again, tell the people who run this site the request ID below."),
        ),
    ),
    "upstream_not_recent": (
        sentence("You were not signed in"),
        sentence("You were to prove again who you are, and %(provider)s let you pass without it."),
        (sentence("Sign out at %(provider)s and try again, or sign in another way."),),
    ),
    "unknown_attempt": (
        sentence("This sign-in has expired"),
        sentence("It was completed already, it took too long, or it was begun in another browser."),
        (_AGAIN,),
    ),
    "not_let_in": (
        sentence("You cannot sign in here this way"),
        sentence("%(provider)s has confirmed who you are, but this account may not be used here."),
        (
            sentence("Sign in another way, or with another account at %(provider)s."),
            sentence("If you think that you should have access, ask the people who run this site."),
        ),
    ),
    "identity_taken": (
        sentence("This account is linked already"),
        sentence("The account at %(provider)s belongs to an account of this site already."),
        (sentence("Choose another account at %(provider)s."),),
    ),
    "email_has_account": (
        sentence("You have an account here already"),
        sentence(
            "There is an account with this e-mail address already. That an address is the same proves nothing, so "
            "%(provider)s alone does not open it."
        ),
        (
            sentence("Sign in to your account as you did before."),
            sentence("Then add %(provider)s under “Sign-in methods” of your account."),
        ),
    ),
}
