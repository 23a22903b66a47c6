"""Fetch a list over HTTP (draft-ietf-oauth-status-list-21 section 8)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from gatepass.errors import quote
from gatepass.fetch import Answer, get
from gatepass.fetch_limits import FetchError
from gatepass.status.answer import ListAnswer, NoListError
from gatepass.status.inflate import GZIP, inflate

if TYPE_CHECKING:
    import os

MEDIA_TYPE: Final = "application/statuslist+jwt"
"""A list as a JWT. The answer's own word for what it is does not count: the signed ``typ`` does."""

_ETAG: Final = re.compile(r'(W/)?"[\x21\x23-\x7E]{0,256}"')


def fetch_list(
    uri: str,
    etag: str | None,
    *,
    timeout: float,
    max_bytes: int,
    ca_file: str | os.PathLike[str] | None = None,
) -> ListAnswer | None:
    """Fetch a list, or learn that it is unchanged. Redirects are not followed.

    Args:
        uri: Where it lies.
        etag: The tag of what is known of it.
        timeout: Seconds for the whole of it.
        max_bytes: Size of the answer, before and after its content encoding is taken off.
        ca_file: The certificates (PEM) of the only authorities that are believed; without it, those of the system.

    Returns:
        The list; ``None`` where it is unchanged.

    Raises:
        NoListError: Anything at all went wrong.
    """
    headers = {"Accept": MEDIA_TYPE, "Accept-Encoding": "gzip"}
    if etag is not None:
        headers["If-None-Match"] = etag
    try:
        answer = get(uri, headers, timeout=timeout, max_bytes=max_bytes, ca_file=ca_file)
    except FetchError as error:
        raise NoListError(str(error)) from None
    if answer.status == 304:
        return None
    tag = answer.headers.get("etag", "")
    return ListAnswer(_decoded(answer, max_bytes), tag if _ETAG.fullmatch(tag) else None)


def _decoded(answer: Answer, max_bytes: int) -> bytes:
    encoding = answer.headers.get("content-encoding", "identity").strip().lower()
    if encoding == "identity":
        return answer.body
    if encoding not in {"gzip", "x-gzip"}:
        raise NoListError(f"the answer's content encoding is {quote(encoding)}, and gzip was asked for")
    try:
        return inflate(answer.body, GZIP, max_bytes)
    except ValueError as error:
        raise NoListError(f"the answer is {error}") from None
