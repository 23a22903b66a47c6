"""Roles that come of what another house says: judged at every sign-in, beside those given by hand."""

import json

import pytest

from gatepass_server.domain.roles import Role
from tests.support.clock import FakeClock
from tests.support.house import EMAIL
from tests.support.through import Traveller
from tests.upstream.conftest import Build

RULES = {"roles_claim": "groups", "roles": {"staff": "reader writer", "board": "auditor"}}


@pytest.fixture
def database(ready_database_url: str) -> str:
    """Both."""
    return ready_database_url


def roles(traveller: Traveller) -> tuple[str, ...]:
    user = traveller.house.gatepass.administration.find(EMAIL)
    with traveller.house.gatepass.store.read() as uow:
        return uow.roles.entitlements_of(user.id).roles


def test_they_follow_the_groups_and_those_given_by_hand_stay(build: Build, clock: FakeClock) -> None:
    ann = build(**RULES)
    with ann.house.gatepass.store.write() as uow:
        uow.lock("roles")
        for name in ("reader", "writer", "auditor"):
            uow.roles.add(Role(name=name, created_at=int(clock())))
    ann.come_back()
    assert roles(ann) == ("reader", "writer")
    user = ann.house.gatepass.administration.find(EMAIL)
    with ann.house.gatepass.store.write() as uow:
        uow.lock("roles")
        uow.roles.give(user.id, "writer")
    ann.other.person["groups"] = "board"
    ann.come_back()
    assert roles(ann) == ("auditor", "writer")
    ann.other.person["groups"] = ["unknown", 7]
    ann.come_back()
    assert roles(ann) == ("writer",)
    rows = list(ann.house.gatepass.audit_trail.after(0, limit=1000))
    changed = [json.loads(row.details)["roles"] for row in rows if row.kind == "identity.roles_changed"]
    assert changed == ["reader writer", "auditor", ""]


def test_without_rules_groups_bring_nothing(ann: Traveller) -> None:
    ann.come_back()
    assert roles(ann) == ()


def test_tokens_are_dropped_unless_the_settings_keep_them_sealed(build: Build) -> None:
    dropped, sealed = build(), build(keep_tokens="sealed")
    for traveller, is_kept in ((dropped, False), (sealed, True)):
        traveller.come_back()
        with traveller.house.gatepass.store.read() as uow:
            identity = uow.identities.find(traveller.other.url, "248289")
        assert identity is not None
        assert (identity.tokens is not None) == is_kept
        assert b"their-access-token" not in (identity.tokens or b"")
