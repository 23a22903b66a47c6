"""``gatepass users identities`` and ``unlink``."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from gatepass_server.domain.identities import Identity
from gatepass_server.store.sql import SqlStore
from tests.support.command_line import Cli, Refused
from tests.support.house import PASSWORD
from tests.support.samples import sample_session

NOW = 1_700_000_000


@pytest.fixture
def linked(cli: Cli, ada: str, tmp_path: Path) -> str:
    """Ada, whose account somebody has added an identity to, and is signed in through it."""
    (user,) = json.loads(cli("users", "list", "--json").stdout)
    identity = Identity(
        id="i1",
        user_id=user["public_id"],
        provider="corp",
        issuer="https://corp.example",
        subject="248289",
        label="eve",
        created_at=NOW,
        last_used_at=NOW,
    )
    store = SqlStore(f"sqlite:///{next(tmp_path.rglob('gatepass.db'))}")
    with store.write() as uow:
        uow.identities.add(identity)
        uow.sessions.add(replace(sample_session("s1", identity.user_id), identity_id="i1"))
    store.close()
    return ada


def test_the_operator_sees_a_thiefs_way_in_and_takes_it_away(cli: Cli, refused: Refused, linked: str) -> None:
    cli("users", "password", linked, "--password-file", "-", text=PASSWORD + " another")
    (row,) = json.loads(cli("users", "identities", linked, "--json").stdout)
    assert (row["id"], row["provider"], row["label"], row["subject"]) == ("i1", "corp", "eve", "248289")
    assert cli("users", "unlink", linked, "i1").stdout == f"Removed from {linked}; 0 session(s) ended.\n"
    assert "Nobody else" in cli("users", "identities", linked).stdout
    assert "no such way" in refused("users", "unlink", linked, "i1")


def test_sessions_that_began_through_it_end(cli: Cli, linked: str) -> None:
    assert "; 1 session(s) ended." in cli("users", "unlink", linked, "i1").stdout
    told = cli("audit", "list", "--json").stdout
    assert '"identity.removed"' in told
    assert '"sessions.ended"' in told
