"""``docs/reference/settings.md``, from the model of the settings."""

from pathlib import Path
from typing import Any, get_args

import msgspec

from docs.generate.markdown import code, page, table
from gatepass_server.domain.secret import Secret
from gatepass_server.presets.provider_shelf import find_provider, provider_names
from gatepass_server.settings.kinds import (
    FIELDS,
    FILE_SUFFIX,
    description_of,
    is_secret,
    kind_of,
    variable_of,
)
from gatepass_server.settings.upstream_sources import UPSTREAM
from gatepass_server.settings.upstreams import OPTIONS, kind_of_option

_UPSTREAM = """\
A table for each house through which people may sign in; NAME is part of the address of its callback. A preset gives
what the table does not. A secret can be named by a file: the option with `_file` at its end. In the environment an
option is `GATEPASS_UPSTREAM_NAME__OPTION`, and a secret's file `GATEPASS_UPSTREAM_NAME__OPTION_FILE`; `_` in NAME
stands for a hyphen, lists are separated by blanks, a table of texts is `theirs=ours`, separated by blanks."""

_PRESETS = """\
What each house says in its own documentation is data here; what could not be found there is said."""

_INTRODUCTION = """\
Settings come from three places; later ones win:

1. `gatepass.toml` in the folder where the command runs, or the file named by `--config` or `GATEPASS_CONFIG`: one key
   for each setting, no sections but those of `upstream`. Paths in it are relative to where the command runs.
2. environment variables: `GATEPASS_` and the name in capitals. An empty variable counts as not set.
3. options of the command (`--data`, `--host`, `--port`, `--workers`, `--issuer`), and what a program passes to
   `mount(app, settings={...})`.

Unknown names are refused, wherever they stand; every fault is told at once. `gatepass check` looks at the settings
without serving, and names those that are weaker than the default. Durations are whole seconds.

A secret can stand in a file of its own: the variable with `_FILE` at its end names the file, whose last line end does
not count. To give both is a fault. Secrets never appear in a message or a log."""


def settings_page() -> str:
    """The page."""
    sections = [_section(name) for name in FIELDS]
    overview = table(
        ["setting", "default", "what it is"],
        [[f"[{code(name)}](#{name})", _default(name), _first_sentence(name)] for name in FIELDS],
    )
    return page("Settings", _INTRODUCTION, overview, *sections, *_upstream(), *_presets())


def _upstream() -> list[str]:
    """The options of a table ``[upstream.NAME]``."""
    rows = [
        [code(name), kind_of_option(name), _shown(field.default), _description(field.type)]
        for name, field in OPTIONS.items()
    ]
    return ["## upstream.NAME", _UPSTREAM, table(["option", "takes", "default", "what it is"], rows)]


def _presets() -> list[str]:
    """What the presets say."""
    parts = ["## Presets of other houses", _PRESETS]
    for name in provider_names():
        preset = find_provider(name)
        said = [f"- {note}" for note in preset.notes]
        said += [f"- Not verified: {doubt}" for doubt in preset.unverified]
        needs = ", ".join(map(code, preset.needs))
        sources = "\n".join(f"- <{address}>" for address in preset.documentation)
        parts += [
            f"### {name}",
            f"{preset.title}. Needs {needs}. Looked up on {preset.checked}:",
            sources,
            *(["\n".join(said)] if said else []),
        ]
    return parts


def _description(kind: Any) -> str:
    found = next(one for one in get_args(kind)[1:] if isinstance(one, msgspec.Meta))
    return str(found.description).replace("|", "\\|")


def _section(name: str) -> str:
    variables = code(variable_of(name))
    if name == UPSTREAM:
        variables += f", never alone: {code(variable_of(name) + '_NAME__OPTION')}"
    if is_secret(name):
        variables += f" or {code(variable_of(name) + FILE_SUFFIX)}"
    rows = [["variable", variables], ["takes", kind_of(name)], ["default", _default(name)]]
    return f"## {name}\n\n{description_of(name)}\n\n{table(['', ''], rows)}"


def _default(name: str) -> str:
    if name == UPSTREAM:
        return "none"
    field = FIELDS[name]
    if field.default is msgspec.NODEFAULT:
        return "one for each core"  # the only one that is made when the program runs
    return _shown(field.default)


def _shown(value: Any) -> str:
    if value is msgspec.NODEFAULT or value in ((), {}):
        return "empty"
    if isinstance(value, Secret):
        value = value.reveal()
    if isinstance(value, bool):
        value = str(value).lower()
    if isinstance(value, Path):
        value = value.as_posix()
    return code(str(value)) if value != "" else "empty"


def _first_sentence(name: str) -> str:
    sentence, stop, _ = description_of(name).partition(". ")
    return sentence + stop.strip()
