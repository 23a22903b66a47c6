"""``/sign-up``."""

from flask import Response, request

from gatepass_server.accounts.browser_accounts import BrowserAccounts
from gatepass_server.accounts.forms import AccountForm
from gatepass_server.accounts.sign_up import SignUp
from gatepass_server.domain.clock import Clock, whole_seconds
from gatepass_server.domain.errors import EmailTaken, InvalidInput, RetryLater
from gatepass_server.domain.password_policy import PasswordPolicy
from gatepass_server.domain.secret import Secret
from gatepass_server.web.body import UnreadableBody, read_fields
from gatepass_server.web.headers import client_address, request_id
from gatepass_server.web.pages.carried import FIELDS, Carried, carried, from_address
from gatepass_server.web.pages.filled_form import FilledForm, at_fault, refused
from gatepass_server.web.pages.flow_view import FlowView
from gatepass_server.web.pages.rendering import Pages
from gatepass_server.web.pages.sentences import sentence
from gatepass_server.web.pages.steps import Steps
from gatepass_server.web.pages.through.doors import Door
from gatepass_server.web.pages.visitors import Visitors

PATH = "/sign-up"


class SignUpPage:
    """Where people make an account, and are signed in with it."""

    def __init__(
        self,
        pages: Pages,
        visitors: Visitors,
        steps: Steps,
        sign_up: SignUp,
        accounts: BrowserAccounts,
        policy: PasswordPolicy,
        clock: Clock,
        *,
        trusted_proxies: int,
        doors: tuple[Door, ...],
    ) -> None:
        self._pages = pages
        self._visitors = visitors
        self._steps = steps
        self._sign_up = sign_up
        self._accounts = accounts
        self._policy = policy
        self._clock = clock
        self._trusted_proxies = trusted_proxies
        self._doors = doors

    def get(self) -> Response:
        """200 with the form."""
        carried = from_address()
        flow = self._steps.find(carried)
        return self._show(carried, flow, FilledForm({"email": flow.login_hint if flow else ""}))

    def post(self) -> Response:
        """303 onwards; or the form again: 400, 409 (there is an account), 429 or 503 (later)."""
        self._visitors.demand_own_page(None)
        fields = read_fields(request, ("name", "email", "password", *FIELDS))
        handed_on = carried(*(fields[name] for name in FIELDS))
        flow = self._steps.find(handed_on)
        name, email, password = fields["name"], fields["email"], fields["password"]
        typed = {"name": name or "", "email": email or ""}
        try:
            form = AccountForm.check(name=name, email=email, password=password, policy=self._policy)
            address = client_address(self._trusted_proxies) or "unknown"
            self._sign_up(form, address=address, request_id=request_id())
            signed_in = self._accounts.sign_in(
                self._visitors.state(),
                form.email.text,
                Secret(form.password.reveal()),
                keep=flow is not None or handed_on.another,
                address=address,
                device=request.user_agent.string,
                request_id=request_id(),
            )
        except UnreadableBody:
            raise
        except InvalidInput as error:
            return self._show(handed_on, flow, at_fault(typed, error.faults))
        except EmailTaken:
            return self._show(handed_on, flow, FilledForm(typed, {"email": _TAKEN}, status=409))
        except RetryLater as error:
            return self._show(handed_on, flow, refused(typed, error))
        answer = self._steps.signed_in(handed_on, signed_in.logged_in.session.id, created=True)
        return self._visitors.welcome(answer, signed_in, now=whole_seconds(self._clock))

    def _show(self, carried: Carried, flow: FlowView | None, form: FilledForm) -> Response:
        return self._pages.show_form(
            "sign_up.html",
            form,
            carried=carried.as_parameters,
            taken=form.faults.get("email") is _TAKEN,
            least=self._policy.min_characters,
            doors=self._doors,
            **self._pages.of_flow(flow),
        )


_TAKEN = sentence("There is an account with this e-mail address already.")
