"""``POST /me/password``."""

from flask import Response, request

from gatepass_server.accounts.change_password import ChangePassword
from gatepass_server.accounts.cookie_sessions import CookieRenewal
from gatepass_server.crypto.cookie_handles import CookieHandle
from gatepass_server.domain.errors import FieldFault, InvalidInput
from gatepass_server.domain.secret import Secret
from gatepass_server.web.answers import json_answer
from gatepass_server.web.body import read_fields
from gatepass_server.web.caller import CallerGuard
from gatepass_server.web.cookies import SessionCookie
from gatepass_server.web.headers import client_address, request_id
from gatepass_server.web.new_password import NEW_PASSWORD
from gatepass_server.web.schema import PROBLEM, body_of, json_of, object_of, operation

_FIELDS = ("current_password", "new_password")
CHANGE = operation(
    "Change one's password; every other session ends",
    secured=True,
    body=body_of(
        required=_FIELDS,
        current_password={"type": "string", "format": "password", "minLength": 1},
        new_password=NEW_PASSWORD,
    ),
    answers={
        200: (
            "Changed. `ended` is how many other sessions ended.",
            json_of(
                object_of(
                    ended={"type": "integer"},
                    optional={
                        "csrf_token": {"type": "string", "description": "Of the new cookie, in cookie mode."}
                    },
                )
            ),
        ),
        400: ("The new password cannot be taken; `errors` says why.", PROBLEM),
        403: ("The current password is wrong, or another site asked (`csrf_failed`).", PROBLEM),
        409: ("The password is kept elsewhere, and changed there (`password_elsewhere`).", PROBLEM),
        429: ("Too many failed attempts.", PROBLEM),
    },
)


class PasswordEndpoint:
    """Changes the caller's password."""

    def __init__(
        self, guard: CallerGuard, change: ChangePassword, cookie: SessionCookie, *, trusted_proxies: int
    ) -> None:
        self._guard = guard
        self._cookie = cookie
        self._change = change
        self._trusted_proxies = trusted_proxies

    def post(self) -> Response:
        """200 with how many other sessions ended. A browser gets another cookie."""
        fields = read_fields(request, _FIELDS)
        current, new = fields["current_password"], fields["new_password"]
        if not current or not new:
            missing = [name for name in _FIELDS if not fields[name]]
            faults = [FieldFault(name, "missing", "This field is needed.") for name in missing]
            raise InvalidInput("Send the current password and the new one.", faults=faults)
        old, session = self._guard.cookie, self._guard.session
        renewal = None if old is None else CookieRenewal(old, CookieHandle.new())
        ended = self._change(
            self._guard.user,
            Secret(current),
            Secret(new),
            session_id=session.id,
            address=client_address(self._trusted_proxies),
            request_id=request_id(),
            renewal=renewal,
        )
        if renewal is None:
            return json_answer({"ended": ended})
        answer = json_answer({"ended": ended, "csrf_token": renewal.new.csrf_token.reveal()})
        self._cookie.give(answer, renewal.new, max_age=session.expires_at - int(self._guard.verifier.clock()))
        return answer
