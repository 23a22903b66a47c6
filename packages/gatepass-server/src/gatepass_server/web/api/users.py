"""``GET /user`` and ``GET /me``."""

from flask import Response

from gatepass_server.accounts.directory import Directory
from gatepass_server.domain.accounts import User
from gatepass_server.web import csrf
from gatepass_server.web.answers import json_answer
from gatepass_server.web.caller import CallerGuard
from gatepass_server.web.paging import page_queries, read_id, read_limit
from gatepass_server.web.schema import PROBLEM, Schema, json_of, object_of, operation

_PUBLIC: dict[str, Schema] = {
    "public_id": {"type": "string"},
    "name": {"type": "string"},
    "email": {"type": "string"},
}
LIST = operation(
    "List users: all for an admin, oneself for anybody else",
    secured=True,
    parameters=page_queries("Users"),
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
        page = self._directory.seen_by(self._guard.user, after=read_id("after"), limit=read_limit())
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
