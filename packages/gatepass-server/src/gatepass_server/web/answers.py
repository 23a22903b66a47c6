"""Answers that are not errors."""

from typing import Any

import msgspec
from flask import Response


def json_answer(body: Any, status: int = 200) -> Response:
    """A JSON answer."""
    return Response(msgspec.json.encode(body), status=status, content_type="application/json")


def text_answer(text: str, status: int = 200) -> Response:
    """A plain text answer."""
    return Response(text, status=status, content_type="text/plain; charset=utf-8")


def no_content() -> Response:
    """204: done, and there is nothing to say."""
    response = Response(status=204)
    del response.headers["Content-Type"]
    return response
