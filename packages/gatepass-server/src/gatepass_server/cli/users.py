"""``gatepass users``."""

import json
from collections.abc import Sequence
from typing import BinaryIO

import click

from gatepass_server.accounts.entitlements import left_out
from gatepass_server.accounts.forms import AccountForm
from gatepass_server.cli.context import open_house, takes_settings
from gatepass_server.cli.output import moment, show_facts, show_rows
from gatepass_server.cli.secret_input import ask_secret, read_secret
from gatepass_server.cli.users_identities import list_identities, unlink
from gatepass_server.cli.users_import import import_users
from gatepass_server.domain.accounts import User
from gatepass_server.domain.errors import EmailTaken, OperatorError
from gatepass_server.domain.secret import Secret
from gatepass_server.settings import Settings


@click.group("users")
def command() -> None:
    """Create, list, import, change and disable accounts."""


command.add_command(import_users)
command.add_command(list_identities)
command.add_command(unlink)


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
    """List accounts in the order of their ids, with their roles, those of their groups included."""
    house = open_house(settings)
    page = house.directory.page(after=after, limit=limit)
    roles = house.roles.names_of([user.id for user in page.users if user.has_roles])
    show_rows(
        [_row(user, roles.get(user.id, ())) for user in page.users],
        as_json=as_json,
        empty="There are no accounts yet.",
    )
    if page.next_after is not None:
        click.echo(f"There are more: gatepass users list --after {page.next_after}", err=True)


@command.command("show", epilog="Example: gatepass users show ada@example.org --json")
@click.argument("user", metavar="EMAIL_OR_ID")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@takes_settings
def show(settings: Settings, user: str, as_json: bool) -> None:
    """Show an account with its roles, groups and permissions, as its next token tells them."""
    view = open_house(settings).administration.view(user)
    entitlements = view.entitlements
    told: dict[str, object] = {
        **_row(view.user, entitlements.roles),
        "granted": list(view.given),
        "groups": list(entitlements.groups),
        "permissions": list(entitlements.permissions),
        "updated": moment(view.user.updated_at),
    }
    if as_json:
        click.echo(json.dumps(told, indent=2, ensure_ascii=False))
    else:
        show_facts(told)
    if missing := left_out(entitlements):
        click.echo(f"Too large for a token, which leaves them out: {', '.join(missing)}.", err=True)


@command.command("verify-email", epilog="Example: gatepass users verify-email ada@example.org")
@click.argument("user", metavar="EMAIL_OR_ID")
@click.option("--not", "unverified", is_flag=True, help="Say that it is not verified.")
@takes_settings
def verify_email(settings: Settings, user: str, unverified: bool) -> None:
    """Say that an account's owner has proved to read its e-mail: programs are told as email_verified."""
    changed = open_house(settings).administration.verify_email(user, verified=not unverified)
    click.echo(f"{changed.email} is {'verified' if changed.email_verified else 'not verified'}.")


@command.command("end-sessions", epilog="Example: gatepass users end-sessions ada@example.org")
@click.argument("user", metavar="EMAIL_OR_ID")
@takes_settings
def end_sessions(settings: Settings, user: str) -> None:
    """End all sessions of an account at once, so that its next token tells what is true now."""
    found, ended = open_house(settings).administration.end_sessions(user)
    click.echo(f"{ended} session(s) of {found.email} ended.")


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


def _row(user: User, roles: Sequence[str] = ()) -> dict[str, object]:
    return {
        "public_id": user.id,
        "email": user.email,
        "name": user.name,
        "admin": user.is_admin,
        "created": moment(user.created_at),
        "disabled": moment(user.disabled_at),
        "verified": user.email_verified,
        "roles": list(roles),
    }
