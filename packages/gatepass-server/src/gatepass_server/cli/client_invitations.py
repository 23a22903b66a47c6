"""``gatepass clients invite``, ``invitations`` and ``uninvite``."""

import json

import click

from gatepass_server.cli.context import open_house, takes_settings
from gatepass_server.cli.output import moment, show_rows
from gatepass_server.settings import Settings


@click.command("invite", epilog='Example: gatepass clients invite --name "Team Blue" --uses 3 --days 7')
@click.option("--name", required=True, help="What the invitation is called.")
@click.option("--uses", type=int, default=1, show_default=True, help="How many programs it is good for.")
@click.option("--days", type=int, default=7, show_default=True, help="How long it is good.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@takes_settings
def invite(settings: Settings, name: str, uses: int, days: int, as_json: bool) -> None:
    """Let others register programs at /oauth2/register; print the token that they need. It is never printed again.

    Whoever has it sends it as a bearer token (RFC 7591 section 3), as long as the setting `registration` is not `off`.
    """
    invitation, text = open_house(settings, make=True).invitations.create(name, uses=uses, days=days)
    if as_json:
        told = {
            "initial_access_token": text.reveal(),
            "name": invitation.name,
            "uses": invitation.uses_left,
            "expires_at": invitation.expires_at,
        }
        click.echo(json.dumps(told, indent=2, ensure_ascii=False))
        return
    click.echo(text.reveal())
    address = f"{settings.public_issuer.rstrip('/')}/oauth2/register"
    click.echo(f"Send it as a bearer token to {address} until {moment(invitation.expires_at)}.", err=True)
    if settings.registration == "off":
        click.echo("The setting registration is off: nobody can register anything yet.", err=True)


@click.command("invitations", epilog="Example: gatepass clients invitations --json")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@takes_settings
def invitations(settings: Settings, as_json: bool) -> None:
    """List invitations that are still good, the oldest first."""
    rows = [
        {"name": one.name, "uses_left": one.uses_left, "expires": moment(one.expires_at)}
        for one in open_house(settings).invitations.list()
    ]
    show_rows(
        rows, as_json=as_json, empty="Nobody is invited. Invite somebody: gatepass clients invite --name ..."
    )


@click.command("uninvite", epilog='Example: gatepass clients uninvite "Team Blue"')
@click.argument("name")
@takes_settings
def uninvite(settings: Settings, name: str) -> None:
    """Take an invitation back. Programs that were registered with it stay: see gatepass clients list."""
    open_house(settings).invitations.take_back(name)
    click.echo(f"Took back {name}.")
