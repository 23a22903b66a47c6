"""``GET /user`` and ``GET /me``."""

from flask import Response, request

from gatepass_server.accounts.directory import DEFAULT_LIMIT, MAX_LIMIT, Directory
from gatepass_server.domain.accounts import User
from gatepass_server.domain.errors import FieldFault, InvalidInput
from gatepass_server.domain.ids import is_public_id
from gatepass_server.web import csrf
from gatepass_server.web.answers import json_answer
from gatepass_server.web.caller import CallerGuard
from gatepass_server.web.schema import PROBLEM, Schema, json_of, object_of, operation, query

_PUBLIC: dict[str, Schema] = {
    "public_id": {"type": "string"},
    "name": {"type": "string"},
    "email": {"type": "string"},
}
LIST = operation(
    "List users: all for an admin, oneself for anybody else",
    secured=True,
    parameters=[
        query(
            "after",
            {"type": "string", "pattern": "^[A-Za-z0-9_.:-]{1,64}$"},
            "The last id of the page before.",
        ),
        query("limit", {"type": "integer", "minimum": 1, "maximum": MAX_LIMIT}, "Users on a page."),
    ],
    answers={
        200: (
            "`next` is the `after` of the next page, if there is one.",
            json_of(
                object_of(
                    users={"type": "array", "items": object_of(**_PUBLIC)},
                    optional={"next": {"type": "string"}},
                )
            ),
        ),
        400: ("A parameter cannot be taken.", PROBLEM),
    },
)
ME = operation(
    "The account behind the token, or the cookie",
    secured=True,
    answers={
        200: (
            "The caller's own account. Who calls with a cookie finds the CSRF token in `X-CSRF-Token`.",
            json_of(object_of(**_PUBLIC, is_admin={"type": "boolean"}, created_at={"type": "integer"})),
        ),
    },
)


class UsersEndpoint:
    """What a caller may see of accounts."""

    def __init__(self, guard: CallerGuard, directory: Directory) -> None:
        self._guard = guard
        self._directory = directory

    def list(self) -> Response:
        """200 with a page of users."""
        page = self._directory.seen_by(self._guard.user, after=_after(), limit=_limit())
        body: dict[str, object] = {"users": [_public(user) for user in page.users]}
        if page.next_after is not None:
            body["next"] = page.next_after
        return json_answer(body)

    def me(self) -> Response:
        """200 with the caller's account."""
        user = self._guard.user
        answer = json_answer({**_public(user), "is_admin": user.is_admin, "created_at": user.created_at})
        if self._guard.csrf_token:  # for a page that was loaded anew, and has forgotten it
            answer.headers[csrf.HEADER] = self._guard.csrf_token
        return answer


def _public(user: User) -> dict[str, str]:
    return {"public_id": user.id, "name": user.name, "email": user.email}


def _after() -> str | None:
    text = _once("after")
    if text is not None and not is_public_id(text):
        raise _bad("after", "This must be a public id, as the page before gave it.")
    return text


def _limit() -> int:
    text = _once("limit")
    if text is None:
        return DEFAULT_LIMIT
    if not text.isascii() or not text.isdigit() or len(text) > 4 or not 1 <= int(text) <= MAX_LIMIT:
        raise _bad("limit", f"This must be a number from 1 to {MAX_LIMIT}.")
    return int(text)


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
