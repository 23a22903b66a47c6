"""The errors of the house: a stable code, a sentence for people, and a reason for the log alone."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar


class GatepassError(Exception):
    """Base of everything that is refused on purpose.

    Args:
        message: what happened and what to do, for whoever made the request.
        reason: what the operator needs to know; it reaches only the log.
    """

    code: ClassVar[str] = "error"

    def __init__(self, message: str, *, reason: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.reason = reason


@dataclass(frozen=True, slots=True)
class FieldFault:
    """One field of the input that cannot be taken, and why."""

    field: str
    code: str
    message: str


class InvalidInput(GatepassError):
    """The request cannot be understood or breaks a rule; nothing was changed."""

    code = "invalid_input"

    def __init__(self, message: str, *, faults: Sequence[FieldFault] = (), reason: str = "") -> None:
        super().__init__(message, reason=reason)
        self.faults = tuple(faults)


class MissingCredentials(GatepassError):
    """The e-mail or the password was not sent."""

    code = "missing_credentials"


class WrongCredentials(GatepassError):
    """The e-mail is unknown, the password is wrong, or the account is disabled: outsiders cannot tell which."""

    code = "wrong_credentials"


class InvalidGrant(GatepassError):
    """A refresh token that is unknown, spent, expired or whose session has ended (RFC 6749 section 5.2)."""

    code = "invalid_grant"


class InvalidScope(GatepassError):
    """Other scopes were asked for than were granted (RFC 6749 section 5.2)."""

    code = "invalid_scope"


class InvalidClient(GatepassError):
    """The program did not prove who it is (RFC 6749 section 5.2)."""

    code = "invalid_client"


class CsrfFailed(GatepassError):
    """A browser sent its cookie, and nothing shows that a page of this site asked for the request."""

    code = "csrf_failed"
    _SENTENCE: ClassVar[str] = (
        "Nothing shows that this request comes from a page of this site. Load the page again, and send its csrf_token "
        "in the header X-CSRF-Token or in a form field; GET /me tells it."
    )

    def __init__(self, message: str = _SENTENCE, *, reason: str = "") -> None:
        super().__init__(message, reason=reason)


class Forbidden(GatepassError):
    """The caller is known, and may not do this."""

    code = "forbidden"


class RetryLater(GatepassError):
    """Refused for now. ``retry_after`` is in seconds."""

    def __init__(self, message: str, *, retry_after: int, reason: str = "") -> None:
        super().__init__(message, reason=reason)
        self.retry_after = max(1, retry_after)


class TooManyAttempts(RetryLater):
    """A limit on failures was reached."""

    code = "too_many_attempts"


class Busy(RetryLater):
    """All hands are full; trying again shortly will work."""

    code = "busy"


class EmailTaken(GatepassError):
    """An account with this e-mail address exists."""

    code = "email_taken"


class NotFound(GatepassError):
    """What was named does not exist."""

    code = "not_found"


class Conflict(GatepassError):
    """What is there already does not go together with what was asked for; nothing was changed."""

    code = "conflict"


class NameTaken(Conflict):
    """There is a role or a group of this name already."""

    code = "name_taken"


class AccountExists(Conflict):
    """There is an account with this e-mail address already; only an admin is told."""

    code = "account_exists"


class PasswordElsewhere(Conflict):
    """The password is kept by somebody else, and changed there."""

    code = "password_elsewhere"

    def __init__(self, page: str = "") -> None:
        where = f": {page}" if page else "."
        super().__init__(
            f"Your password is kept in the directory of your organisation. Change it there{where}"
        )
        self.page = page


class LastAdmin(Conflict):
    """Nobody would be left who may administer: another account must become an admin's first."""

    code = "last_admin"


class TooManyGiven(Conflict):
    """One account, or one group, has as many roles or groups as it can have."""

    code = "too_many_given"


class OperatorError(GatepassError):
    """A fault that whoever runs the server must mend: a setting, a file, a key, the database."""

    code = "operator_error"
