"""Parameters in the address of a list: read once and strictly."""

from flask import request

from gatepass_server.accounts.directory import DEFAULT_LIMIT, MAX_LIMIT
from gatepass_server.domain.errors import FieldFault, InvalidInput
from gatepass_server.domain.ids import is_public_id
from gatepass_server.web.schema import Schema, query

_ID: Schema = {"type": "string", "pattern": "^[A-Za-z0-9_.:-]{1,64}$"}


def id_query(name: str, description: str) -> Schema:
    """The description of a parameter that is an id."""
    return query(name, _ID, description)


def page_queries(what: str) -> list[Schema]:
    """The descriptions of ``after`` and ``limit``."""
    return [
        id_query("after", "The last id of the page before."),
        query("limit", {"type": "integer", "minimum": 1, "maximum": MAX_LIMIT}, f"{what} on a page."),
    ]


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
    text = _once("limit")
    if text is None:
        return DEFAULT_LIMIT
    if not text.isascii() or not text.isdigit() or len(text) > 4 or not 1 <= int(text) <= MAX_LIMIT:
        raise _bad("limit", f"This must be a number from 1 to {MAX_LIMIT}.")
    return int(text)


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
