"""What people fill in, checked once at the edge; below, only these types are passed on."""

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from typing import TypeVar

from gatepass_server.domain.emails import EmailAddress, parse_email
from gatepass_server.domain.errors import FieldFault, InvalidInput
from gatepass_server.domain.names import parse_name
from gatepass_server.domain.password_policy import PasswordPolicy
from gatepass_server.domain.secret import Secret

_Parsed = TypeVar("_Parsed")


@dataclass(frozen=True, slots=True)
class AccountForm:
    """A new account as somebody asks for it."""

    name: str
    email: EmailAddress
    password: Secret = field(repr=False)

    @classmethod
    def check(
        cls, *, name: str | None, email: str | None, password: str | None, policy: PasswordPolicy
    ) -> "AccountForm":
        """Check all three fields; ``None`` means the field was not sent.

        Raises:
            InvalidInput: with a fault for every field that cannot be taken.
        """
        faults: list[FieldFault] = []
        checked_name = _checked("name", name, parse_name, faults)
        checked_email = _checked("email", email, parse_email, faults)
        if not password:
            faults.append(FieldFault("password", "missing", "A password is needed."))
        else:
            own = checked_email.text if checked_email else ""
            faults.extend(policy.check(password, email=own, name=checked_name or ""))
        if faults or checked_name is None or checked_email is None or not password:
            raise InvalidInput("The account cannot be made: see each field.", faults=faults)
        return cls(name=checked_name, email=checked_email, password=Secret(password))


def check_name_and_email(*, name: str | None, email: str | None) -> tuple[str, EmailAddress]:
    """The same for an account that has no password.

    Raises:
        InvalidInput: with a fault for every field that cannot be taken.
    """
    faults: list[FieldFault] = []
    checked_name = _checked("name", name, parse_name, faults)
    checked_email = _checked("email", email, parse_email, faults)
    if checked_name is None or checked_email is None:
        raise InvalidInput("The account cannot be made: see each field.", faults=faults)
    return checked_name, checked_email


def check_not_kept_elsewhere(email: EmailAddress, domains: Collection[str]) -> None:
    """See that the address is none of those whose people a directory lets in.

    Args:
        email: of the account that somebody wants.
        domains: of those people, in lower case.

    Raises:
        InvalidInput: it is one of them.
    """
    if email.key.rpartition("@")[2] in domains:
        raise InvalidInput("The account cannot be made: see each field.", faults=[_KEPT_ELSEWHERE])


_KEPT_ELSEWHERE = FieldFault(
    "email",
    "kept_elsewhere",
    "People with such an address have a password of their organisation: sign in with that.",
)


def _checked(
    field_name: str, text: str | None, parse: Callable[[str], _Parsed], faults: list[FieldFault]
) -> _Parsed | None:
    if not text:
        faults.append(FieldFault(field_name, "missing", "This field is needed."))
        return None
    try:
        return parse(text)
    except ValueError as error:
        faults.append(FieldFault(field_name, "invalid", str(error)))
        return None
