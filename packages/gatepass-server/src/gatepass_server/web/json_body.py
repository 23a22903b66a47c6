"""Reading a JSON object into a type: every fault is told with its field."""

import re
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
    if unknown := sorted(fields.keys() - set(kind.__struct_encode_fields__)):
        # Named by whoever sent it: only what looks like a field is told back.
        named = unknown[0] if re.fullmatch(r"\w{1,64}", unknown[0], re.ASCII) else "?"
        raise _refused(FieldFault(named, "unknown_field", "There is no such field here."))
    try:
        return msgspec.convert(fields, kind)
    except msgspec.ValidationError as error:
        text = str(error)
        if missing := _MISSING.match(text):
            raise _refused(FieldFault(missing[1], "missing", "This field is needed.")) from None
        place = _PLACE.search(text)
        sentence = f"{text.partition(' - at ')[0]}."
        raise _refused(FieldFault(place[1] if place else "?", "wrong_type", sentence)) from None


def _refused(fault: FieldFault) -> InvalidInput:
    return InvalidInput("The body cannot be taken: see each field.", faults=[fault])
