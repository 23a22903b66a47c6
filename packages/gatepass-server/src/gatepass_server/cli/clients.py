"""``gatepass clients``."""

import json

import click

from gatepass_server.cli.context import open_house, takes_settings
from gatepass_server.cli.output import moment, show_rows
from gatepass_server.settings import Settings


@click.group("clients")
def command() -> None:
    """Create, list and delete programs that the server knows.

    A program with an id and a secret may ask at /oauth2/introspect whether a token is good.
    """


@command.command("create", epilog='Example: gatepass clients create --name "Orders API"')
@click.option("--name", required=True, help="What people call the program.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@takes_settings
def create(settings: Settings, name: str, as_json: bool) -> None:
    """Make a program known, and print its id and its secret. The secret is kept nowhere, and never printed again."""
    client, secret = open_house(settings, make=True).clients.create(name)
    if as_json:
        told = {"client_id": client.id, "client_secret": secret.reveal(), "name": client.name}
        click.echo(json.dumps(told, indent=2, ensure_ascii=False))
        return
    click.echo(f"client_id      {client.id}")
    click.echo(f"client_secret  {secret.reveal()}")
    click.echo("Keep the secret where the program finds it: it is not printed again.", err=True)


@command.command("list", epilog="Example: gatepass clients list --json")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@takes_settings
def list_clients(settings: Settings, as_json: bool) -> None:
    """List programs, the oldest first."""
    rows = [
        {"client_id": client.id, "name": client.name, "created": moment(client.created_at)}
        for client in open_house(settings).clients.list()
    ]
    show_rows(
        rows,
        as_json=as_json,
        empty='There are no clients yet. Make one: gatepass clients create --name "..."',
    )


@command.command("delete", epilog="Example: gatepass clients delete 2f1c0f6e-8f0e-4a7e-9d3e-0c8f5d1f6b1a")
@click.argument("client_id", metavar="ID")
@takes_settings
def delete(settings: Settings, client_id: str) -> None:
    """Forget a program: its secret is refused from now on."""
    open_house(settings).clients.delete(client_id)
    click.echo(f"Deleted {client_id}.")
