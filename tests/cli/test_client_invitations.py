"""``gatepass clients invite, invitations, uninvite``."""

import json

import pytest

from tests.support.command_line import Cli, Refused


def test_an_invitation_is_told_once_and_listed_without_its_text(cli: Cli) -> None:
    made = json.loads(
        cli("clients", "invite", "--name", "Blue", "--uses", "3", "--days", "2", "--json").stdout
    )
    assert set(made) == {"initial_access_token", "name", "uses", "expires_at"}
    assert made["initial_access_token"].startswith("gp_ia_")
    listed = cli("clients", "invitations", "--json").stdout
    ((row),) = json.loads(listed)
    assert (row["name"], row["uses_left"]) == ("Blue", 3)
    assert made["initial_access_token"] not in listed


def test_for_people_the_token_stands_alone_with_what_to_do_beside_it(
    cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = cli("clients", "invite", "--name", "Blue")
    assert made.stdout.startswith("gp_ia_")
    assert len(made.stdout.split()) == 1
    assert "/oauth2/register" in made.stderr
    monkeypatch.setenv("GATEPASS_REGISTRATION", "off")
    assert "registration is off" in cli("clients", "invite", "--name", "Red").stderr


def test_an_invitation_is_taken_back(cli: Cli, refused: Refused) -> None:
    cli("clients", "invite", "--name", "Blue")
    assert cli("clients", "uninvite", "Blue").stdout == "Took back Blue.\n"
    assert cli("clients", "invitations").stdout.startswith("Nobody is invited.")
    assert "See: gatepass clients invitations" in refused("clients", "uninvite", "Blue")


@pytest.mark.parametrize(
    ("arguments", "field"),
    [
        (("--name", " "), "name"),
        (("--name", "A", "--uses", "0"), "uses"),
        (("--name", "A", "--uses", "10001"), "uses"),
        (("--name", "A", "--days", "0"), "days"),
        (("--name", "A", "--days", "367"), "days"),
    ],
)
def test_what_makes_no_sense_is_told_by_its_field(
    refused: Refused, arguments: tuple[str, ...], field: str
) -> None:
    assert f"{field}: " in refused("clients", "invite", *arguments)
