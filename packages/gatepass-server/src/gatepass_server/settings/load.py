"""``gatepass.toml``, then ``GATEPASS_*`` variables, then options; every fault is reported at once."""

import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec

from gatepass_server.domain.errors import OperatorError
from gatepass_server.domain.secret import Secret
from gatepass_server.settings.model import Settings

PREFIX = "GATEPASS_"
FILE_SUFFIX = "_FILE"
NOT_SETTINGS = frozenset({"GATEPASS_CONFIG", "GATEPASS_TEST_POSTGRES_URL"})
"""Variables with our prefix that are not settings: the settings file itself, and the tests' own."""

_FIELDS = {field.name: field for field in msgspec.structs.fields(Settings)}


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
        SettingsError: naming every fault at once.
    """
    environ = os.environ if environ is None else environ
    faults: list[str] = []
    raw: dict[str, tuple[str, Any]] = {}
    for name, value in _from_file(_config_path(config, environ), faults).items():
        raw[name] = (name, value)
    raw.update(_from_environment(environ, faults))
    for name, value in (options or {}).items():
        if value is not None:
            raw[name] = (name, value)
    values = {name: _convert(name, source, value, faults) for name, (source, value) in raw.items()}
    if faults:
        raise SettingsError(faults)
    settings = Settings(**values)
    if faults := settings.faults():
        raise SettingsError(faults)
    return settings


def _config_path(config: Path | None, environ: Mapping[str, str]) -> Path | None:
    if config is not None:
        return config
    if named := environ.get("GATEPASS_CONFIG"):
        return Path(named)
    here = Path("gatepass.toml")
    return here if here.exists() else None


def _from_file(path: Path | None, faults: list[str]) -> dict[str, Any]:
    if path is None:
        return {}
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        faults.append(f"{path}: it cannot be read: {error}")
        return {}
    return _known(table, faults, str(path))


def _from_environment(environ: Mapping[str, str], faults: list[str]) -> dict[str, tuple[str, Any]]:
    found: dict[str, tuple[str, Any]] = {}
    for variable, text in environ.items():
        if not variable.startswith(PREFIX) or variable in NOT_SETTINGS:
            continue
        name = variable.removeprefix(PREFIX).lower()
        if name in _FIELDS:
            found[name] = (variable, text)
        elif (twin := _secret_of_file(variable)) is None:
            faults.append(f"{variable}: there is no such setting{_nearest(name)}.")
        elif PREFIX + twin.upper() in environ:
            faults.append(f"{variable}: {PREFIX}{twin.upper()} is set too; use one of the two.")
        else:
            try:
                found[twin] = (variable, Path(text).read_text(encoding="utf-8").strip())
            except (OSError, ValueError) as error:
                faults.append(f"{variable}: the file cannot be read: {error}")
    return found


def _secret_of_file(variable: str) -> str | None:
    name = variable.removeprefix(PREFIX).removesuffix(FILE_SUFFIX).lower()
    is_twin = variable.endswith(FILE_SUFFIX) and name in _FIELDS and isinstance(_FIELDS[name].default, Secret)
    return name if is_twin else None


def _known(table: Mapping[str, Any], faults: list[str], where: str) -> dict[str, Any]:
    faults.extend(
        f"{where}: there is no setting `{name}`{_nearest(name)}." for name in table if name not in _FIELDS
    )
    return {name: value for name, value in table.items() if name in _FIELDS}


def _nearest(name: str) -> str:
    import difflib  # noqa: PLC0415 - only a person's typing error needs it

    close = difflib.get_close_matches(name, _FIELDS, n=1)
    return f"; did you mean `{close[0]}`?" if close else ""


def _convert(name: str, source: str, value: Any, faults: list[str]) -> Any:
    try:
        return msgspec.convert(value, _FIELDS[name].type, strict=False, dec_hook=_decode_own_type)
    except msgspec.ValidationError as error:
        faults.append(f"{source}: {error}.")
        return None


def _decode_own_type(kind: type, value: Any) -> Any:
    if isinstance(value, kind):
        return value
    if not isinstance(value, str):
        raise TypeError(f"Expected `str`, got `{type(value).__name__}`")
    return kind(value)
