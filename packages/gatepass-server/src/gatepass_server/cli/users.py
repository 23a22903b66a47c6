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
from gatepass_server.domain.secret import Secret
from gatepass_server.settings import Settings


@click.group("users")
def command() -> None:
    """Create, list, import, change and disable accounts."""


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
    password = _password(password_file)
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


@command.command("enable", epilog="Example: gatepass users enable ada@example.org")
@click.argument("user", metavar="EMAIL_OR_ID")
@takes_settings
def enable(settings: Settings, user: str) -> None:
    """Allow an account to sign in again; sessions that were ended stay so."""
    enabled, changed = open_house(settings).administration.enable(user)
    click.echo(f"Enabled {enabled.email}." if changed else f"{enabled.email} was not disabled.")


@command.command(
    "password", epilog="Example: gatepass users password ada@example.org --password-file new.txt"
)
@click.argument("user", metavar="EMAIL_OR_ID")
@click.option("--password-file", type=click.File("rb"), help="Read the password here; - is standard input.")
@takes_settings
def set_password(settings: Settings, user: str, password_file: BinaryIO | None) -> None:
    """Give an account another password, and end its sessions at once."""
    house = open_house(settings)
    house.administration.find(user)  # before anybody types a password for nobody
    changed, ended = house.administration.set_password(user, Secret(_password(password_file)))
    click.echo(f"Changed the password of {changed.email}; {ended} session(s) ended.")


@command.command("role", epilog="Example: gatepass users role ada@example.org --admin")
@click.argument("user", metavar="EMAIL_OR_ID")
@click.option("--admin/--no-admin", "is_admin", required=True, help="Whether they may see all accounts.")
@takes_settings
def set_role(settings: Settings, user: str, is_admin: bool) -> None:
    """Make an account an admin's or an ordinary one; its sessions end if that changes anything."""
    changed, ended = open_house(settings).administration.set_role(user, is_admin=is_admin)
    what = "an admin" if is_admin else "no admin"
    click.echo(f"{changed.email} is {what}; {ended} session(s) ended.")


def _password(file: BinaryIO | None) -> str:
    if file is not None:
        return read_secret(file)
    return ask_secret(
        "Password", twice=True, otherwise="Give it with --password-file FILE (- is standard input)."
    )


def _row(user: User) -> dict[str, object]:
    return {
        "public_id": user.id,
        "email": user.email,
        "name": user.name,
        "admin": user.is_admin,
        "created": moment(user.created_at),
        "disabled": moment(user.disabled_at),
    }
