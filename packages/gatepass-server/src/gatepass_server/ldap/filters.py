"""Search filters (RFC 4515): what strangers type is a value in them, whatever it looks like."""

import re
import uuid
from collections.abc import Callable, Iterable

from gatepass_server.domain.errors import OperatorError
from gatepass_server.ldap.library import ldap3

_LETTERS = frozenset(b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789")
_PLACE = re.compile(r"\{([A-Za-z][A-Za-z0-9-]*)\}")
_BINARY = "objectguid"
"""The one subject in use that is bytes (Active Directory), which people know in the form of a UUID."""


def escaped(value: str | bytes) -> str:
    """A value as it stands in a filter.

    All but letters and digits is escaped, more than section 3 asks for: ldap3 looks for ``>=``, ``:=`` and the like
    anywhere in a comparison, and would take those of a value for its own.
    """
    encoded = value.encode("utf-8", "surrogatepass") if isinstance(value, str) else value
    return "".join(chr(byte) if byte in _LETTERS else f"\\{byte:02x}" for byte in encoded)


def by_login(user_filter: str, attributes: Iterable[str], login: str) -> str:
    """Who has typed this."""
    fits = "".join(f"({attribute}={escaped(login)})" for attribute in attributes)
    return f"(&{user_filter}(|{fits}))"


def by_subject(user_filter: str, attribute: str, subject: str) -> str | None:
    """The entry with this subject; None if none can have it."""
    if attribute.lower() != _BINARY:
        return f"(&{user_filter}({attribute}={escaped(subject)}))"
    try:
        value = uuid.UUID(subject).bytes_le
    except ValueError:
        return None
    return f"(&{user_filter}({attribute}={escaped(value)}))"


def subject_of(attribute: str, value: bytes) -> str:
    """The subject that an attribute's value tells.

    Raises:
        ValueError: it is no text.
    """
    if attribute.lower() == _BINARY:
        return str(uuid.UUID(bytes_le=value))
    return value.decode("utf-8").lower() if attribute.lower() == "entryuuid" else value.decode("utf-8")


def places_of(group_filter: str) -> tuple[str, ...]:
    """What is put in from a person's entry: ``dn``, and the names of attributes."""
    return tuple(dict.fromkeys(_PLACE.findall(group_filter)))


def filled(group_filter: str, value_of: Callable[[str], str]) -> str:
    """The filter of a person's groups."""
    return _PLACE.sub(lambda place: escaped(value_of(place[1])), group_filter)


def check_filter(text: str, setting: str) -> None:
    """See that a filter can be read.

    Raises:
        OperatorError: it cannot.
    """
    try:
        ldap3.operation.search.parse_filter(text, None, False, False, None, False)  # type: ignore[no-untyped-call]  # as the stubs have it
    except Exception:  # noqa: BLE001 - ldap3 has no end of classes for what it cannot read
        raise OperatorError(
            f"The {setting} {text!r} is not a search filter (RFC 4515), such as (objectClass=person)."
        ) from None
