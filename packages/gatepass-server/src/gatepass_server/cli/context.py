"""What every command needs: its settings and, from them, the house."""

from collections.abc import Callable
from functools import update_wrapper
from pathlib import Path
from typing import Any, TypeVar, cast

import click

from gatepass_server.settings import Settings, load_settings

F = TypeVar("F", bound=Callable[..., Any])


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
