"""``/account/identities``: the ways to sign in, adding one and removing one."""

from flask import Response, request

from gatepass_server.accounts.browser_accounts import Account, BrowserAccounts, SignedIn
from gatepass_server.domain.clock import Clock, whole_seconds
from gatepass_server.domain.errors import FieldFault, RetryLater, WrongCredentials
from gatepass_server.domain.identities import LastWayIn
from gatepass_server.domain.secret import Secret
from gatepass_server.domain.upstream_attempts import Errand
from gatepass_server.upstream.errors import Unavailable, UnknownProvider
from gatepass_server.upstream.house import Upstreams
from gatepass_server.web.body import read_fields
from gatepass_server.web.headers import client_address, request_id
from gatepass_server.web.pages.account.frame import AccountFrame
from gatepass_server.web.pages.filled_form import FilledForm, at_fault, refused
from gatepass_server.web.pages.rendering import Pages
from gatepass_server.web.pages.sentences import sentence
from gatepass_server.web.pages.through.doors import Door
from gatepass_server.web.pages.through.troubles import ThroughTroubles
from gatepass_server.web.pages.visitors import Visitors
from gatepass_server.web.through_cookie import ThroughCookie

PATH = "/account/identities"


class IdentitiesPage:
    """Where people see through which other houses they can sign in. To add one, they prove anew who they are."""

    def __init__(
        self,
        frame: AccountFrame,
        pages: Pages,
        visitors: Visitors,
        accounts: BrowserAccounts,
        upstreams: Upstreams,
        troubles: ThroughTroubles,
        doors: tuple[Door, ...],
        cookie: ThroughCookie,
        clock: Clock,
        *,
        trusted_proxies: int,
        directory: str = "",
    ) -> None:
        self._frame = frame
        self._pages = pages
        self._visitors = visitors
        self._accounts = accounts
        self._upstreams = upstreams
        self._troubles = troubles
        self._doors = {door.name: door for door in doors}
        self._cookie = cookie
        self._clock = clock
        self._trusted_proxies = trusted_proxies
        self._shown = {**self._doors, directory: Door(directory, directory)} if directory else self._doors

    def get(self, account: Account) -> Response:
        """200."""
        return self._show(account, FilledForm())

    def post(self, account: Account) -> Response:
        """303 when one is removed, 200 with the way to another house; or the page again: 400, 403, 409 or 429.

        Raises:
            UnknownProvider: there is no such house to add.
        """
        fields = read_fields(request, ("remove", "add", "password"))
        if fields["remove"]:
            return self._remove(account, fields["remove"])
        return self._add(account, fields["add"] or "", fields["password"] or "")

    def _remove(self, account: Account, identity_id: str) -> Response:
        try:
            self._upstreams.identities.remove(
                account.live,
                identity_id,
                address=client_address(self._trusted_proxies),
                request_id=request_id(),
            )
        except LastWayIn as error:
            return self._show(account, refused({}, error, _LAST))
        return self._frame.done(PATH, "unlinked")

    def _add(self, account: Account, name: str, password: str) -> Response:
        if not self._upstreams.identities.may_link(account.live.user):
            return self._show(account, FilledForm({}, {}, _DIRECTORY, status=403))
        if name not in self._doors:
            raise UnknownProvider("There is nothing at this address.", reason="no such upstream")
        signed_in: SignedIn | None = None
        if not self._upstreams.identities.is_recent(account.live):
            if not account.live.user.has_password:
                return self._show(account, FilledForm({}, {}, _PROVE, status=403))
            if not password:
                fault = FieldFault("password", "missing", "This field is needed.")
                return self._show(account, at_fault({}, [fault]))
            try:
                signed_in = self._accounts.sign_in(
                    self._visitors.state(),
                    account.live.user.email,
                    Secret(password),
                    keep=True,
                    address=client_address(self._trusted_proxies),
                    device=request.user_agent.string,
                    request_id=request_id(),
                )
            except WrongCredentials as error:
                return self._show(account, refused({}, error, _WRONG))
            except RetryLater as error:
                return self._show(account, refused({}, error))
        session = account.live.session if signed_in is None else signed_in.logged_in.session
        answer = self._leave(name, Errand(purpose="link", session_id=session.id))
        if signed_in is not None:
            self._visitors.welcome(answer, signed_in, now=whole_seconds(self._clock))
        return answer

    def _leave(self, name: str, errand: Errand) -> Response:
        browser = self._cookie.of_this_browser()
        try:
            url = self._upstreams.journey.begin(name, errand, browser)
        except Unavailable as error:
            return self._troubles.show(error, name, errand)
        # A page of its own, and no redirect: where that leads, the policy of the page with the form would have to name.
        answer = self._pages.show("through_go.html", door=self._doors[name], url=url)
        return self._cookie.give(answer, browser)

    def _show(self, account: Account, form: FilledForm) -> Response:
        user = account.live.user
        identities = self._upstreams.identities.of(user)
        return self._frame.show(
            "account_identities.html",
            account,
            form,
            identities=[(identity, self._shown.get(identity.provider)) for identity in identities],
            doors=list(self._doors.values()) if self._upstreams.identities.may_link(user) else [],
            again=[self._doors[one.provider] for one in identities if one.provider in self._doors],
            is_recent=self._upstreams.identities.is_recent(account.live),
        )


_LAST = sentence(
    "This is the only way to sign in to your account. Set a password or add another one before you remove it."
)
_DIRECTORY = sentence("The directory of your organisation alone lets you in.")
_PROVE = sentence("Sign in again first, to show that it is you.")
_WRONG = sentence("The password is wrong.")
