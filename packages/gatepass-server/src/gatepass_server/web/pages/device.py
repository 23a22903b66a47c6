"""``/device``: sign in on a device without a keyboard, by a code that it shows (RFC 8628 section 3.3)."""

from dataclasses import dataclass
from typing import Protocol

from flask import Response, request

from gatepass_server.accounts.browser_accounts import Account
from gatepass_server.domain.errors import NotFound, RetryLater
from gatepass_server.store.ports import LiveSession
from gatepass_server.web.body import read_fields
from gatepass_server.web.headers import client_address, request_id
from gatepass_server.web.pages.filled_form import FilledForm, refused
from gatepass_server.web.pages.program_view import ProgramView
from gatepass_server.web.pages.rendering import Pages
from gatepass_server.web.pages.scope_words import in_words
from gatepass_server.web.pages.sentences import sentence
from gatepass_server.web.pages.visitors import Visitors
from gatepass_server.web.query_argument import query_argument

PATH = "/device"
ALLOW, DENY = "allow", "deny"
_LONGEST = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceView:
    """A device that waits.

    Attributes:
        user_code: As the device shows it.
        program: What runs on it.
        scopes: What it asks for.
        address: The IP address that it asked from.
        asked_at: When it did, in seconds since the epoch.
        is_offline: Whether its access outlives the sign-in.
        resources: The addresses of the APIs where its tokens are to be good.
    """

    user_code: str
    program: ProgramView
    scopes: tuple[str, ...]
    address: str
    asked_at: int
    is_offline: bool
    resources: tuple[str, ...] = ()


class Devices(Protocol):
    """What the page asks of devices that wait. A code is whatever somebody typed."""

    def find(self, user_code: str, account: LiveSession, *, address: str) -> DeviceView:
        """The device with this code.

        Raises:
            NotFound: there is none that waits; the miss is counted.
            TooManyAttempts: too many codes were guessed.
        """
        ...

    def decide(
        self, user_code: str, account: LiveSession, *, allowed: bool, address: str, request_id: str
    ) -> None:
        """Let the device in, or refuse it.

        Raises:
            NotFound: it does not wait any more.
            TooManyAttempts: too many codes were guessed.
        """
        ...


class DevicePage:
    """Where people let a device in. A code in the address is filled in, and never counts as an answer."""

    def __init__(self, pages: Pages, visitors: Visitors, devices: Devices, *, trusted_proxies: int) -> None:
        self._pages = pages
        self._visitors = visitors
        self._devices = devices
        self._trusted_proxies = trusted_proxies

    def get(self) -> Response:
        """200 with the field for the code; 303 to the sign-in first."""
        code = query_argument("user_code")[:_LONGEST]
        account = self._visitors.state().current
        if account is None:
            return self._pages.go("/sign-in", next=self._pages.links(PATH, user_code=code))
        return self._ask_for_code(account, FilledForm({"user_code": code}))

    def post(self) -> Response:
        """200 with the question, or with what was done; 400, 404 or 429 with the field again."""
        account = self._visitors.state().current
        self._visitors.demand_own_page(account)
        if account is None:
            return self._pages.go("/sign-in", next=self._pages.links(PATH))
        fields = read_fields(request, ("user_code", "answer"))
        code, answer = (fields["user_code"] or "").strip()[:_LONGEST], fields["answer"]
        typed = {"user_code": code}
        if not code:
            return self._ask_for_code(account, FilledForm(typed, {"user_code": _MISSING}, status=400))
        address = client_address(self._trusted_proxies)
        try:
            if answer in {ALLOW, DENY}:
                self._devices.decide(
                    code,
                    account.live,
                    allowed=answer == ALLOW,
                    address=address,
                    request_id=request_id(),
                )
                return self._pages.show("device_done.html", allowed=answer == ALLOW)
            device = self._devices.find(code, account.live, address=address)
        except NotFound:
            return self._ask_for_code(account, FilledForm(typed, {"user_code": _UNKNOWN}, status=404))
        except RetryLater as error:
            return self._ask_for_code(account, refused(typed, error))
        return self._pages.show(
            "device_confirm.html",
            device=device,
            program=device.program,
            accent=device.program.accent,
            images=(device.program.logo,) if device.program.logo else (),
            scopes=in_words(device.scopes),
            user=account.live.user,
            csrf_token=account.cookie.csrf_token.reveal(),
        )

    def _ask_for_code(self, account: Account, form: FilledForm) -> Response:
        return self._pages.show_form(
            "device.html", form, user=account.live.user, csrf_token=account.cookie.csrf_token.reveal()
        )


_MISSING = sentence("Please enter the code shown on the device.")
_UNKNOWN = sentence("No device is waiting with this code. Check it, or get a new one on the device.")
