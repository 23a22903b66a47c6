"""``docs/reference/settings.md``, from the model of the settings."""

from pathlib import Path
from typing import Any

import msgspec

from docs.generate.markdown import code, page, table
from gatepass_server.domain.secret import Secret
from gatepass_server.settings.kinds import (
    FIELDS,
    FILE_SUFFIX,
    description_of,
    is_secret,
    kind_of,
    variable_of,
)

_INTRODUCTION = """\
Settings come from three places; later ones win:

1. `gatepass.toml` in the folder where the command runs, or the file named by `--config` or `GATEPASS_CONFIG`: one key
   for each setting, no sections. Paths in it are relative to where the command runs.
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
    return page("Settings", _INTRODUCTION, overview, *sections)


def _section(name: str) -> str:
    variables = code(variable_of(name))
    if is_secret(name):
        variables += f" or {code(variable_of(name) + FILE_SUFFIX)}"
    rows = [["variable", variables], ["takes", kind_of(name)], ["default", _default(name)]]
    return f"## {name}\n\n{description_of(name)}\n\n{table(['', ''], rows)}"


def _default(name: str) -> str:
    field = FIELDS[name]
    if field.default is msgspec.NODEFAULT:
        return "one for each core"  # the only one that is made when the program runs
    value: Any = field.default
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
