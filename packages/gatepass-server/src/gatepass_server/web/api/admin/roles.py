"""``/api/admin/roles``, and the roles of one account."""

from typing import Any

import msgspec
from flask import Response, request

from gatepass_server.accounts.roles import Roles
from gatepass_server.domain.roles import Role
from gatepass_server.web.answers import created, json_answer, no_content
from gatepass_server.web.api.admin.describing import (
    DONE,
    NAME,
    NAME_AFTER,
    NAMES,
    NOT_THERE,
    PERMISSIONS,
    SECONDS,
    TEXT,
    admin_operation,
    json_body,
    page_of,
)
from gatepass_server.web.api.admin.guard import AdminGuard
from gatepass_server.web.api.admin.users import PERSON
from gatepass_server.web.json_body import read_json
from gatepass_server.web.names import LINE
from gatepass_server.web.paging import limit_query, read_id, read_limit
from gatepass_server.web.schema import PROBLEM, json_of, object_of, path

_ROLE = object_of(name=TEXT, description=TEXT, permissions=NAMES, created_at=SECONDS)
ROLE = path("role", "The name of the role.", NAME)
LIST = admin_operation(
    "List roles in the order of their names",
    parameters=[NAME_AFTER, limit_query("Roles")],
    answers={200: ("`next` is the `after` of the next page, if there is one.", page_of("roles", _ROLE))},
)
CREATE = admin_operation(
    "Make a role",
    body=json_body(required=("name",), name=NAME, description=LINE, permissions=PERMISSIONS),
    answers={
        201: ("The role; `Location` is its address.", json_of(_ROLE)),
        409: ("There is a role of this name already (`name_taken`).", PROBLEM),
    },
)
GET = admin_operation(
    "One role", parameters=[ROLE], answers={200: ("The role.", json_of(_ROLE)), 404: NOT_THERE}
)
CHANGE = admin_operation(
    "Change what a role permits, for all who have it",
    parameters=[ROLE],
    body=json_body(description=LINE, permissions=PERMISSIONS),
    answers={200: ("The role as it is now.", json_of(_ROLE)), 404: NOT_THERE},
)
DELETE = admin_operation(
    "Forget a role; nobody has it any more", parameters=[ROLE], answers={**DONE, 404: NOT_THERE}
)
GRANT = admin_operation(
    "Give an account a role",
    parameters=[PERSON, ROLE],
    answers={
        **DONE,
        404: NOT_THERE,
        409: ("The account has as many as can be given (`too_many_given`).", PROBLEM),
    },
)
REVOKE = admin_operation(
    "Take a role from an account; one that comes with a group stays",
    parameters=[PERSON, ROLE],
    answers={**DONE, 404: NOT_THERE},
)


class _NewRole(msgspec.Struct):
    name: str
    description: str = ""
    permissions: list[str] = []


class _Change(msgspec.Struct):
    description: str | msgspec.UnsetType = msgspec.UNSET
    permissions: list[str] | msgspec.UnsetType = msgspec.UNSET


class RolesEndpoint:
    """Roles, and who is given them."""

    def __init__(self, guard: AdminGuard, roles: Roles) -> None:
        self._guard = guard
        self._roles = roles

    def list(self) -> Response:
        """200 with a page."""
        page = self._roles.page(after=read_id("after"), limit=read_limit())
        body: dict[str, Any] = {"roles": [_as_json(role) for role in page.roles]}
        if page.next_after is not None:
            body["next"] = page.next_after
        return json_answer(body)

    def create(self) -> Response:
        """201 with the role."""
        body = read_json(request, _NewRole)
        role = self._roles.create(
            body.name, description=body.description, permissions=body.permissions, by=self._guard.actor
        )
        return created(_as_json(role), role.name)

    def get(self, role: str) -> Response:
        """200 with the role."""
        return json_answer(_as_json(self._roles.find(role)))

    def change(self, role: str) -> Response:
        """200 with the role as it is now."""
        body = read_json(request, _Change)
        changed = self._roles.change(
            role,
            description=None if body.description is msgspec.UNSET else body.description,
            permissions=None if body.permissions is msgspec.UNSET else body.permissions,
            by=self._guard.actor,
        )
        return json_answer(_as_json(changed))

    def delete(self, role: str) -> Response:
        """204."""
        self._roles.delete(role, by=self._guard.actor)
        return no_content()

    def grant(self, user_id: str, role: str) -> Response:
        """204, also where the account has it already."""
        self._roles.grant(role, user_id, by=self._guard.actor)
        return no_content()

    def revoke(self, user_id: str, role: str) -> Response:
        """204."""
        self._roles.revoke(role, user_id, by=self._guard.actor)
        return no_content()


def _as_json(role: Role) -> dict[str, Any]:
    return {
        "name": role.name,
        "description": role.description,
        "permissions": role.permissions,
        "created_at": role.created_at,
    }
