"""``gatepass clients create, list, delete``."""

import json
from pathlib import Path

import pytest

from gatepass_server.bootstrap import build
from gatepass_server.domain.errors import InvalidClient
from gatepass_server.domain.secret import Secret
from gatepass_server.settings import load_settings
from tests.support.command_line import Cli, Refused


def test_a_program_is_made_known_and_its_secret_told_once(cli: Cli, tmp_path: Path) -> None:
    made = json.loads(cli("clients", "create", "--name", "Orders API", "--json").stdout)
    assert set(made) == {"client_id", "client_secret", "name", "metadata"}
    assert made["client_secret"].startswith("gp_cs_")
    listed = cli("clients", "list", "--json").stdout
    assert [row["client_id"] for row in json.loads(listed)] == [made["client_id"]]
    assert made["client_secret"] not in listed
    gatepass = build(load_settings(options={"data": tmp_path / "gatepass-data"}, environ={}))
    assert (
        gatepass.clients.authenticate(made["client_id"], Secret(made["client_secret"])).name == "Orders API"
    )
    with pytest.raises(InvalidClient):
        gatepass.clients.authenticate(made["client_id"], Secret("gp_cs_another"))
    gatepass.close()


def test_for_people_the_two_stand_on_lines_of_their_own(cli: Cli) -> None:
    made = cli("clients", "create", "--name", "Orders API")
    (name, client_id), (other, secret) = (line.split() for line in made.stdout.splitlines())
    assert (name, other) == ("client_id", "client_secret")
    assert secret.startswith("gp_cs_")
    assert "not printed again" in made.stderr
    assert client_id in cli("clients", "list").stdout


def test_a_program_is_forgotten(cli: Cli, refused: Refused) -> None:
    client_id = json.loads(cli("clients", "create", "--name", "A", "--json").stdout)["client_id"]
    assert cli("clients", "delete", client_id).stdout == f"Deleted {client_id}.\n"
    assert cli("clients", "list").stdout.startswith("There are no clients yet.")
    for name in (client_id, "", "\udcff"):
        assert "See: gatepass clients list" in refused("clients", "delete", name)


@pytest.mark.parametrize("name", ["", " ", "a\x07b", "x" * 201])
def test_a_name_that_cannot_be_taken_is_told(refused: Refused, name: str) -> None:
    assert "name: " in refused("clients", "create", "--name", name)


def test_the_secrets_survive_a_new_master_key(
    cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = json.loads(cli("clients", "create", "--name", "A", "--json").stdout)
    old, new = (tmp_path / "gatepass-data/master.key").read_text().strip(), "n" * 43
    monkeypatch.setenv("GATEPASS_MASTER_KEY", f"{new},{old}")
    cli("keys", "reseal")
    settings = load_settings(
        options={"data": tmp_path / "gatepass-data", "master_key": Secret(new)}, environ={}
    )
    gatepass = build(settings)
    assert gatepass.clients.authenticate(made["client_id"], Secret(made["client_secret"])).name == "A"
    gatepass.close()
