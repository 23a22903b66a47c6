"""``/account``: one's name and e-mail address."""

from flask import Response, request

from gatepass_server.accounts.browser_accounts import Account
from gatepass_server.accounts.change_name import ChangeName
from gatepass_server.domain.errors import InvalidInput
from gatepass_server.web.body import UnreadableBody, read_fields
from gatepass_server.web.headers import client_address, request_id
from gatepass_server.web.pages.account.frame import AccountFrame
from gatepass_server.web.pages.filled_form import FilledForm, at_fault

PATH = "/account"
_TEMPLATE = "account_profile.html"


class ProfilePage:
    """Where people see who they are here, and change their name."""

    def __init__(self, frame: AccountFrame, change: ChangeName, *, trusted_proxies: int) -> None:
        self._frame = frame
        self._change = change
        self._trusted_proxies = trusted_proxies

    def get(self, account: Account) -> Response:
        """200."""
        return self._frame.show(_TEMPLATE, account, FilledForm({"name": account.live.user.name}))

    def post(self, account: Account) -> Response:
        """303 when it is done; 400 with the form where the name cannot be taken."""
        name = read_fields(request, ("name",))["name"] or ""
        try:
            self._change(
                account.live.user,
                name,
                address=client_address(self._trusted_proxies),
                request_id=request_id(),
            )
        except UnreadableBody:
            raise
        except InvalidInput as error:
            return self._frame.show(_TEMPLATE, account, at_fault({"name": name}, error.faults))
        return self._frame.done(PATH, "name")
