"""Single fields of accounts, roles and groups, checked at the edge."""

from collections.abc import Callable, Iterable
from typing import TypeVar

from gatepass_server.domain.errors import FieldFault, InvalidInput
from gatepass_server.domain.names import parse_description, parse_name
from gatepass_server.domain.roles import parse_permissions, parse_role_name

_Given = TypeVar("_Given")
_Parsed = TypeVar("_Parsed")


def checked_name(text: str) -> str:
    """The name of a role or a group.

    Raises:
        InvalidInput: it cannot be one.
    """
    return _checked("name", text, parse_role_name)


def checked_description(text: str) -> str:
    """What people read of it.

    Raises:
        InvalidInput: it cannot be taken.
    """
    return _checked("description", text, parse_description)


def checked_person_name(text: str) -> str:
    """What a person is called.

    Raises:
        InvalidInput: it cannot be taken.
    """
    return _checked("name", text, parse_name)


def checked_permissions(texts: Iterable[str]) -> tuple[str, ...]:
    """Permissions, each once, in order.

    Raises:
        InvalidInput: one of them is none, or there are too many.
    """
    return _checked("permissions", texts, parse_permissions)


def _checked(field: str, given: _Given, parse: Callable[[_Given], _Parsed]) -> _Parsed:
    try:
        return parse(given)
    except ValueError as error:
        fault = FieldFault(field, "invalid", str(error))
        raise InvalidInput("Something cannot be taken: see each field.", faults=[fault]) from None
