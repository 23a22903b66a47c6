"""Where the presets lie: a data file for each, beside this one."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path

import msgspec

from gatepass_server.presets.preset import Preset

_FOLDER = Path(__file__).parent / "programs"


@cache
def preset_names() -> tuple[str, ...]:
    """Their names, in order."""
    return tuple(sorted(path.stem for path in _FOLDER.glob("*.toml")))


@cache
def find_preset(name: str) -> Preset:
    """One of them.

    Raises:
        KeyError: There is none of that name.
    """
    if name not in preset_names():
        raise KeyError(name)
    return msgspec.toml.decode((_FOLDER / f"{name}.toml").read_bytes(), type=Preset)


def all_presets() -> Mapping[str, Preset]:
    """All of them, by name."""
    return {name: find_preset(name) for name in preset_names()}
