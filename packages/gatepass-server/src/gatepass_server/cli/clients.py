"""``gatepass clients``."""

import json
from typing import Any

import click
import msgspec

from gatepass_server.cli.client_invitations import invitations, invite, uninvite
from gatepass_server.cli.client_options import takes_metadata, with_options
from gatepass_server.cli.clients_create import create
from gatepass_server.cli.context import open_house, takes_settings
from gatepass_server.cli.output import moment, show_rows
from gatepass_server.domain.clients import Client, ClientMetadata
from gatepass_server.presets import all_presets
from gatepass_server.settings import Settings

_ID = "2f1c0f6e-8f0e-4a7e-9d3e-0c8f5d1f6b1a"


@click.group("clients")
def command() -> None:
    """Create, list, show, change and delete programs that the server knows.

    A program signs people in, acts for itself, or asks at /oauth2/introspect whether a token is good, as it was
    registered.
    """


command.add_command(create)


@command.command("presets", epilog="Example: gatepass clients presets")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def presets(as_json: bool) -> None:
    """List the well-known programs for which `clients create --for` has ready settings."""
    rows = [
        {"name": name, "program": preset.title, "documentation": preset.documentation[0]}
        for name, preset in all_presets().items()
    ]
    show_rows(rows, as_json=as_json, empty="There are none.")


@command.command("list", epilog="Example: gatepass clients list --json")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@takes_settings
def list_clients(settings: Settings, as_json: bool) -> None:
    """List programs, the oldest first."""
    rows = [
        {
            "client_id": client.id,
            "name": client.name,
            "authenticates_by": client.metadata.token_endpoint_auth_method,
            "grants": ", ".join(_short(grant) for grant in client.metadata.grant_types),
            "created": moment(client.created_at),
        }
        for client in open_house(settings).clients.list()
    ]
    show_rows(
        rows,
        as_json=as_json,
        empty='There are no clients yet. Make one: gatepass clients create --name "..."',
    )


@command.command("show", epilog=f"Example: gatepass clients show {_ID}")
@click.argument("client_id", metavar="ID")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@takes_settings
def show(settings: Settings, client_id: str, as_json: bool) -> None:
    """Show what a program was registered with; what is not shown is as by default. Its secret is kept nowhere."""
    _tell(open_house(settings).clients.get(client_id), as_json=as_json)


@command.command(
    "update", epilog=f"Example: gatepass clients update {_ID} --redirect-uri https://app.example.com/cb"
)
@click.argument("client_id", metavar="ID")
@click.option("--name", help="What people call the program.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@takes_metadata
@takes_settings
def update(
    settings: Settings, client_id: str, name: str | None, as_json: bool, options: dict[str, Any]
) -> None:
    """Change what a program was registered with. What is not said stays; a list that is said takes the old one's place.

    Its id and its secret stay. A public client and one with a secret do not become each other: make another.
    """
    clients = open_house(settings).clients
    metadata = with_options(clients.get(client_id).metadata, options)
    _tell(clients.change(client_id, name=name, metadata=metadata), as_json=as_json)


@command.command("rotate-secret", epilog=f"Example: gatepass clients rotate-secret {_ID}")
@click.argument("client_id", metavar="ID")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@takes_settings
def rotate_secret(settings: Settings, client_id: str, as_json: bool) -> None:
    """Give a program another secret, and print it. The old one is refused from now on."""
    secret = open_house(settings).clients.rotate_secret(client_id)
    if as_json:
        click.echo(json.dumps({"client_id": client_id, "client_secret": secret.reveal()}, indent=2))
        return
    click.echo(f"client_secret  {secret.reveal()}")
    click.echo("Keep the secret where the program finds it: it is not printed again.", err=True)


@command.command("delete", epilog=f"Example: gatepass clients delete {_ID}")
@click.argument("client_id", metavar="ID")
@takes_settings
def delete(settings: Settings, client_id: str) -> None:
    """Forget a program: its secret and the tokens that it has for itself are refused from now on."""
    open_house(settings).clients.delete(client_id)
    click.echo(f"Deleted {client_id}.")


def _tell(client: Client, *, as_json: bool) -> None:
    members: dict[str, Any] = msgspec.to_builtins(client.metadata)
    if as_json:
        told = {"client_id": client.id, "name": client.name, "created": moment(client.created_at)}
        click.echo(json.dumps({**told, "metadata": members}, indent=2, ensure_ascii=False))
        return
    rows = {"client_id": client.id, "name": client.name, "created": moment(client.created_at)}
    rows |= {name: value for name, value in members.items() if value != getattr(ClientMetadata(), name)}
    rows.setdefault("token_endpoint_auth_method", client.metadata.token_endpoint_auth_method)
    width = max(map(len, rows))
    for name, value in rows.items():
        click.echo(f"{name:<{width}}  {_words(value)}")


def _words(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, (list, tuple)):
        return ", ".join(map(str, value))
    return json.dumps(value, ensure_ascii=False) if isinstance(value, dict) else str(value)


def _short(grant: str) -> str:
    return grant.rpartition(":")[2]


for _invitation_command in (invite, invitations, uninvite):
    command.add_command(_invitation_command)
