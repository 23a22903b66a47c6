"""Where the presets of other houses lie: a data file for each, beside this one."""

from functools import cache
from pathlib import Path

import msgspec

from gatepass_server.presets.provider import ProviderPreset

_FOLDER = Path(__file__).parent / "providers"


@cache
def provider_names() -> tuple[str, ...]:
    """Their names, in order."""
    return tuple(sorted(path.stem for path in _FOLDER.glob("*.toml")))


@cache
def find_provider(name: str) -> ProviderPreset:
    """One of them.

    Raises:
        KeyError: There is none of that name.
    """
    if name not in provider_names():
        raise KeyError(name)
    return msgspec.toml.decode((_FOLDER / f"{name}.toml").read_bytes(), type=ProviderPreset)
