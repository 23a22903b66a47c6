"""``gatepass clients``."""

import json
from typing import Any

import click

from gatepass_server.cli.client_invitations import invitations, invite, uninvite
from gatepass_server.cli.context import open_house, takes_settings
from gatepass_server.cli.output import moment, show_rows
from gatepass_server.domain.client_rules import SHORT_GRANT_NAMES
from gatepass_server.domain.clients import ClientMetadata
from gatepass_server.settings import Settings

_SIGN_IN_SCOPE = "openid profile email offline_access"


@click.group("clients")
def command() -> None:
    """Create, list and delete programs that the server knows.

    A program with an id and a secret may ask at /oauth2/introspect whether a token is good.
    """


@command.command(
    "create", epilog="Example: gatepass clients create --name Wiki --redirect-uri https://wiki.example/cb"
)
@click.option("--name", required=True, help="What people call the program.")
@click.option(
    "--redirect-uri", "redirect_uris", multiple=True, metavar="URI", help="Where people are sent back to."
)
@click.option(
    "--grant", "grants", multiple=True, metavar="GRANT", help="What it presents at the token endpoint."
)
@click.option("--scope", "scopes", multiple=True, metavar="SCOPE", help="A scope that it may ask for.")
@click.option(
    "--resource", "resources", multiple=True, metavar="URI", help="An audience that it may name (RFC 8707)."
)
@click.option("--public", is_flag=True, help="It cannot keep a secret: a browser or desktop program.")
@click.option("--no-pkce", is_flag=True, help="It cannot do PKCE; it must send a nonce instead.")
@click.option("--trusted", is_flag=True, help="One of your own: people are not asked for consent.")
@click.option("--opaque", is_flag=True, help="Its access tokens mean nothing to whoever holds them.")
@click.option("--id-token-claims", is_flag=True, help="Put profile and e-mail claims into its ID tokens.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@takes_settings
def create(settings: Settings, name: str, as_json: bool, **asked: Any) -> None:
    """Make a program known, and print its id and its secret. The secret is kept nowhere, and never printed again.

    Without --redirect-uri and --grant it is an API that asks at /oauth2/introspect. With --redirect-uri it signs people
    in, and may ask for openid, profile, email and offline_access unless --scope says otherwise.
    """
    client, secret = open_house(settings, make=True).clients.create(name, _metadata(**asked))
    if as_json:
        told = {"client_id": client.id, "name": client.name}
        if secret is not None:
            told["client_secret"] = secret.reveal()
        click.echo(json.dumps(told, indent=2, ensure_ascii=False))
        return
    click.echo(f"client_id      {client.id}")
    if secret is not None:
        click.echo(f"client_secret  {secret.reveal()}")
        click.echo("Keep the secret where the program finds it: it is not printed again.", err=True)


def _metadata(
    *,
    redirect_uris: tuple[str, ...],
    grants: tuple[str, ...],
    scopes: tuple[str, ...],
    resources: tuple[str, ...],
    public: bool,
    no_pkce: bool,
    trusted: bool,
    opaque: bool,
    id_token_claims: bool,
) -> ClientMetadata:
    signs_in = bool(redirect_uris)
    usual = ("authorization_code", "refresh_token") if signs_in else ()
    native = public and all(not uri.startswith("https:") for uri in redirect_uris)
    return ClientMetadata(
        redirect_uris=redirect_uris,
        grant_types=tuple(SHORT_GRANT_NAMES.get(grant, grant) for grant in grants) or usual,
        scope=" ".join(dict.fromkeys(scopes)) or (_SIGN_IN_SCOPE if signs_in else ""),
        token_endpoint_auth_method="none" if public else "client_secret_basic",
        application_type="native" if native and signs_in else "web",
        require_pkce=not no_pkce,
        trusted=trusted,
        access_token_format="opaque" if opaque else "jwt",
        resources=resources,
        id_token_claims=id_token_claims,
    )


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


for _invitation_command in (invite, invitations, uninvite):
    command.add_command(_invitation_command)
