"""Answers that are not errors."""

from typing import Any

import msgspec
from flask import Response, request


def json_answer(body: Any, status: int = 200) -> Response:
    """A JSON answer."""
    return Response(msgspec.json.encode(body), status=status, content_type="application/json")


def created(body: Any, name: str) -> Response:
    """201 with what was made, which lies under ``name`` below the address of the request.

    ``Location`` is relative to that (RFC 9110 section 10.2.2), wherever a proxy or a host program has put it.
    """
    answer = json_answer(body, 201)
    answer.headers["Location"] = f"{request.path.rpartition('/')[2]}/{name}"
    return answer


def text_answer(text: str, status: int = 200) -> Response:
    """A plain text answer."""
    return Response(text, status=status, content_type="text/plain; charset=utf-8")


def no_content() -> Response:
    """204: done, and there is nothing to say."""
    response = Response(status=204)
    del response.headers["Content-Type"]
    return response
