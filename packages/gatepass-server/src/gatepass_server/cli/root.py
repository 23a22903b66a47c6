"""The root of the command, and how its errors are shown."""

import sys
from importlib import import_module
from importlib.metadata import version
from io import TextIOWrapper
from pathlib import Path
from typing import Any

import click

from gatepass_server.domain.errors import GatepassError, InvalidInput

_COMMANDS = {
    "serve": ("gatepass_server.cli.serve", "Serve the sign-in, token and discovery endpoints."),
    "check": ("gatepass_server.cli.check", "Find what is wrong or weak in this installation."),
    "users": ("gatepass_server.cli.users", "Create, list, import, change and disable accounts."),
    "roles": ("gatepass_server.cli.roles", "Create roles, and give them to people."),
    "groups": ("gatepass_server.cli.groups", "Put people into groups, and give groups roles."),
    "clients": ("gatepass_server.cli.clients", "Create, list and delete programs that the server knows."),
    "ldap": ("gatepass_server.cli.ldap", "Ask the directory that judges passwords."),
    "doctor": ("gatepass_server.cli.doctor", "Check a running issuer, as a client would."),
    "keys": ("gatepass_server.cli.keys", "Look after the keys that sign."),
    "token": ("gatepass_server.cli.token", "Issue, verify and explain access tokens."),
    "audit": ("gatepass_server.cli.audit", "Read and verify the log of who did what."),
    "db": ("gatepass_server.cli.db", "Look after the database."),
}


class _Commands(click.Group):
    """Commands by name; a module is imported only when its command runs."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - click's signature
        if cmd_name not in _COMMANDS:
            return None
        command: click.Command = import_module(_COMMANDS[cmd_name][0]).command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 - click's signature
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, text) in _COMMANDS.items()])

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; a refusal becomes a sentence and exit status 1."""
        if isinstance(sys.stdout, TextIOWrapper):
            sys.stdout.reconfigure(
                errors="backslashreplace"
            )  # a terminal that lacks a letter of somebody's name
        try:
            return super().invoke(ctx)
        except BrokenPipeError:
            raise  # whoever reads has enough; click ends quietly
        except OSError as error:
            place = f"{error.filename}: " if error.filename else ""
            raise click.ClickException(
                f"{place}{error.strerror or error}. Look at its rights and the disk."
            ) from None
        except InvalidInput as error:
            faults = "".join(f"\n  - {fault.field}: {fault.message}" for fault in error.faults)
            raise click.ClickException(error.message + faults) from None
        except GatepassError as error:
            because = f"\n  Reason: {error.reason}" if error.reason else ""
            raise click.ClickException(error.message + because) from None


@click.group(
    cls=_Commands,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Example: gatepass serve --data ./gatepass-data --port 8000",
)
@click.option(
    "--data", type=click.Path(path_type=Path, file_okay=False), help="The data folder (or GATEPASS_DATA)."
)
@click.option(
    "--config",
    type=click.Path(path_type=Path, dir_okay=False),
    help="The settings file (or GATEPASS_CONFIG); by default gatepass.toml, if it is here.",
)
@click.version_option(version("gatepass-server"), prog_name="gatepass")
@click.pass_context
def main(ctx: click.Context, data: Path | None, config: Path | None) -> None:
    """Gatepass: the authentication system for Python teams."""
    ctx.obj = {"data": data, "config": config}
