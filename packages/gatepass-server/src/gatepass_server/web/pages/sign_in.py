"""``/sign-in``."""

from dataclasses import dataclass

from flask import Response, request

from gatepass_server.accounts.browser_accounts import BrowserAccounts, BrowserState
from gatepass_server.domain.clock import Clock, whole_seconds
from gatepass_server.domain.errors import FieldFault, RetryLater, WrongCredentials
from gatepass_server.domain.secret import Secret
from gatepass_server.web.body import read_fields
from gatepass_server.web.headers import client_address, request_id
from gatepass_server.web.pages.carried import FIELDS, Carried, carried, from_address
from gatepass_server.web.pages.filled_form import FilledForm, at_fault, refused
from gatepass_server.web.pages.flow_view import FlowView
from gatepass_server.web.pages.rendering import Pages
from gatepass_server.web.pages.sentences import sentence
from gatepass_server.web.pages.steps import Steps
from gatepass_server.web.pages.through.doors import Door
from gatepass_server.web.pages.visitors import Visitors

PATH = "/sign-in"


@dataclass(frozen=True, slots=True)
class _Visit:
    """What a view knows before it looks at the form."""

    carried: Carried
    flow: FlowView | None
    state: BrowserState


class SignInPage:
    """Where people prove who they are.

    Args:
        by_name: whether a directory knows people by other names than their e-mail addresses.
    """

    def __init__(
        self,
        pages: Pages,
        visitors: Visitors,
        steps: Steps,
        accounts: BrowserAccounts,
        clock: Clock,
        *,
        trusted_proxies: int,
        doors: tuple[Door, ...],
        by_name: bool = False,
    ) -> None:
        self._pages = pages
        self._visitors = visitors
        self._steps = steps
        self._accounts = accounts
        self._clock = clock
        self._trusted_proxies = trusted_proxies
        self._doors = doors
        self._by_name = by_name

    def get(self) -> Response:
        """200 with the form. Who is signed in, and was sent by no program, is led on."""
        visit = self._visit(from_address())
        current = visit.state.current
        if current is not None and visit.flow is None and not visit.carried.another:
            return self._steps.on(visit.carried)
        hint = visit.flow.login_hint if visit.flow else ""
        return self._show(visit, FilledForm({"email": hint}))

    def post(self) -> Response:
        """303 onwards; or the form again: 400, 403 (wrong), 429 or 503 (later)."""
        self._visitors.demand_own_page(None)
        fields = read_fields(request, ("email", "password", *FIELDS))
        visit = self._visit(carried(*(fields[name] for name in FIELDS)))
        email, password = (fields["email"] or "").strip(), fields["password"] or ""
        typed = {"email": email}
        missing = [name for name, text in (("email", email), ("password", password)) if not text]
        if missing:
            faults = [FieldFault(name, "missing", "This field is needed.") for name in missing]
            return self._show(visit, at_fault(typed, faults))
        try:
            signed_in = self._accounts.sign_in(
                visit.state,
                email,
                Secret(password),
                keep=visit.flow is not None or visit.carried.another,
                address=client_address(self._trusted_proxies),
                device=request.user_agent.string,
                request_id=request_id(),
            )
        except WrongCredentials as error:
            return self._show(visit, refused(typed, error, _WRONG))
        except RetryLater as error:
            return self._show(visit, refused(typed, error))
        answer = self._steps.signed_in(visit.carried, signed_in.logged_in.session.id)
        return self._visitors.welcome(answer, signed_in, now=whole_seconds(self._clock))

    def _visit(self, carried: Carried) -> _Visit:
        return _Visit(carried, self._steps.find(carried), self._visitors.state())

    def _show(self, visit: _Visit, form: FilledForm) -> Response:
        return self._pages.show_form(
            "sign_in.html",
            form,
            carried=visit.carried.as_parameters,
            state=visit.state,
            doors=self._doors,
            by_name=self._by_name,
            **self._pages.of_flow(visit.flow),
        )


_WRONG = sentence("The e-mail address or the password is wrong.")
