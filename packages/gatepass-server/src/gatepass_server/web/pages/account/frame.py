"""What all pages of an account have in common: whose they are, what was done, and who may send their forms."""

from collections.abc import Callable
from typing import Any

from flask import Response, request

from gatepass_server.accounts.browser_accounts import Account
from gatepass_server.web.pages.filled_form import FilledForm
from gatepass_server.web.pages.rendering import Pages
from gatepass_server.web.pages.sentences import Sentence, sentence
from gatepass_server.web.pages.visitors import Visitors
from gatepass_server.web.query_argument import query_argument

DONE = "done"
_NOTICES = {
    "name": sentence("Your name was changed."),
    "password": sentence("Your password was changed. You were signed out everywhere else."),
    "password_set": sentence("Your password was set. You were signed out everywhere else."),
    "session": sentence("The session was ended."),
    "sessions": sentence("All other sessions were ended."),
    "linked": sentence("The way to sign in was added."),
    "unlinked": sentence("The way to sign in was removed."),
    "application": sentence("The app no longer has access to your account."),
}


class AccountFrame:
    """Shows the pages of an account to its owner, and lets nobody else in.

    Args:
        pages: renders.
        visitors: tell who is in front of the browser.
        has_doors: whether people can sign in through other houses.
    """

    def __init__(self, pages: Pages, visitors: Visitors, *, has_doors: bool) -> None:
        self._pages = pages
        self._visitors = visitors
        self._has_doors = has_doors

    def for_owner(self, path: str, view: Callable[[Account], Response]) -> Callable[[], Response]:
        """A view that is given the account; who is not signed in goes to where that is done, and comes back."""

        def guarded() -> Response:
            account = self._visitors.state().current
            if account is None:
                return self._pages.go("/sign-in", next=self._pages.links(path))
            if request.method == "POST":
                self._visitors.demand_own_page(account)
            return view(account)

        return guarded

    def show(
        self, template: str, account: Account, form: FilledForm | None = None, **values: Any
    ) -> Response:
        """A page of the account."""
        return self._pages.show_form(
            template,
            form or FilledForm(),
            user=account.live.user,
            session=account.live.session,
            csrf_token=account.cookie.csrf_token.reveal(),
            notice=self._notice(),
            has_doors=self._has_doors,
            **values,
        )

    def done(self, path: str, what: str) -> Response:
        """303 to a page that says what was done."""
        return self._pages.go(path, **{DONE: what})

    def _notice(self) -> Sentence | None:
        return _NOTICES.get(query_argument(DONE)) if request.method != "POST" else None
