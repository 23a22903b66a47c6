"""``docs/reference/cli.md``, from the commands themselves."""

import inspect
from collections.abc import Iterator

import click

from docs.generate.markdown import code, page, table
from gatepass_server.cli import main

_INTRODUCTION = """\
`--data` and `--config` may stand before or after the command. [Settings](settings.md) say what else decides.

A command exits with 0 when it did what it was asked, with 1 when it could not (one sentence on standard error says
why, and what to do next), and with 2 when it was called wrongly. Listings print JSON with `--json`; what is asked for
goes to standard output, all else to standard error. Every command has `--help`."""


def cli_page() -> str:
    """The page."""
    context = click.Context(main, info_name="gatepass", **main.context_settings)
    return page("The command `gatepass`", _INTRODUCTION, *_sections(main, context))


def _sections(command: click.Command, context: click.Context) -> Iterator[str]:
    path = context.command_path
    yield from _section(command, context, path)
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            child = command.get_command(context, name)
            if child is not None:
                yield from _sections(child, click.Context(child, parent=context, info_name=name))


def _section(command: click.Command, context: click.Context, path: str) -> Iterator[str]:
    if path != "gatepass":
        yield f"{'#' * (1 + path.count(' '))} {path}"
    yield inspect.cleandoc(command.help or "")
    usage = " ".join(command.collect_usage_pieces(context))
    yield f"```\n{path} {usage}\n```"
    options = [record for record in _options(command, context) if "`--help`" not in record[0]]
    if options:
        yield table(["option", ""], options)
    if command.epilog:
        yield f"```sh\n{command.epilog.removeprefix('Example: ')}\n```"


def _options(command: click.Command, context: click.Context) -> Iterator[list[str]]:
    for parameter in command.get_params(context):
        if isinstance(parameter, click.Option):
            record = parameter.get_help_record(context)
            if record is not None:
                names, text = record
                yield [", ".join(code(name) for name in names.split(", ")), text]
