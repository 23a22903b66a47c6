"""``gatepass groups``."""

import json

import click

from gatepass_server.cli.context import open_house, takes_settings
from gatepass_server.cli.output import moment, show_rows
from gatepass_server.domain.audit import AT_TERMINAL
from gatepass_server.domain.roles import Group
from gatepass_server.settings import Settings


@click.group("groups")
def command() -> None:
    """Put people into groups, and give groups roles.

    Tokens tell a person's groups (claim groups), and the roles that come with them. A change reaches a person with the
    next token; see gatepass users end-sessions.
    """


@command.command("create", epilog="Example: gatepass groups create staff --description 'Who works here'")
@click.argument("name")
@click.option("--description", default="", help="Who is in it.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@takes_settings
def create(settings: Settings, name: str, description: str, as_json: bool) -> None:
    """Make a group that nobody is in yet."""
    group = open_house(settings, make=True).groups.create(name, description=description, by=AT_TERMINAL)
    if as_json:
        click.echo(json.dumps(_row(group), indent=2, ensure_ascii=False))
        return
    click.echo(
        f"Created the group {group.name}. Put somebody into it: gatepass groups add {group.name} EMAIL_OR_ID"
    )


@command.command("list", epilog="Example: gatepass groups list --json")
@click.option("--after", help="Start past this name.")
@click.option(
    "--limit", type=click.IntRange(1, 10_000), default=1000, show_default=True, help="At most so many."
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@takes_settings
def list_groups(settings: Settings, after: str | None, limit: int, as_json: bool) -> None:
    """List groups in the order of their names."""
    page = open_house(settings).groups.page(after=after, limit=limit)
    show_rows(
        [_row(group) for group in page.groups],
        as_json=as_json,
        empty="There are no groups yet. Make one: gatepass groups create NAME",
    )
    if page.next_after is not None:
        click.echo(f"There are more: gatepass groups list --after {page.next_after}", err=True)


@command.command("members", epilog="Example: gatepass groups members staff --json")
@click.argument("name")
@click.option("--after", help="Start past this id.")
@click.option(
    "--limit", type=click.IntRange(1, 10_000), default=1000, show_default=True, help="At most so many."
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@takes_settings
def members(settings: Settings, name: str, after: str | None, limit: int, as_json: bool) -> None:
    """List who is in a group, in the order of their ids."""
    page = open_house(settings).groups.members(name, after=after, limit=limit)
    show_rows(
        [{"public_id": user.id, "email": user.email, "name": user.name} for user in page.users],
        as_json=as_json,
        empty=f"Nobody is in it. Put somebody into it: gatepass groups add {name} EMAIL_OR_ID",
    )
    if page.next_after is not None:
        click.echo(f"There are more: gatepass groups members {name} --after {page.next_after}", err=True)


@command.command("change", epilog="Example: gatepass groups change staff --description 'Who works here'")
@click.argument("name")
@click.option("--description", required=True, help="Who is in it.")
@takes_settings
def change(settings: Settings, name: str, description: str) -> None:
    """Describe a group anew."""
    group = open_house(settings).groups.describe(name, description, by=AT_TERMINAL)
    click.echo(f"Changed the group {group.name}.")


@command.command("delete", epilog="Example: gatepass groups delete staff")
@click.argument("name")
@takes_settings
def delete(settings: Settings, name: str) -> None:
    """Forget a group; its members lose the roles that came with it."""
    open_house(settings).groups.delete(name, by=AT_TERMINAL)
    click.echo(f"Deleted the group {name}.")


@command.command("add", epilog="Example: gatepass groups add staff ada@example.org grace@example.org")
@click.argument("name")
@click.argument("users", metavar="EMAIL_OR_ID...", nargs=-1, required=True)
@takes_settings
def add(settings: Settings, name: str, users: tuple[str, ...]) -> None:
    """Put people into a group."""
    house = open_house(settings)
    for user in [house.administration.find(user) for user in users]:
        added = house.groups.add(name, user.id, by=AT_TERMINAL)
        click.echo(f"{user.email} is in {name}." if added else f"{user.email} was in {name}.")


@command.command("remove", epilog="Example: gatepass groups remove staff ada@example.org")
@click.argument("name")
@click.argument("users", metavar="EMAIL_OR_ID...", nargs=-1, required=True)
@takes_settings
def remove(settings: Settings, name: str, users: tuple[str, ...]) -> None:
    """Take people out of a group. Their tokens tell it until they end, or until their sessions are ended."""
    house = open_house(settings)
    for user in [house.administration.find(user) for user in users]:
        house.groups.remove(name, user.id, by=AT_TERMINAL)
        click.echo(f"{user.email} is in {name} no longer.")


@command.command("grant", epilog="Example: gatepass groups grant staff order-desk")
@click.argument("name")
@click.argument("roles", metavar="ROLE...", nargs=-1, required=True)
@takes_settings
def grant(settings: Settings, name: str, roles: tuple[str, ...]) -> None:
    """Give all members of a group roles."""
    groups = open_house(settings).groups
    for role in roles:
        granted = groups.grant(name, role, by=AT_TERMINAL)
        click.echo(f"{name} has the role {role}." if granted else f"{name} had the role {role}.")


@command.command("revoke", epilog="Example: gatepass groups revoke staff order-desk")
@click.argument("name")
@click.argument("roles", metavar="ROLE...", nargs=-1, required=True)
@takes_settings
def revoke(settings: Settings, name: str, roles: tuple[str, ...]) -> None:
    """Take roles from a group."""
    groups = open_house(settings).groups
    for role in roles:
        groups.revoke(name, role, by=AT_TERMINAL)
        click.echo(f"{name} has the role {role} no longer.")


def _row(group: Group) -> dict[str, object]:
    return {
        "name": group.name,
        "roles": list(group.roles),
        "description": group.description,
        "created": moment(group.created_at),
    }
