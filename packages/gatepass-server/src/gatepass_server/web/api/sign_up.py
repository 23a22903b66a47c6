"""``POST /signup``."""

from flask import Response, request

from gatepass_server.accounts.forms import AccountForm
from gatepass_server.accounts.sign_up import SignUp
from gatepass_server.domain.password_policy import PasswordPolicy
from gatepass_server.web.answers import text_answer
from gatepass_server.web.body import read_fields
from gatepass_server.web.headers import client_address, request_id
from gatepass_server.web.names import NAME
from gatepass_server.web.new_password import NEW_PASSWORD
from gatepass_server.web.schema import PROBLEM, TEXT, body_of, operation

OPERATION = operation(
    "Make an account",
    body=body_of(
        required=("name", "email", "password"),
        name=NAME,
        email={
            "type": "string",
            "format": "email",
            "maxLength": 254,
            "description": "Compared without regard to case.",
        },
        password=NEW_PASSWORD,
    ),
    answers={
        201: ("The account was made.", TEXT),
        202: ("This e-mail has an account already.", TEXT),
        400: ("A field is missing or cannot be taken; `errors` names each.", PROBLEM),
        429: ("This address asked after too many known e-mails, or failed to log in too often.", PROBLEM),
    },
)


class SignUpEndpoint:
    """Makes an account from a form or a JSON body."""

    def __init__(self, sign_up: SignUp, policy: PasswordPolicy, *, trusted_proxies: int) -> None:
        self._sign_up = sign_up
        self._policy = policy
        self._trusted_proxies = trusted_proxies

    def post(self) -> Response:
        """201 for a new account, 202 for a known e-mail."""
        fields = read_fields(request, ("name", "email", "password"))
        form = AccountForm.check(
            name=fields["name"], email=fields["email"], password=fields["password"], policy=self._policy
        )
        # A socket without addresses is no operator's terminal: all who come through it are limited together.
        address = client_address(self._trusted_proxies) or "unknown"
        self._sign_up(form, address=address, request_id=request_id())
        return text_answer("Successfully registered.", 201)
