"""``/api/admin/groups``, their members and their roles."""

from typing import Any

import msgspec
from flask import Response, request

from gatepass_server.accounts.groups import Groups
from gatepass_server.domain.roles import Group
from gatepass_server.web.answers import created, json_answer, no_content
from gatepass_server.web.api.admin.describing import (
    DONE,
    NAME,
    NAME_AFTER,
    NAMES,
    NOT_THERE,
    SECONDS,
    TEXT,
    admin_operation,
    json_body,
    page_of,
)
from gatepass_server.web.api.admin.guard import AdminGuard
from gatepass_server.web.api.admin.roles import ROLE
from gatepass_server.web.api.admin.users import PERSON, USER, user_as_json
from gatepass_server.web.json_body import read_json
from gatepass_server.web.names import LINE
from gatepass_server.web.paging import limit_query, page_queries, read_id, read_limit
from gatepass_server.web.schema import PROBLEM, json_of, object_of, path

_GROUP = object_of(name=TEXT, description=TEXT, roles=NAMES, created_at=SECONDS)
_NAMED = path("group", "The name of the group.", NAME)
_TOO_MANY = ("There are as many as there can be (`too_many_given`).", PROBLEM)
LIST = admin_operation(
    "List groups in the order of their names",
    parameters=[NAME_AFTER, limit_query("Groups")],
    answers={200: ("`next` is the `after` of the next page, if there is one.", page_of("groups", _GROUP))},
)
CREATE = admin_operation(
    "Make a group",
    body=json_body(required=("name",), name=NAME, description=LINE),
    answers={
        201: ("The group; `Location` is its address.", json_of(_GROUP)),
        409: ("There is a group of this name already (`name_taken`).", PROBLEM),
    },
)
GET = admin_operation(
    "One group", parameters=[_NAMED], answers={200: ("The group.", json_of(_GROUP)), 404: NOT_THERE}
)
CHANGE = admin_operation(
    "Describe a group anew",
    parameters=[_NAMED],
    body=json_body(required=("description",), description=LINE),
    answers={200: ("The group as it is now.", json_of(_GROUP)), 404: NOT_THERE},
)
DELETE = admin_operation(
    "Forget a group; its members lose the roles that came with it",
    parameters=[_NAMED],
    answers={**DONE, 404: NOT_THERE},
)
GRANT = admin_operation(
    "Give all members of a group a role",
    parameters=[_NAMED, ROLE],
    answers={**DONE, 404: NOT_THERE, 409: _TOO_MANY},
)
REVOKE = admin_operation(
    "Take a role from a group", parameters=[_NAMED, ROLE], answers={**DONE, 404: NOT_THERE}
)
MEMBERS = admin_operation(
    "List the members of a group in the order of their ids",
    parameters=[_NAMED, *page_queries("Members")],
    answers={
        200: ("`next` is the `after` of the next page, if there is one.", page_of("members", USER)),
        404: NOT_THERE,
    },
)
ADD = admin_operation(
    "Put an account into a group",
    parameters=[_NAMED, PERSON],
    answers={**DONE, 404: NOT_THERE, 409: _TOO_MANY},
)
REMOVE = admin_operation(
    "Take an account out of a group", parameters=[_NAMED, PERSON], answers={**DONE, 404: NOT_THERE}
)


class _NewGroup(msgspec.Struct):
    name: str
    description: str = ""


class _Change(msgspec.Struct):
    description: str


class GroupsEndpoint:
    """Groups, their members and their roles."""

    def __init__(self, guard: AdminGuard, groups: Groups) -> None:
        self._guard = guard
        self._groups = groups

    def list(self) -> Response:
        """200 with a page."""
        page = self._groups.page(after=read_id("after"), limit=read_limit())
        body: dict[str, Any] = {"groups": [_as_json(group) for group in page.groups]}
        if page.next_after is not None:
            body["next"] = page.next_after
        return json_answer(body)

    def create(self) -> Response:
        """201 with the group."""
        body = read_json(request, _NewGroup)
        group = self._groups.create(body.name, description=body.description, by=self._guard.actor)
        return created(_as_json(group), group.name)

    def get(self, group: str) -> Response:
        """200 with the group."""
        return json_answer(_as_json(self._groups.find(group)))

    def change(self, group: str) -> Response:
        """200 with the group as it is now."""
        body = read_json(request, _Change)
        return json_answer(_as_json(self._groups.describe(group, body.description, by=self._guard.actor)))

    def delete(self, group: str) -> Response:
        """204."""
        self._groups.delete(group, by=self._guard.actor)
        return no_content()

    def grant(self, group: str, role: str) -> Response:
        """204, also where the group has it already."""
        self._groups.grant(group, role, by=self._guard.actor)
        return no_content()

    def revoke(self, group: str, role: str) -> Response:
        """204."""
        self._groups.revoke(group, role, by=self._guard.actor)
        return no_content()

    def members(self, group: str) -> Response:
        """200 with a page of accounts."""
        page = self._groups.members(group, after=read_id("after"), limit=read_limit())
        body: dict[str, Any] = {"members": [user_as_json(user) for user in page.users]}
        if page.next_after is not None:
            body["next"] = page.next_after
        return json_answer(body)

    def add(self, group: str, user_id: str) -> Response:
        """204, also where the account is in it already."""
        self._groups.add(group, user_id, by=self._guard.actor)
        return no_content()

    def remove(self, group: str, user_id: str) -> Response:
        """204."""
        self._groups.remove(group, user_id, by=self._guard.actor)
        return no_content()


def _as_json(group: Group) -> dict[str, Any]:
    return {
        "name": group.name,
        "description": group.description,
        "roles": group.roles,
        "created_at": group.created_at,
    }
