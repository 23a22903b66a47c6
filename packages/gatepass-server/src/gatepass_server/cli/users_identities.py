"""``gatepass users identities`` and ``unlink``: through which other houses somebody signs in."""

import click

from gatepass_server.cli.context import open_house, takes_settings
from gatepass_server.cli.output import moment, show_rows
from gatepass_server.domain.identities import Identity
from gatepass_server.settings import Settings


@click.command("identities", epilog="Example: gatepass users identities ada@example.org")
@click.argument("user", metavar="EMAIL_OR_ID")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@takes_settings
def list_identities(settings: Settings, user: str, as_json: bool) -> None:
    """List the accounts of other houses, and entries of a directory, that let somebody in."""
    house = open_house(settings)
    identities = house.upstreams.identities.of(house.administration.find(user))
    show_rows(
        [_row(one) for one in identities], as_json=as_json, empty="Nobody else lets this account's owner in."
    )


@click.command("unlink", epilog="Example: gatepass users unlink ada@example.org 01JD3Y8Q5Z")
@click.argument("user", metavar="EMAIL_OR_ID")
@click.argument("identity", metavar="ID")
@takes_settings
def unlink(settings: Settings, user: str, identity: str) -> None:
    """Take one of them from the account, and end the sessions that began through it.

    Whoever has taken an account over may have added one: another password does not take that away.
    """
    house = open_house(settings)
    found = house.administration.find(user)
    ended = house.upstreams.identities.take_away(found, identity)
    click.echo(f"Removed from {found.email}; {ended} session(s) ended.")


def _row(identity: Identity) -> dict[str, object]:
    return {
        "id": identity.id,
        "provider": identity.provider,
        "label": identity.label,
        "issuer": identity.issuer,
        "subject": identity.subject,
        "added": moment(identity.created_at),
        "last_used": moment(identity.last_used_at),
    }
