"""Reading a form or a JSON object, once and strictly; below this file nobody looks into a body."""

import json
from collections.abc import Mapping, Sequence
from io import BytesIO
from typing import Any, NoReturn
from urllib.parse import parse_qsl

from flask import Request
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import RequestEntityTooLarge, UnsupportedMediaType
from werkzeug.formparser import FormDataParser

from gatepass.strict_json import decode_object
from gatepass_server.domain.errors import FieldFault, InvalidInput
from gatepass_server.web.parsed_body import form_of_host

MAX_BODY_BYTES = 64 * 1024
_MAX_FORM_PARTS = 100
_JSON, _URLENCODED, _MULTIPART = MEDIA_TYPES = (
    "application/json",
    "application/x-www-form-urlencoded",
    "multipart/form-data",
)
FORMS = (_URLENCODED, _MULTIPART)


class UnreadableBody(InvalidInput):
    """The body is not what its content type says."""

    code = "unreadable_body"


def read_fields(request: Request, names: Sequence[str]) -> dict[str, str | None]:
    """The text fields ``names`` of the request's body; ``None`` for one that was not sent.

    Unknown fields are ignored. An empty body has no fields.

    Raises:
        UnreadableBody: it cannot be parsed, or a field stands in it twice.
        InvalidInput: a field is not a text.
        UnsupportedMediaType: the content type is neither JSON nor a form.
        RequestEntityTooLarge: more than 64 KiB.
    """
    data = _whole_body(request)
    if not data and (read := form_of_host(request, most_bytes=MAX_BODY_BYTES, most_parts=_MAX_FORM_PARTS)):
        return _from_form(*read, names)
    if request.mimetype == _MULTIPART:
        return _from_multipart(data, request.mimetype_params, names)
    if request.mimetype == _JSON:
        return _from_json(data, names)
    if request.mimetype == _URLENCODED:
        return _from_urlencoded(data, names)
    if data:
        raise UnsupportedMediaType(f"Send one of: {', '.join(MEDIA_TYPES)}.")
    return dict.fromkeys(names)


def read_json_object(request: Request) -> dict[str, Any]:
    """The members of a JSON object, whose texts can all be written in UTF-8. An empty body has none.

    Raises:
        UnreadableBody: it is no JSON object, or a member stands in it twice.
        UnsupportedMediaType: the content type is not JSON.
        RequestEntityTooLarge: more than 64 KiB.
    """
    data = _whole_body(request)
    if request.mimetype != _JSON and (data or request.mimetype):
        raise UnsupportedMediaType(f"Send {_JSON}.")
    if not data:
        return {}
    value = _json_object(data)
    try:
        json.dumps(value, ensure_ascii=False).encode()
    except (UnicodeEncodeError, RecursionError):
        raise UnreadableBody("The body has characters that are not Unicode text.") from None
    return value


def read_form_pairs(request: Request) -> list[tuple[str, str]]:
    """Every field of a form, in its order, those of the same name too, for OAuth endpoints (RFC 6749 appendix B).

    Raises:
        UnreadableBody: it cannot be parsed.
        UnsupportedMediaType: it is something else.
        RequestEntityTooLarge: more than 64 KiB.
    """
    if request.mimetype not in {"", _URLENCODED}:
        raise UnsupportedMediaType(f"Send {_URLENCODED}.")
    data = _whole_body(request)
    if not data and (read := form_of_host(request, most_bytes=MAX_BODY_BYTES, most_parts=_MAX_FORM_PARTS)):
        return list(read[0].items(multi=True))
    return _pairs(data)


def read_object(request: Request) -> dict[str, Any]:
    """The JSON object of the request's body, whatever its members.

    Raises:
        UnreadableBody: it is none, or a member stands in it twice.
        UnsupportedMediaType: the content type is not JSON.
        RequestEntityTooLarge: more than 64 KiB.
    """
    if request.mimetype != _JSON:
        raise UnsupportedMediaType(f"Send {_JSON}.")
    try:
        return decode_object(_whole_body(request))
    except ValueError as error:
        raise UnreadableBody(f"The body is {error}.") from None


def limit_body(request: Request) -> None:
    """See that no more than is needed to tell a body as too large is ever read of it."""
    request.max_content_length = MAX_BODY_BYTES + 1


def _whole_body(request: Request) -> bytes:
    # A body in chunks has no length beforehand, and is cut off at the limit without an error: hence the one byte more.
    data = request.get_data()  # kept, since the guard may look for a csrf_token in it, too
    if len(data) > MAX_BODY_BYTES:
        raise RequestEntityTooLarge
    return data


def _from_urlencoded(data: bytes, names: Sequence[str]) -> dict[str, str | None]:
    return _each_once(MultiDict(_pairs(data)), names)


def _pairs(data: bytes) -> list[tuple[str, str]]:
    # Not by request.form, which takes bytes that are not UTF-8 for another text, and a broken form for an empty one.
    try:
        return parse_qsl(
            data.decode("utf-8"), keep_blank_values=True, errors="strict", max_num_fields=_MAX_FORM_PARTS
        )
    except UnicodeDecodeError:
        raise UnreadableBody("The form is not in UTF-8.") from None
    except ValueError:
        raise UnreadableBody(f"The form has more than {_MAX_FORM_PARTS} fields.") from None


def _from_multipart(
    data: bytes, parameters: Mapping[str, str], names: Sequence[str]
) -> dict[str, str | None]:
    parser = FormDataParser(
        stream_factory=lambda *_, **__: BytesIO(),  # no upload reaches the disk: the whole body is small
        max_form_memory_size=MAX_BODY_BYTES,
        max_form_parts=_MAX_FORM_PARTS,
        silent=False,
    )
    try:
        _, form, files = parser.parse(BytesIO(data), _MULTIPART, len(data), dict(parameters))
    except ValueError:
        raise UnreadableBody("The form cannot be read: see RFC 7578 section 4.") from None
    return _from_form(form, files, names)


def _from_form(
    form: MultiDict[str, str], files: MultiDict[str, Any], names: Sequence[str]
) -> dict[str, str | None]:
    # The parser puts this character where bytes are not UTF-8, and nobody types it.
    if any("\ufffd" in form.get(name, "") for name in names):
        raise UnreadableBody("The form is not in UTF-8.")
    for name in names:
        if name in files:
            raise UnreadableBody(f"The field {name!r} must be a text, not a file.")
    return _each_once(form, names)


def _each_once(form: MultiDict[str, str], names: Sequence[str]) -> dict[str, str | None]:
    for name in names:
        if len(form.getlist(name)) > 1:
            raise UnreadableBody(f"The field {name!r} must be sent once.")
    return {name: form.get(name) for name in names}


def _from_json(data: bytes, names: Sequence[str]) -> dict[str, str | None]:
    value = _json_object(data)
    faults = [
        FieldFault(name, "wrong_type", "This field must be a text.")
        for name in names
        if not _is_text(value.get(name))
    ]
    if faults:
        raise InvalidInput("Some fields are not texts.", faults=faults)
    return {name: value.get(name) for name in names}


def _json_object(data: bytes) -> dict[str, Any]:
    try:
        value = json.loads(
            data.decode("utf-8"), object_pairs_hook=_without_duplicates, parse_constant=_refuse_constant
        )
    except RecursionError:
        raise UnreadableBody("The JSON is nested too deeply.") from None
    except ValueError as error:  # not UTF-8, not JSON, a number with too many digits
        reason = error.msg if isinstance(error, json.JSONDecodeError) else "not JSON in UTF-8"
        raise UnreadableBody(f"The body is not JSON: {reason}.") from None
    if not isinstance(value, dict):
        raise UnreadableBody("The body must be a JSON object.")
    return value


def _is_text(value: object) -> bool:
    """A text that can be written in UTF-8 (a lone surrogate cannot), or nothing."""
    if value is None:
        return True
    if not isinstance(value, str):
        return False
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True


def _without_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise UnreadableBody("A field stands in the JSON object twice.")
    return found


def _refuse_constant(name: str) -> NoReturn:
    raise UnreadableBody(f"The body is not JSON: {name} is not a JSON number.")
