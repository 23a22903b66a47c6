"""A form that a host program's own hook has read before us, which leaves nothing of the body to read.

Werkzeug's reading of it stands in: as strict as it can still be made, but for bytes of a form that are not UTF-8, which
Werkzeug gives in the form of their percent signs.
"""

from typing import Any

from flask import Request
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import RequestEntityTooLarge


def form_of_host(
    request: Request, *, most_bytes: int, most_parts: int
) -> tuple[MultiDict[str, str], MultiDict[str, Any]] | None:
    """The fields and the files of the form; ``None`` if there are none.

    Raises:
        RequestEntityTooLarge: more than we would have read.
    """
    form, files = request.form, request.files
    if not form and not files:
        return None
    parts = list(form.items(multi=True))
    size = request.content_length or sum(
        len(name) + len(value.encode(errors="replace")) for name, value in parts
    )
    if size > most_bytes or len(parts) + len(list(files.items(multi=True))) > most_parts:
        raise RequestEntityTooLarge
    return form, files
