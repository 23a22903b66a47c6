"""What people of the directory do at a house, and what is told of it."""

import json
from typing import Any

from gatepass_server.domain.accounts import User
from gatepass_server.domain.identities import Identity
from gatepass_server.domain.sessions import Session
from tests.support.house import House
from tests.support.slapd import BEE

ADDRESS = "bee@example.com"
"""Bee's, who is in the directory from the beginning."""


def whoami(house: House, login: str = ADDRESS, password: str = BEE) -> dict[str, Any]:
    """The account that a sign-in leads to."""
    return dict(house.get("/me", str(house.log_in(login, password)["token"])).get_json())


def status(house: House, login: str = ADDRESS, password: str = BEE) -> int:
    """What becomes of a sign-in."""
    return house.try_log_in(login, password).status_code


def account(house: House, user_id: str) -> User:
    """The account with this id."""
    with house.gatepass.store.read() as uow:
        user = uow.users.by_id(user_id)
    assert user is not None
    return user


def identity(house: House, subject: str, name: str = "directory") -> Identity | None:
    """Whom the directory calls so, if anybody."""
    with house.gatepass.store.read() as uow:
        return uow.identities.find(f"ldap:{name}", subject)


def sessions(house: House, user_id: str) -> list[Session]:
    """The living sessions of an account."""
    with house.gatepass.store.read() as uow:
        return list(uow.sessions.page_of(user_id, now=0, after=None, limit=100))


def told(house: House, kind: str) -> list[dict[str, str]]:
    """The details of the events of a kind."""
    rows = house.gatepass.audit_trail.after(0, limit=10_000)
    return [json.loads(row.details) for row in rows if row.kind == kind]


def why(house: House) -> list[str]:
    """Why sign-ins failed, by the audit log."""
    return [details["reason"] for details in told(house, "log_in.failed")]
