"""The revocation feed: Token Status Lists (draft-ietf-oauth-status-list-21), for every API that checks tokens."""

from flask import Response, request
from werkzeug.exceptions import NotAcceptable

from gatepass_server.status.publisher import Publisher
from gatepass_server.web.answers import json_answer
from gatepass_server.web.paging import is_sent
from gatepass_server.web.schema import PROBLEM, json_of, object_of, operation, path

MEDIA_TYPE = "application/statuslist+jwt"
_BUSY = {503: ("Busy; `Retry-After` says when to try again.", PROBLEM)}
ALL = operation(
    "The addresses of all status lists",
    answers={
        200: (
            "Each is a list of the revocation feed.",
            json_of(object_of(status_lists={"type": "array", "items": {"type": "string"}})),
        ),
        **_BUSY,
    },
)
ONE = operation(
    "A status list: which sessions were ended",
    parameters=[
        path("number", "Of the list, as the address in a token has it.", {"type": "integer", "minimum": 0}),
    ],
    answers={
        200: ("A signed list, for `ttl` seconds.", {MEDIA_TYPE: {"schema": {"type": "string"}}}),
        304: ("The list with the tag in `If-None-Match` is still the newest.", {}),
        400: ("The query cannot be read.", PROBLEM),
        404: ("There is no such list, or its last token has expired.", PROBLEM),
        406: ("A list of the past was asked for, with `time`; these are not kept.", PROBLEM),
        **_BUSY,
    },
)


class StatusListsEndpoint:
    """Publishes the lists. They are public: any browser app and any cache may have them, and asks again each time.

    ``no-cache`` lets a cache answer only what this server has just confirmed: a cache's time would add to the ``ttl``.
    """

    def __init__(self, publisher: Publisher) -> None:
        self._publisher = publisher

    def all(self) -> Response:
        """200 with their addresses (section 9.3)."""
        return _public(json_answer({"status_lists": self._publisher.addresses()}))

    def one(self, number: int) -> Response:
        """200 with the list, packed where the caller likes that (section 8.2), or 304 where the caller has it."""
        if is_sent("time"):  # section 8.4
            raise NotAcceptable("Only the present status list is kept here.")
        found = self._publisher.find(number)
        etag = found.etag()
        if request.if_none_match.contains_weak(etag.removeprefix("W/").strip('"')):
            unchanged = Response(status=304)
            del unchanged.headers[
                "Content-Type"
            ]  # what it would describe is not there (RFC 9110 section 15.4.5)
            return _varying(unchanged, etag)
        listed = found.signed()
        packs = request.accept_encodings["gzip"] > 0
        answer = Response(listed.packed if packs else listed.token, content_type=MEDIA_TYPE)
        if packs:
            answer.headers["Content-Encoding"] = "gzip"
        return _varying(answer, listed.etag)


def _varying(answer: Response, etag: str) -> Response:
    answer.headers["ETag"] = etag
    answer.headers["Vary"] = "Accept-Encoding"
    return _public(answer)


def _public(answer: Response) -> Response:
    answer.headers["Cache-Control"] = "public, no-cache"
    answer.headers["Access-Control-Allow-Origin"] = "*"
    return answer
