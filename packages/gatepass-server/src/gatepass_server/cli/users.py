"""``gatepass users``."""

from typing import BinaryIO

import click

from gatepass_server.accounts.forms import AccountForm
from gatepass_server.cli.context import open_house, takes_settings
from gatepass_server.cli.output import moment, show_rows
from gatepass_server.cli.secret_input import ask_secret, read_secret
from gatepass_server.cli.users_import import import_users
from gatepass_server.domain.accounts import User
from gatepass_server.domain.errors import EmailTaken, OperatorError
from gatepass_server.settings import Settings


@click.group("users")
def command() -> None:
    """Create, list, import and disable accounts."""


command.add_command(import_users)


@command.command("create", epilog="Example: gatepass users create --email ada@example.org --name Ada --admin")
@click.option("--email", required=True, help="The e-mail address to sign in with.")
@click.option("--name", required=True, help="What the person is called.")
@click.option("--admin", is_flag=True, help="May see all accounts.")
@click.option("--password-file", type=click.File("rb"), help="Read the password here; - is standard input.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@takes_settings
def create(
    settings: Settings,
    email: str,
    name: str,
    admin: bool,
    password_file: BinaryIO | None,
    as_json: bool,
) -> None:
    """Make an account. Without a file, the password is asked for at the terminal, twice."""
    password = (
        ask_secret(
            "Password", twice=True, otherwise="Give it with --password-file FILE (- is standard input)."
        )
        if password_file is None
        else read_secret(password_file)
    )
    gatepass = open_house(settings, make=True)
    form = AccountForm.check(name=name, email=email, password=password, policy=gatepass.policy)
    try:
        user = gatepass.sign_up(form, address="", is_admin=admin)
    except EmailTaken:
        raise OperatorError(
            f"There is an account for {form.email.text} already. See: gatepass users list"
        ) from None
    if as_json:
        show_rows([_row(user)], as_json=True, empty="")
    else:
        click.echo(f"Created {user.email} with the id {user.id}.")


@command.command("list", epilog="Example: gatepass users list --limit 20 --json")
@click.option("--after", help="Start past this id.")
@click.option(
    "--limit", type=click.IntRange(1, 10_000), default=1000, show_default=True, help="At most so many."
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@takes_settings
def list_users(settings: Settings, after: str | None, limit: int, as_json: bool) -> None:
    """List accounts in the order of their ids."""
    page = open_house(settings).directory.page(after=after, limit=limit)
    show_rows([_row(user) for user in page.users], as_json=as_json, empty="There are no accounts yet.")
    if page.next_after is not None:
        click.echo(f"There are more: gatepass users list --after {page.next_after}", err=True)


@command.command("disable", epilog="Example: gatepass users disable ada@example.org")
@click.argument("user", metavar="EMAIL_OR_ID")
@takes_settings
def disable(settings: Settings, user: str) -> None:
    """Forbid an account to sign in, and end its sessions at once."""
    disabled, ended = open_house(settings).administration.disable(user)
    click.echo(f"Disabled {disabled.email}; {ended} session(s) ended.")


def _row(user: User) -> dict[str, object]:
    return {
        "public_id": user.id,
        "email": user.email,
        "name": user.name,
        "admin": user.is_admin,
        "created": moment(user.created_at),
        "disabled": moment(user.disabled_at),
    }
