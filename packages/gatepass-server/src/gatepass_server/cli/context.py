"""What every command needs: its settings and, from them, the house."""

from collections.abc import Callable
from functools import update_wrapper
from pathlib import Path
from typing import Any, TypeVar, cast

import click

from gatepass_server.bootstrap import Gatepass, build, open_for_service, prepare
from gatepass_server.settings import Settings, load_settings

F = TypeVar("F", bound=Callable[..., Any])


def open_house(settings: Settings, *, make: bool = False) -> Gatepass:
    """The services on a database whose schema fits; closed when the command ends.

    Args:
        settings: the command's.
        make: whether to make the data folder and the tables first.

    Raises:
        OperatorError: with what to do.
    """
    if make:
        prepare(settings)
    gatepass = _closed_at_the_end(build(settings))
    gatepass.store.check_ready()
    return gatepass


def open_to_sign(settings: Settings) -> Gatepass:
    """As ``open_house``, with all that a server makes before its first request, a signing key included.

    A command signs one token, so it takes one place in the revocation feed.
    """
    return _closed_at_the_end(open_for_service(settings, status_block=1))


def _closed_at_the_end(gatepass: Gatepass) -> Gatepass:
    click.get_current_context().call_on_close(gatepass.close)
    return gatepass


def takes_settings(function: F) -> F:
    """Give a command ``--data`` and ``--config`` as the root has them, and pass it loaded ``settings``.

    Options of the command that are named as settings are loaded with them and not passed on.
    """

    def command(ctx: click.Context, /, data: Path | None, config: Path | None, **arguments: Any) -> Any:
        known = set(Settings.__struct_fields__)
        options = {name: arguments.pop(name) for name in list(arguments) if name in known}
        options["data"] = data or ctx.obj["data"]
        settings = load_settings(options=options, config=config or ctx.obj["config"])
        return function(settings=settings, **arguments)

    update_wrapper(command, function)
    folder = click.Path(path_type=Path, file_okay=False)
    file = click.Path(path_type=Path, dir_okay=False)
    command = click.option("--config", type=file, help="The settings file.")(command)
    command = click.option("--data", type=folder, help="The data folder (or GATEPASS_DATA).")(command)
    return cast("F", click.pass_context(command))
