"""``gatepass db``."""

import click

from gatepass_server.bootstrap import make_folder
from gatepass_server.cli.context import takes_settings
from gatepass_server.domain.errors import OperatorError
from gatepass_server.settings import Settings
from gatepass_server.store.sql import schema


@click.group("db")
def command() -> None:
    """Look after the database."""


@command.command("upgrade", epilog="Example: gatepass db upgrade --data ./gatepass-data")
@takes_settings
def upgrade(settings: Settings) -> None:
    """Bring the schema up to date. Safe to run again, and from several servers at once."""
    make_folder(settings)
    done = schema.upgrade(settings.database)
    if done.before == done.after:
        click.echo(f"The schema is up to date ({done.after}).")
    else:
        click.echo(f"The schema went from {done.before or 'nothing'} to {done.after}.")


@command.command("current", epilog="Example: gatepass db current")
@takes_settings
def current(settings: Settings) -> None:
    """Print the revision of the schema; fail if it is not the one this program needs."""
    found = schema.current(settings.database)
    click.echo(f"{found or 'empty'} (this program needs {schema.head()})")
    if found != schema.head():
        raise OperatorError("The schema does not fit this program. Run: gatepass db upgrade")
