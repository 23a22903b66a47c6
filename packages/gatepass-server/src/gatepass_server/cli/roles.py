"""``gatepass roles``."""

import json

import click

from gatepass_server.cli.context import open_house, takes_settings
from gatepass_server.cli.output import moment, show_rows
from gatepass_server.domain.audit import AT_TERMINAL
from gatepass_server.domain.roles import Role
from gatepass_server.settings import Settings


@click.group("roles")
def command() -> None:
    """Create roles, and give them to people.

    A role is a named set of permissions. Tokens tell programs a person's roles and permissions (claims roles and
    entitlements). A change reaches a person with the next token; see gatepass users end-sessions.
    """


@command.command("create", epilog="Example: gatepass roles create order-desk --permission orders:write")
@click.argument("name")
@click.option("--description", default="", help="What it is for.")
@click.option("--permission", "permissions", multiple=True, help="What it permits; can be given many times.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@takes_settings
def create(
    settings: Settings, name: str, description: str, permissions: tuple[str, ...], as_json: bool
) -> None:
    """Make a role that nobody has yet."""
    role = open_house(settings, make=True).roles.create(
        name, description=description, permissions=permissions, by=AT_TERMINAL
    )
    if as_json:
        click.echo(json.dumps(_row(role), indent=2, ensure_ascii=False))
        return
    click.echo(
        f"Created the role {role.name}. Give it to somebody: gatepass roles grant {role.name} EMAIL_OR_ID"
    )


@command.command("list", epilog="Example: gatepass roles list --json")
@click.option("--after", help="Start past this name.")
@click.option(
    "--limit", type=click.IntRange(1, 10_000), default=1000, show_default=True, help="At most so many."
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@takes_settings
def list_roles(settings: Settings, after: str | None, limit: int, as_json: bool) -> None:
    """List roles in the order of their names."""
    page = open_house(settings).roles.page(after=after, limit=limit)
    show_rows(
        [_row(role) for role in page.roles],
        as_json=as_json,
        empty="There are no roles yet. Make one: gatepass roles create NAME --permission orders:read",
    )
    if page.next_after is not None:
        click.echo(f"There are more: gatepass roles list --after {page.next_after}", err=True)


@command.command("change", epilog="Example: gatepass roles change order-desk --permit orders:refund")
@click.argument("name")
@click.option("--description", help="Another description.")
@click.option("--permit", multiple=True, help="A permission to add; can be given many times.")
@click.option("--forbid", multiple=True, help="A permission to take away; can be given many times.")
@takes_settings
def change(
    settings: Settings,
    name: str,
    description: str | None,
    permit: tuple[str, ...],
    forbid: tuple[str, ...],
) -> None:
    """Change what a role permits, for all who have it."""
    roles = open_house(settings).roles
    role = roles.change(name, description=description, permit=permit, forbid=forbid, by=AT_TERMINAL)
    click.echo(f"{role.name} permits {' '.join(role.permissions) or 'nothing'}.")


@command.command("delete", epilog="Example: gatepass roles delete order-desk")
@click.argument("name")
@takes_settings
def delete(settings: Settings, name: str) -> None:
    """Forget a role; nobody has it any more."""
    open_house(settings).roles.delete(name, by=AT_TERMINAL)
    click.echo(f"Deleted the role {name}.")


@command.command("grant", epilog="Example: gatepass roles grant order-desk ada@example.org")
@click.argument("name")
@click.argument("users", metavar="EMAIL_OR_ID...", nargs=-1, required=True)
@takes_settings
def grant(settings: Settings, name: str, users: tuple[str, ...]) -> None:
    """Give people a role."""
    house = open_house(settings)
    for user in [house.administration.find(user) for user in users]:
        granted = house.roles.grant(name, user.id, by=AT_TERMINAL)
        click.echo(f"{user.email} has the role {name}." if granted else f"{user.email} had the role {name}.")


@command.command("revoke", epilog="Example: gatepass roles revoke order-desk ada@example.org")
@click.argument("name")
@click.argument("users", metavar="EMAIL_OR_ID...", nargs=-1, required=True)
@takes_settings
def revoke(settings: Settings, name: str, users: tuple[str, ...]) -> None:
    """Take a role from people. Their tokens tell it until they end, or until their sessions are ended."""
    house = open_house(settings)
    for user in [house.administration.find(user) for user in users]:
        house.roles.revoke(name, user.id, by=AT_TERMINAL)
        click.echo(f"{user.email} has the role {name} no longer, unless it comes with a group.")


def _row(role: Role) -> dict[str, object]:
    return {
        "name": role.name,
        "permissions": list(role.permissions),
        "description": role.description,
        "created": moment(role.created_at),
    }
