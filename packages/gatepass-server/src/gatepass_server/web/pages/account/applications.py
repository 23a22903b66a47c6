"""``/account/applications``: the programs that have access, and taking it back."""

from dataclasses import dataclass

from flask import Response, request

from gatepass_server.accounts.applications import Application, Applications
from gatepass_server.accounts.browser_accounts import Account
from gatepass_server.web.body import read_fields
from gatepass_server.web.headers import client_address, request_id
from gatepass_server.web.pages.account.frame import AccountFrame
from gatepass_server.web.pages.program_view import ProgramView, program_view
from gatepass_server.web.pages.scope_words import ScopeWords, in_words

PATH = "/account/applications"


@dataclass(frozen=True, slots=True)
class ApplicationView:
    """A program with access, as it is listed."""

    application: Application
    program: ProgramView
    scopes: list[ScopeWords]


class ApplicationsPage:
    """Where people see which programs they let in, and put them out."""

    def __init__(self, frame: AccountFrame, applications: Applications, *, trusted_proxies: int) -> None:
        self._frame = frame
        self._applications = applications
        self._trusted_proxies = trusted_proxies

    def get(self, account: Account) -> Response:
        """200."""
        views = [
            ApplicationView(found, program_view(found.client, found.client_id), in_words(found.scopes))
            for found in self._applications.of(account.live.user)
        ]
        logos = [view.program.logo for view in views if view.program.logo]
        return self._frame.show("account_applications.html", account, applications=views, images=logos)

    def post(self, account: Account) -> Response:
        """303 when the program has no access any more."""
        client_id = read_fields(request, ("program",))["program"] or ""
        self._applications.take_back(
            account.live.user,
            client_id,
            address=client_address(self._trusted_proxies),
            request_id=request_id(),
        )
        return self._frame.done(PATH, "application")
