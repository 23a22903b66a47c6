"""``/api/admin/users``."""

from typing import Any

import msgspec
from flask import Response, request

from gatepass_server.accounts.account_management import AccountChange, AccountManagement, AccountView
from gatepass_server.accounts.directory import Directory
from gatepass_server.accounts.entitlements import left_out
from gatepass_server.accounts.forms import AccountForm
from gatepass_server.accounts.role_forms import checked_person_name
from gatepass_server.accounts.session_list import SessionList
from gatepass_server.domain.accounts import User
from gatepass_server.domain.password_policy import PasswordPolicy
from gatepass_server.domain.secret import Secret
from gatepass_server.web.answers import created, json_answer
from gatepass_server.web.api.admin.describing import (
    BOOLEAN,
    NAMES,
    NOT_THERE,
    SECONDS,
    TEXT,
    admin_operation,
    json_body,
    page_of,
)
from gatepass_server.web.api.admin.guard import AdminGuard
from gatepass_server.web.api.sessions import SESSION, session_as_json
from gatepass_server.web.json_body import read_json
from gatepass_server.web.names import NAME
from gatepass_server.web.new_password import NEW_PASSWORD
from gatepass_server.web.paging import page_queries, read_id, read_limit, read_text
from gatepass_server.web.schema import PROBLEM, Schema, json_of, object_of, path, query

_USER: dict[str, Schema] = {
    "id": {"type": "string", "description": "`public_id`, and the `sub` of tokens."},
    "name": TEXT,
    "email": TEXT,
    "email_verified": BOOLEAN,
    "is_admin": BOOLEAN,
    "disabled": BOOLEAN,
    "created_at": SECONDS,
    "updated_at": {**SECONDS, "description": "When name, e-mail or its verification changed."},
}
USER = object_of(**_USER)
_WHOLE = object_of(
    **_USER,
    granted={**NAMES, "description": "The roles that did not come with a group."},
    roles={**NAMES, "description": "All roles."},
    groups=NAMES,
    permissions=NAMES,
    left_out={**NAMES, "description": "Claims that are too large for a token, and are not in it."},
)
_ENDED = json_of(object_of(ended={"type": "integer", "description": "How many sessions ended."}))
PERSON = path("user_id", "The account.")
LIST = admin_operation(
    "List accounts in the order of their ids, or of their e-mails where these are searched",
    parameters=[
        *page_queries("Accounts"),
        query("email", {"type": "string", "maxLength": 254}, "What the e-mail begins with."),
    ],
    answers={200: ("`next` is the `after` of the next page, if there is one.", page_of("users", USER))},
)
CREATE = admin_operation(
    "Make an account",
    body=json_body(
        required=("name", "email", "password"),
        name=NAME,
        email={"type": "string", "format": "email", "maxLength": 254},
        password=NEW_PASSWORD,
        is_admin=BOOLEAN,
        email_verified=BOOLEAN,
    ),
    answers={
        201: ("The account; `Location` is its address.", json_of(USER)),
        409: ("There is an account with this e-mail already (`account_exists`).", PROBLEM),
    },
)
GET = admin_operation(
    "One account, with its roles, groups and permissions",
    parameters=[PERSON],
    answers={200: ("The account.", json_of(_WHOLE)), 404: NOT_THERE},
)
CHANGE = admin_operation(
    "Change an account; its sessions end where it is disabled, or becomes an admin's or an ordinary one",
    parameters=[PERSON],
    body=json_body(name=NAME, email_verified=BOOLEAN, disabled=BOOLEAN, is_admin=BOOLEAN),
    answers={
        200: ("The account as it is now.", json_of(object_of(**_USER, ended={"type": "integer"}))),
        404: NOT_THERE,
        409: ("Nobody would be left who may administer (`last_admin`).", PROBLEM),
    },
)
PASSWORD = admin_operation(
    "Give an account another password; all its sessions end",
    parameters=[PERSON],
    body=json_body(required=("password",), password=NEW_PASSWORD),
    answers={200: ("Changed.", _ENDED), 404: NOT_THERE},
)
SESSIONS = admin_operation(
    "List the live sessions of an account, newest first",
    parameters=[PERSON, *page_queries("Sessions")],
    answers={
        200: (
            "`next` is the `after` of the next page, if there is one.",
            page_of("sessions", object_of(**SESSION)),
        ),
        404: NOT_THERE,
    },
)
END_SESSIONS = admin_operation(
    "End all sessions of an account",
    parameters=[PERSON],
    answers={200: ("They have ended.", _ENDED), 404: NOT_THERE},
)


class _NewAccount(msgspec.Struct):
    name: str
    email: str
    password: str
    is_admin: bool = False
    email_verified: bool = False


class _Change(msgspec.Struct):
    name: str | msgspec.UnsetType = msgspec.UNSET
    email_verified: bool | msgspec.UnsetType = msgspec.UNSET
    disabled: bool | msgspec.UnsetType = msgspec.UNSET
    is_admin: bool | msgspec.UnsetType = msgspec.UNSET


class _Password(msgspec.Struct):
    password: str


class UsersEndpoint:
    """Accounts, one by one and page by page."""

    def __init__(
        self,
        guard: AdminGuard,
        accounts: AccountManagement,
        directory: Directory,
        sessions: SessionList,
        policy: PasswordPolicy,
    ) -> None:
        self._guard = guard
        self._accounts = accounts
        self._directory = directory
        self._sessions = sessions
        self._policy = policy

    def list(self) -> Response:
        """200 with a page."""
        email, after, limit = read_text("email", most=254), read_id("after"), read_limit()
        page = (
            self._directory.page(after=after, limit=limit)
            if email is None
            else self._directory.search(email, after=after, limit=limit)
        )
        body: dict[str, Any] = {"users": [user_as_json(user) for user in page.users]}
        if page.next_after is not None:
            body["next"] = page.next_after
        return json_answer(body)

    def create(self) -> Response:
        """201 with the account."""
        body = read_json(request, _NewAccount)
        form = AccountForm.check(
            name=body.name, email=body.email, password=body.password, policy=self._policy
        )
        user = self._accounts.create(
            form, is_admin=body.is_admin, email_verified=body.email_verified, by=self._guard.actor
        )
        return created(user_as_json(user), user.id)

    def get(self, user_id: str) -> Response:
        """200 with the account."""
        return json_answer(_whole(self._accounts.view(user_id)))

    def change(self, user_id: str) -> Response:
        """200 with the account as it is now."""
        body = read_json(request, _Change)
        change = AccountChange(
            name=None if body.name is msgspec.UNSET else checked_person_name(body.name),
            email_verified=_given(body.email_verified),
            is_enabled=None if body.disabled is msgspec.UNSET else not body.disabled,
            is_admin=_given(body.is_admin),
        )
        user, ended = self._accounts.change(user_id, change, by=self._guard.actor)
        return json_answer({**user_as_json(user), "ended": ended})

    def set_password(self, user_id: str) -> Response:
        """200 with how many sessions ended."""
        body = read_json(request, _Password)
        user = self._accounts.view(user_id).user
        ended = self._accounts.set_password(user, Secret(body.password), by=self._guard.actor)
        return json_answer({"ended": ended})

    def sessions(self, user_id: str) -> Response:
        """200 with a page of sessions."""
        user = self._accounts.view(user_id).user
        page = self._sessions.of(user.id, after=read_id("after"), limit=read_limit())
        current = self._guard.principal.session_id or ""
        body: dict[str, Any] = {"sessions": [session_as_json(one, current=current) for one in page.sessions]}
        if page.next_after is not None:
            body["next"] = page.next_after
        return json_answer(body)

    def end_sessions(self, user_id: str) -> Response:
        """200 with how many sessions ended."""
        return json_answer({"ended": self._accounts.end_sessions(user_id, by=self._guard.actor)})


def user_as_json(user: User) -> dict[str, Any]:
    """An account as the admin API tells it."""
    return {
        "id": user.id,
        "name": user.name,
        "email": user.email,
        "email_verified": user.email_verified,
        "is_admin": user.is_admin,
        "disabled": not user.is_enabled,
        "created_at": user.created_at,
        "updated_at": user.updated_at,
    }


def _whole(view: AccountView) -> dict[str, Any]:
    found = view.entitlements
    return {
        **user_as_json(view.user),
        "granted": view.given,
        "roles": found.roles,
        "groups": found.groups,
        "permissions": found.permissions,
        "left_out": left_out(found),
    }


def _given(value: bool | msgspec.UnsetType) -> bool | None:
    return None if value is msgspec.UNSET else value
