"""``/sign-in/through/NAME/finish``: what is left to do for who has come back from another house."""

from flask import Response, request

from gatepass_server.accounts.browser_accounts import Account, BrowserAccounts
from gatepass_server.accounts.forms import check_name_and_email
from gatepass_server.domain.clock import Clock, whole_seconds
from gatepass_server.domain.errors import EmailTaken, InvalidInput, RetryLater
from gatepass_server.domain.identities import EmailHasAccount, IdentityTaken, NotLetIn
from gatepass_server.upstream.errors import AttemptGone, UpstreamError
from gatepass_server.upstream.house import Upstreams
from gatepass_server.upstream.journey import Arrival
from gatepass_server.web.body import UnreadableBody, read_fields
from gatepass_server.web.pages.filled_form import FilledForm, at_fault, refused
from gatepass_server.web.pages.rendering import Pages
from gatepass_server.web.pages.sentences import sentence
from gatepass_server.web.pages.steps import Steps
from gatepass_server.web.pages.through.back import BackView
from gatepass_server.web.pages.through.doors import Door
from gatepass_server.web.pages.through.errands import carried_of
from gatepass_server.web.pages.through.troubles import ThroughTroubles
from gatepass_server.web.pages.visitors import Visitors
from gatepass_server.web.query_argument import query_argument
from gatepass_server.web.through_cookie import ThroughCookie

IDENTITIES = "/account/identities"


class FinishPage:
    """Asks for a name and an e-mail address where the house told none that is verified; or confirms a link."""

    def __init__(
        self,
        pages: Pages,
        visitors: Visitors,
        steps: Steps,
        accounts: BrowserAccounts,
        upstreams: Upstreams,
        troubles: ThroughTroubles,
        back: BackView,
        cookie: ThroughCookie,
        doors: tuple[Door, ...],
        clock: Clock,
    ) -> None:
        self._pages = pages
        self._visitors = visitors
        self._steps = steps
        self._accounts = accounts
        self._upstreams = upstreams
        self._troubles = troubles
        self._back = back
        self._cookie = cookie
        self._doors = {door.name: door for door in doors}
        self._clock = clock

    def get(self, name: str) -> Response:
        """200 with the form."""
        handle = query_argument("attempt")
        try:
            arrival = self._upstreams.journey.parked(name, handle, self._cookie.presented())
            if arrival.errand.purpose == "link":
                return self._ask(name, handle, arrival, self._owner(arrival))
        except UpstreamError as error:
            return self._troubles.show(error, name)
        stranger = arrival.stranger
        typed = {"name": stranger.name or stranger.login, "email": stranger.email}
        return self._show(name, handle, arrival, FilledForm(typed))

    def post(self, name: str) -> Response:
        """303 onwards; or the form again: 400, 409 (there is an account), 429 (later)."""
        self._visitors.demand_own_page(None)
        fields = read_fields(request, ("attempt", "name", "email"))
        handle = fields["attempt"] or ""
        try:
            arrival = self._upstreams.journey.parked(name, handle, self._cookie.presented())
        except AttemptGone as error:
            return self._troubles.show(error, name)
        try:
            if arrival.errand.purpose == "link":
                return self._link(name, handle, arrival)
            return self._sign_up(name, handle, arrival, fields)
        except (UpstreamError, NotLetIn, EmailHasAccount, IdentityTaken) as error:
            return self._troubles.show(error, name, arrival.errand)

    def _link(self, name: str, handle: str, arrival: Arrival) -> Response:
        account = self._owner(arrival)
        self._visitors.demand_own_page(account)
        browser = self._cookie.of_this_browser()
        journey = self._upstreams.journey
        self._upstreams.identities.link(
            account.live,
            self._back.word(name, arrival.stranger),
            spend=lambda uow: journey.unpark(uow, name, handle, browser),
        )
        return self._pages.go(IDENTITIES, done="linked")

    def _sign_up(self, name: str, handle: str, arrival: Arrival, fields: dict[str, str | None]) -> Response:
        typed = {"name": fields["name"] or "", "email": fields["email"] or ""}
        carried = carried_of(arrival.errand)
        stranger = arrival.stranger
        browser = self._cookie.of_this_browser()
        journey = self._upstreams.journey
        try:
            called, email = check_name_and_email(name=fields["name"], email=fields["email"])
            signed_in = self._accounts.sign_up_through(
                self._visitors.state(),
                self._back.word(name, stranger),
                keep=bool(carried.flow) or carried.another,
                name=called,
                email=email,
                is_verified=stranger.is_verified and email.text == stranger.email,
                spend=lambda uow: journey.unpark(uow, name, handle, browser),
            )
        except UnreadableBody:
            raise
        except InvalidInput as error:
            return self._show(name, handle, arrival, at_fault(typed, error.faults))
        except EmailTaken:
            return self._show(name, handle, arrival, FilledForm(typed, {"email": _TAKEN}, status=409))
        except RetryLater as error:
            return self._show(name, handle, arrival, refused(typed, error))
        answer = self._steps.signed_in(carried, signed_in.logged_in.session.id, created=True)
        return self._visitors.welcome(answer, signed_in, now=whole_seconds(self._clock))

    def _owner(self, arrival: Arrival) -> Account:
        """Whose session began the link; nobody else, in the same browser, is given the identity."""
        account = self._visitors.state().current
        if account is None or account.live.session.id != arrival.errand.session_id:
            raise AttemptGone(reason="another session, or none, than that which began the link")
        return account

    def _ask(self, name: str, handle: str, arrival: Arrival, account: Account) -> Response:
        return self._pages.show(
            "through_link.html",
            door=self._doors[name],
            stranger=arrival.stranger,
            user=account.live.user,
            attempt=handle,
            csrf_token=account.cookie.csrf_token.reveal(),
        )

    def _show(self, name: str, handle: str, arrival: Arrival, form: FilledForm) -> Response:
        carried = carried_of(arrival.errand)
        return self._pages.show_form(
            "through_finish.html",
            form,
            door=self._doors[name],
            attempt=handle,
            carried={"attempt": handle},
            onward=carried.as_parameters,
            taken=form.faults.get("email") is _TAKEN,
            **self._pages.of_flow(self._steps.find(carried)),
        )


_TAKEN = sentence("There is an account with this e-mail address already.")
