"""``gatepass.toml``, then ``GATEPASS_*`` variables, then options; every fault is reported at once."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec

from gatepass_server.domain.errors import OperatorError
from gatepass_server.settings.fault import Fault
from gatepass_server.settings.faults import find_faults
from gatepass_server.settings.given import Given
from gatepass_server.settings.kinds import FIELDS, kind_of
from gatepass_server.settings.model import Settings
from gatepass_server.settings.sources import read_environment, read_file, read_options
from gatepass_server.settings.upstream_sources import UPSTREAM, joined
from gatepass_server.settings.upstreams import read_upstreams


class SettingsError(OperatorError):
    """Settings that cannot be taken; ``faults`` has a sentence for each."""

    code = "invalid_settings"

    def __init__(self, faults: list[str]) -> None:
        super().__init__("These settings cannot be used:\n" + "\n".join(f"  - {fault}" for fault in faults))
        self.faults = tuple(faults)


def load_settings(
    *,
    options: Mapping[str, Any] | None = None,
    environ: Mapping[str, str] | None = None,
    config: Path | None = None,
) -> Settings:
    """Merge the three sources and check everything.

    Args:
        options: settings by name, from the command line or a program; ``None`` values are not set.
        environ: the environment; ``os.environ`` by default.
        config: the settings file; by default ``GATEPASS_CONFIG``, else ``gatepass.toml`` if it exists here.

    Raises:
        SettingsError: naming every fault at once. No sentence holds the value of a secret.
    """
    environ = os.environ if environ is None else environ
    faults: list[str] = []
    sources = (
        read_file(_config_path(config, environ), faults),
        read_environment(environ, faults),
        read_options(options or {}, faults),
    )
    given: dict[str, Given] = {name: one for source in sources for name, one in source.items()}
    if tables := [source[UPSTREAM] for source in sources if UPSTREAM in source]:
        given[UPSTREAM] = joined(tables)
    values: dict[str, Any] = {}
    for name, one in given.items():
        if name == UPSTREAM:
            continue
        try:
            values[name] = _convert(name, one.value)
        except msgspec.ValidationError:
            faults.append(f"{one.source}: it must be {kind_of(name)}{_form(name)}.")
    if UPSTREAM in given:
        one = given[UPSTREAM]
        insecure = values.get("outbound_insecure", False)
        values[UPSTREAM] = read_upstreams(one.value, one.source, faults, insecure_http=insecure)
    settings = Settings(**values)  # what is faulty has its default here, so that the rest can be judged
    wrong = given.keys() - values.keys()
    faults += [_said(fault, given) for fault in find_faults(settings) if wrong.isdisjoint(fault.settings)]
    if faults:
        raise SettingsError(faults)
    return settings


def _config_path(config: Path | None, environ: Mapping[str, str]) -> Path | None:
    if config is not None:
        return config
    if named := environ.get("GATEPASS_CONFIG"):
        return Path(named)
    here = Path("gatepass.toml")
    return here if here.exists() else None


def _convert(name: str, value: Any) -> Any:
    return msgspec.convert(value, FIELDS[name].type, strict=False, dec_hook=_decode_own_type)


def _decode_own_type(kind: type, value: Any) -> Any:
    if isinstance(value, kind):
        return value
    if not isinstance(value, str) or "\0" in value:
        raise TypeError(f"Expected `str`, got `{type(value).__name__}`")
    return kind(value)


def _form(name: str) -> str:
    return (
        " with scopes of printable ASCII, separated by one space each"
        if name in {"login_scope", "registration_scope"}
        else ""
    )


def _said(fault: Fault, given: Mapping[str, Given]) -> str:
    """Name the first of the fault's settings that somebody set, as they set it."""
    name = next((name for name in fault.settings if name in given), fault.settings[0])
    source = given[name].source if name in given else name
    return f"{source}: {fault.sentence}"
