"""Problem details (RFC 9457): the form of every error that no standard or contract gives another form."""

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

import msgspec
from flask import Response

from gatepass_server.domain.errors import FieldFault

MEDIA_TYPE = "application/problem+json"


def problem(
    status: int,
    code: str,
    detail: str,
    *,
    faults: Sequence[FieldFault] = (),
    headers: Mapping[str, str] | None = None,
) -> Response:
    """An error answer with a stable ``code``; ``errors`` names each field that is at fault."""
    body: dict[str, Any] = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "code": code,
        "detail": detail,
    }
    if faults:
        body["errors"] = [
            {"field": fault.field, "code": fault.code, "message": fault.message} for fault in faults
        ]
    return Response(msgspec.json.encode(body), status=status, content_type=MEDIA_TYPE, headers=headers)
