"""``/account/password``."""

from flask import Response, request

from gatepass_server.accounts.browser_accounts import Account
from gatepass_server.accounts.change_password import ChangePassword
from gatepass_server.accounts.cookie_sessions import CookieRenewal
from gatepass_server.accounts.set_password import SetPassword
from gatepass_server.crypto.cookie_handles import CookieHandle
from gatepass_server.domain.clock import Clock, whole_seconds
from gatepass_server.domain.errors import (
    FieldFault,
    InvalidInput,
    PasswordElsewhere,
    RetryLater,
    WrongCredentials,
)
from gatepass_server.domain.password_policy import MIN_PASSWORD_CHARACTERS
from gatepass_server.domain.secret import Secret
from gatepass_server.web.body import read_fields
from gatepass_server.web.cookies import SessionCookie
from gatepass_server.web.headers import client_address, request_id
from gatepass_server.web.pages.account.frame import AccountFrame
from gatepass_server.web.pages.filled_form import FilledForm, at_fault, refused
from gatepass_server.web.pages.sentences import sentence

PATH = "/account/password"
_FIELDS = ("current_password", "new_password")


class PasswordPage:
    """Where people change their password; every other session ends."""

    def __init__(
        self,
        frame: AccountFrame,
        change: ChangePassword,
        set_first: SetPassword,
        cookie: SessionCookie,
        clock: Clock,
        *,
        trusted_proxies: int,
    ) -> None:
        self._frame = frame
        self._change = change
        self._set_first = set_first
        self._cookie = cookie
        self._clock = clock
        self._trusted_proxies = trusted_proxies

    def get(self, account: Account) -> Response:
        """200."""
        return self._elsewhere(account) or self._show(account, FilledForm())

    def post(self, account: Account) -> Response:
        """303 when it is done, with another cookie; or the form again: 400, 403 (wrong), 429 or 503 (later)."""
        if answer := self._elsewhere(account):
            return answer
        return self._replace(account) if account.live.user.has_password else self._set(account)

    def _replace(self, account: Account) -> Response:
        """303 when there is another one; or the form again."""
        fields = read_fields(request, _FIELDS)
        current, new = (fields[name] or "" for name in _FIELDS)
        if missing := [name for name in _FIELDS if not fields[name]]:
            faults = [FieldFault(name, "missing", "This field is needed.") for name in missing]
            return self._show(account, at_fault({}, faults))
        renewal = CookieRenewal(account.cookie, CookieHandle.new())
        live = account.live
        try:
            self._change(
                live.user,
                Secret(current),
                Secret(new),
                session_id=live.session.id,
                address=client_address(self._trusted_proxies),
                request_id=request_id(),
                renewal=renewal,
            )
        except InvalidInput as error:
            return self._show(account, at_fault({}, error.faults))
        except WrongCredentials as error:
            return self._show(account, refused({}, error, _WRONG))
        except RetryLater as error:
            return self._show(account, refused({}, error))
        return self._renewed(account, renewal, "password")

    def _set(self, account: Account) -> Response:
        """303 when there is one; or the form again."""
        new = read_fields(request, ("new_password",))["new_password"]
        if not new:
            return self._show(account, at_fault({}, [FieldFault("new_password", "missing", "It is needed.")]))
        renewal = CookieRenewal(account.cookie, CookieHandle.new())
        try:
            self._set_first(
                account.live,
                Secret(new),
                address=client_address(self._trusted_proxies),
                request_id=request_id(),
                renewal=renewal,
            )
        except InvalidInput as error:
            return self._show(account, at_fault({}, error.faults))
        except WrongCredentials as error:
            return self._show(account, refused({}, error, _PROVE))
        except RetryLater as error:
            return self._show(account, refused({}, error))
        return self._renewed(account, renewal, "password_set")

    def _renewed(self, account: Account, renewal: CookieRenewal, what: str) -> Response:
        answer = self._frame.done(PATH, what)
        left = account.live.session.expires_at - whole_seconds(self._clock)
        self._cookie.give(answer, renewal.new, max_age=left)
        return answer

    def _elsewhere(self, account: Account) -> Response | None:
        """What to show instead of any form, where the password is kept elsewhere."""
        try:
            self._change.demand_here(account.live.user)
        except PasswordElsewhere as error:
            return self._frame.show("account_password_elsewhere.html", account, FilledForm(), page=error.page)
        return None

    def _show(self, account: Account, form: FilledForm) -> Response:
        return self._frame.show("account_password.html", account, form, least=MIN_PASSWORD_CHARACTERS)


_PROVE = sentence("Sign in again first, to show that it is you.")
_WRONG = sentence("The current password is wrong.")
