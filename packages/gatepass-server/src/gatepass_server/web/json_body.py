"""Reading a JSON object into a type: every fault is told with its field."""

import re
from collections.abc import Collection, Iterable
from typing import TypeVar

import msgspec
from flask import Request

from gatepass_server.domain.errors import FieldFault, InvalidInput
from gatepass_server.web.body import read_json_object

Body = TypeVar("Body", bound=msgspec.Struct)

_MISSING = re.compile(r"Object missing required field `(\w+)`")
_PLACE = re.compile(r" - at `\$\.(\w+)")


def read_json(request: Request, kind: type[Body]) -> Body:
    """The body of the request. Fields that ``kind`` does not have are refused, for a typing error must not go unseen.

    Raises:
        UnreadableBody: it is no JSON object, or a field stands in it twice.
        InvalidInput: a field is missing, unknown or of another type.
        UnsupportedMediaType: the content type is not JSON.
        RequestEntityTooLarge: more than 64 KiB.
    """
    fields = read_json_object(request)
    demand_known(fields, kind.__struct_encode_fields__)
    try:
        return msgspec.convert(fields, kind)
    except msgspec.ValidationError as error:
        text = str(error)
        if missing := _MISSING.match(text):
            raise _refused(FieldFault(missing[1], "missing", "This field is needed.")) from None
        place = _PLACE.search(text)
        sentence = f"{text.partition(' - at ')[0]}."
        raise _refused(FieldFault(place[1] if place else "?", "wrong_type", sentence)) from None


def demand_known(fields: Iterable[str], known: Collection[str]) -> None:
    """Refuse fields that are not known.

    Raises:
        InvalidInput: with the first of them.
    """
    for field in sorted(fields):
        if field not in known:
            # Named by whoever sent it: only what looks like a field is told back.
            named = field if re.fullmatch(r"\w{1,64}", field, re.ASCII) else "?"
            raise _refused(FieldFault(named, "unknown_field", "There is no such field here."))


def _refused(fault: FieldFault) -> InvalidInput:
    return InvalidInput("The body cannot be taken: see each field.", faults=[fault])
