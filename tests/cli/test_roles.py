"""``gatepass roles``, ``gatepass groups``, and what ``gatepass users`` tells of them."""

import json

import pytest

from tests.support.command_line import Cli, Refused


def test_a_role_is_made_changed_listed_and_forgotten(cli: Cli, refused: Refused) -> None:
    made = json.loads(
        cli(
            "roles",
            "create",
            "desk",
            "--permission",
            "b",
            "--permission",
            "a:b",
            "--description",
            "Ü",
            "--json",
        ).stdout
    )
    assert (made["name"], made["permissions"], made["description"]) == ("desk", ["a:b", "b"], "Ü")
    assert "gatepass roles grant reader" in cli("roles", "create", "reader").stdout
    assert "already" in refused("roles", "create", "reader")
    assert cli("roles", "change", "desk", "--permit", "c", "--forbid", "b").stdout == "desk permits a:b c.\n"
    assert [row["name"] for row in json.loads(cli("roles", "list", "--json").stdout)] == ["desk", "reader"]
    assert "a:b c" in cli("roles", "list").stdout
    assert "gatepass roles list --after desk" in cli("roles", "list", "--limit", "1").stderr
    cli("roles", "delete", "desk")
    assert "See: gatepass roles list" in refused("roles", "delete", "desk")
    assert "See: gatepass roles list" in refused("roles", "change", "desk", "--permit", "x")


def test_where_there_is_nothing_the_lists_say_how_to_begin(cli: Cli) -> None:
    cli("db", "upgrade")
    assert "gatepass roles create" in cli("roles", "list").stdout
    assert "gatepass groups create" in cli("groups", "list").stdout
    cli("groups", "create", "staff")
    assert "gatepass groups add staff" in cli("groups", "members", "staff").stdout


@pytest.mark.parametrize("name", ["", ".", "..", "a b", "a/b", "é", "x" * 65, "-x"])
def test_a_name_that_cannot_be_taken_is_told(refused: Refused, name: str) -> None:
    for group in ("roles", "groups"):
        assert "name: " in refused(group, "create", "--", name)


@pytest.mark.parametrize("permission", ["", "a b", 'a"b', "é", "x" * 101])
def test_a_permission_that_cannot_be_taken_is_told(refused: Refused, permission: str) -> None:
    assert "permissions: " in refused("roles", "create", "desk", "--permission", permission)


def test_what_somebody_has_is_listed_and_shown(cli: Cli, ada: str, refused: Refused) -> None:
    cli("roles", "create", "desk", "--permission", "orders:write")
    cli("roles", "create", "reader", "--permission", "orders:read")
    cli("groups", "create", "staff", "--json")
    assert cli("groups", "grant", "staff", "reader").stdout == "staff has the role reader.\n"
    assert cli("groups", "add", "staff", ada).stdout == f"{ada} is in staff.\n"
    assert cli("groups", "add", "staff", ada).stdout == f"{ada} was in staff.\n"
    assert cli("roles", "grant", "desk", ada).stdout == f"{ada} has the role desk.\n"
    assert cli("roles", "grant", "desk", ada).stdout == f"{ada} had the role desk.\n"
    (row,) = json.loads(cli("users", "list", "--json").stdout)
    assert row["roles"] == ["desk", "reader"]
    assert "desk reader" in cli("users", "list").stdout
    shown = json.loads(cli("users", "show", ada, "--json").stdout)
    assert (shown["granted"], shown["groups"]) == (["desk"], ["staff"])
    assert shown["permissions"] == ["orders:read", "orders:write"]
    assert "orders:read orders:write" in cli("users", "show", ada).stdout
    assert [row["email"] for row in json.loads(cli("groups", "members", "staff", "--json").stdout)] == [ada]
    assert json.loads(cli("groups", "list", "--json").stdout)[0]["roles"] == ["reader"]
    assert "comes with a group" in refused("roles", "revoke", "reader", ada)
    cli("roles", "revoke", "desk", ada)
    cli("groups", "revoke", "staff", "reader")
    cli("groups", "remove", "staff", ada)
    assert json.loads(cli("users", "list", "--json").stdout)[0]["roles"] == []
    assert "no member" in refused("groups", "remove", "staff", ada)
    assert "does not have" in refused("groups", "revoke", "staff", "reader")


def test_what_is_not_there_is_named(cli: Cli, ada: str, refused: Refused) -> None:
    cli("groups", "create", "staff")
    assert "'desk'" in refused("roles", "grant", "desk", ada)
    assert "gatepass users list" in refused("roles", "grant", "desk", "nobody")
    assert "'desk'" in refused("groups", "grant", "staff", "desk")
    assert "'other'" in refused("groups", "add", "other", ada)
    for command in ("members", "delete"):
        assert "'other'" in refused("groups", command, "other")
    assert "'other'" in refused("groups", "change", "other", "--description", "x")
    assert "already" in refused("groups", "create", "staff")
    cli("groups", "change", "staff", "--description", "All of us")
    assert "All of us" in cli("groups", "list").stdout
    cli("groups", "delete", "staff")


def test_an_e_mail_is_verified_and_not(cli: Cli, ada: str) -> None:
    assert cli("users", "verify-email", ada).stdout == f"{ada} is verified.\n"
    assert json.loads(cli("users", "show", ada, "--json").stdout)["verified"] is True
    assert cli("users", "verify-email", ada, "--not").stdout == f"{ada} is not verified.\n"
    assert json.loads(cli("users", "list", "--json").stdout)[0]["verified"] is False


def test_sessions_are_ended_so_that_a_change_is_told_at_once(cli: Cli, ada: str, refused: Refused) -> None:
    token = cli("token", "issue", ada).stdout.strip()
    assert cli("users", "end-sessions", ada).stdout == f"1 session(s) of {ada} ended.\n"
    assert "revoked" in refused("token", "verify", token)
    assert cli("users", "end-sessions", ada).stdout == f"0 session(s) of {ada} ended.\n"
