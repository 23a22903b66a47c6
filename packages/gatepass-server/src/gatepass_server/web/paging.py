"""Parameters in the address of a list: read once and strictly."""

from enum import StrEnum
from typing import TypeVar

from flask import request

from gatepass_server.accounts.directory import DEFAULT_LIMIT, MAX_LIMIT
from gatepass_server.domain.errors import FieldFault, InvalidInput
from gatepass_server.domain.ids import is_public_id
from gatepass_server.web.schema import Schema, query

Choice = TypeVar("Choice", bound=StrEnum)

_ID: Schema = {"type": "string", "pattern": "^[A-Za-z0-9_.:-]{1,64}$"}


def id_query(name: str, description: str) -> Schema:
    """The description of a parameter that is an id."""
    return query(name, _ID, description)


def page_queries(what: str) -> list[Schema]:
    """The descriptions of ``after`` and ``limit``."""
    return [
        id_query("after", "The last id of the page before."),
        limit_query(what),
    ]


def limit_query(what: str) -> Schema:
    """The description of ``limit``."""
    return query("limit", {"type": "integer", "minimum": 1, "maximum": MAX_LIMIT}, f"{what} on a page.")


def read_id(name: str) -> str | None:
    """The id in the parameter ``name``, None where it was not sent.

    Raises:
        InvalidInput: it is no id, or was sent twice.
    """
    text = _once(name)
    if text is not None and not is_public_id(text):
        raise _bad(name, "This must be an id, as this server gave it.")
    return text


def read_limit() -> int:
    """The parameter ``limit``, or its default.

    Raises:
        InvalidInput: it is out of bounds, or was sent twice.
    """
    limit = read_number("limit", least=1, most=MAX_LIMIT)
    return DEFAULT_LIMIT if limit is None else limit


def read_number(name: str, *, least: int = 0, most: int) -> int | None:
    """The number in the parameter ``name``, None where it was not sent.

    Raises:
        InvalidInput: it is out of bounds, or was sent twice.
    """
    text = _once(name)
    if text is None:
        return None
    is_number = text.isascii() and text.isdigit() and len(text) <= len(str(most))
    if not is_number or not least <= int(text) <= most:
        raise _bad(name, f"This must be a number from {least} to {most}.")
    return int(text)


def read_text(name: str, *, most: int) -> str | None:
    """The text in the parameter ``name``, at most ``most`` characters; None where it was not sent, or is empty.

    Raises:
        InvalidInput: it is longer, or was sent twice.
    """
    text = _once(name)
    if text is not None and len(text) > most:
        raise _bad(name, f"This has at most {most} characters.")
    return text or None


def read_choice(name: str, kind: type[Choice]) -> Choice | None:
    """The value of ``kind`` in the parameter ``name``, None where it was not sent.

    Raises:
        InvalidInput: there is no such value, or it was sent twice.
    """
    text = _once(name)
    try:
        return None if text is None else kind(text)
    except ValueError:
        raise _bad(name, f"This must be one of: {', '.join(kind)}.") from None


def is_sent(name: str) -> bool:
    """Whether the parameter ``name`` was sent, whatever it says.

    Raises:
        InvalidInput: it was sent twice.
    """
    return _once(name) is not None


def _once(name: str) -> str | None:
    try:
        values = request.args.getlist(name)
    except UnicodeDecodeError:  # raw bytes; what is written with percent signs is never refused here
        raise InvalidInput("The query of the address is not in UTF-8.") from None
    if len(values) > 1:
        raise _bad(name, "This parameter must be sent once.")
    return values[0] if values else None


def _bad(name: str, sentence: str) -> InvalidInput:
    return InvalidInput(
        "A parameter of the address cannot be taken.", faults=[FieldFault(name, "invalid", sentence)]
    )
