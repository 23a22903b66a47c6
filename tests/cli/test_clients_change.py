"""``gatepass clients show, update, rotate-secret``."""

import json
from pathlib import Path
from typing import Any

import pytest

from gatepass_server.bootstrap import build
from gatepass_server.domain.errors import InvalidClient
from gatepass_server.domain.secret import Secret
from gatepass_server.settings import load_settings
from tests.support.command_line import Cli, Refused

URI = "https://app.example.com/cb"


@pytest.fixture
def app(cli: Cli) -> dict[str, Any]:
    """A program that signs people in."""
    made: dict[str, Any] = json.loads(
        cli("clients", "create", "--name", "App", "--redirect-uri", URI, "--trusted", "--json").stdout
    )
    return made


def shown(cli: Cli, client_id: str) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(cli("clients", "show", client_id, "--json").stdout)
    return told


def test_a_program_is_shown_without_its_secret(cli: Cli, app: dict[str, Any]) -> None:
    told = cli("clients", "show", app["client_id"]).stdout
    assert "redirect_uris               https://app.example.com/cb\n" in told
    assert "grant_types                 authorization_code, refresh_token\n" in told
    assert "trusted                     yes\n" in told
    assert "gp_cs_" not in told + json.dumps(shown(cli, app["client_id"]))


def test_what_is_not_said_stays(cli: Cli, app: dict[str, Any]) -> None:
    cli("clients", "update", app["client_id"], "--name", "Renamed", "--scope", "openid")
    now = shown(cli, app["client_id"])
    assert now["name"] == "Renamed"
    assert now["metadata"] == {**app["metadata"], "scope": "openid"}


def test_a_list_takes_the_place_of_the_old_one(cli: Cli, app: dict[str, Any]) -> None:
    cli("clients", "update", app["client_id"], "--redirect-uri", f"{URI}/1", "--redirect-uri", f"{URI}/2")
    assert shown(cli, app["client_id"])["metadata"]["redirect_uris"] == [f"{URI}/1", f"{URI}/2"]


def test_switches_go_both_ways(cli: Cli, app: dict[str, Any]) -> None:
    told = cli("clients", "update", app["client_id"], "--not-trusted", "--no-pkce", "--json").stdout
    assert json.loads(told)["metadata"]["require_pkce"] is False
    assert "trusted" not in json.loads(told)["metadata"]
    cli("clients", "update", app["client_id"], "--pkce")
    assert "require_pkce" not in shown(cli, app["client_id"])["metadata"]


def test_the_id_and_the_secret_stay(cli: Cli, app: dict[str, Any], tmp_path: Path) -> None:
    cli("clients", "update", app["client_id"], "--name", "Renamed")
    gatepass = build(load_settings(options={"data": tmp_path / "gatepass-data"}, environ={}))
    assert gatepass.clients.authenticate(app["client_id"], Secret(app["client_secret"])).name == "Renamed"
    gatepass.close()


def test_what_cannot_be_taken_changes_nothing(cli: Cli, refused: Refused, app: dict[str, Any]) -> None:
    told = refused("clients", "update", app["client_id"], "--name", "X", "--redirect-uri", "nonsense")
    assert "- redirect_uris: " in told
    assert "- name: " in refused("clients", "update", app["client_id"], "--name", "\x07")
    assert shown(cli, app["client_id"])["name"] == "App"


def test_another_secret_takes_the_place_of_the_old_one(cli: Cli, app: dict[str, Any], tmp_path: Path) -> None:
    told = json.loads(cli("clients", "rotate-secret", app["client_id"], "--json").stdout)
    words = cli("clients", "rotate-secret", app["client_id"])
    assert "not printed again" in words.stderr
    newest = words.stdout.split()[1]
    gatepass = build(load_settings(options={"data": tmp_path / "gatepass-data"}, environ={}))
    assert gatepass.clients.authenticate(app["client_id"], Secret(newest)).id == app["client_id"]
    for old in (app["client_secret"], told["client_secret"]):
        with pytest.raises(InvalidClient):
            gatepass.clients.authenticate(app["client_id"], Secret(old))
    gatepass.close()


def test_a_program_without_a_secret_gets_none(cli: Cli, refused: Refused) -> None:
    arguments = ("clients", "create", "--name", "SPA", "--public", "--redirect-uri", URI, "--json")
    made = json.loads(cli(*arguments).stdout)
    assert "none" in refused("clients", "rotate-secret", made["client_id"])
    # Neither becomes a program that would need one.
    told = refused("clients", "update", made["client_id"], "--auth-method", "client_secret_basic")
    assert "token_endpoint_auth_method: " in told


@pytest.mark.parametrize("command", ["show", "update", "rotate-secret"])
@pytest.mark.parametrize("client_id", ["", "nobody", "\udcff", "'; drop table"])
def test_a_program_that_is_not_there(cli: Cli, refused: Refused, command: str, client_id: str) -> None:
    cli("db", "upgrade")
    assert "See: gatepass clients list" in refused("clients", command, client_id)


def test_programs_are_listed_with_how_they_come_in(cli: Cli, app: dict[str, Any]) -> None:
    cli("clients", "create", "--name", "TV", "--public", "--grant", "device_code")
    rows = {row["name"]: row for row in json.loads(cli("clients", "list", "--json").stdout)}
    assert rows["App"]["client_id"] == app["client_id"]
    assert rows["App"]["grants"] == "authorization_code, refresh_token"
    assert rows["App"]["authenticates_by"] == "client_secret_basic"
    assert (rows["TV"]["grants"], rows["TV"]["authenticates_by"]) == ("device_code", "none")
