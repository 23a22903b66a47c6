"""Where settings come from. Each reader gives what is set by name, and adds a sentence for what is wrong."""

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from gatepass_server.settings.given import Given
from gatepass_server.settings.kinds import FIELDS, FILE_SUFFIX, VARIABLE_PREFIX, is_secret, variable_of
from gatepass_server.settings.upstream_sources import UPSTREAM, UpstreamVariables

NOT_SETTINGS = frozenset({"GATEPASS_CONFIG", "GATEPASS_TEST_POSTGRES_URL"})
"""Variables with our prefix that are not settings: the settings file itself, and the tests' own."""

_OF_A_SERVICE = re.compile(r"GATEPASS_(SERVICE_(HOST|PORT(_\w+)?)|PORT_\d+_(TCP|UDP|SCTP)(_\w+)?)")
"""What Kubernetes tells every container of a service named gatepass; it also sets GATEPASS_PORT to a URL."""


def read_options(options: Mapping[str, Any], faults: list[str]) -> dict[str, Given]:
    """Settings given by a program or on the command line; ``None`` is not set."""
    known, unknown = _split(options)
    faults.extend(f"{name}: there is no such setting{_nearest(name)}" for name in unknown)
    return {name: Given(name, options[name]) for name in known if options[name] is not None}


def read_file(path: Path | None, faults: list[str]) -> dict[str, Given]:
    """The settings file (TOML, one key for each setting)."""
    if path is None:
        return {}
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        faults.append(f"{path}: it cannot be read: {error.strerror}.")
    except UnicodeError:
        faults.append(f"{path}: it is not UTF-8 text.")
    except (ValueError, RecursionError) as error:
        faults.append(f"{path}: it is not TOML: {error}.")
    else:
        known, unknown = _split(table)
        faults.extend(f"{path}: there is no setting `{name}`{_nearest(name)}" for name in unknown)
        return {name: Given(f"{path}: {name}", table[name]) for name in known}
    return {}


def read_environment(environ: Mapping[str, str], faults: list[str]) -> dict[str, Given]:
    """The ``GATEPASS_*`` variables and the files that their ``_FILE`` twins name.

    An empty variable counts as not set, as container tools pass ``${NAME:-}``. Unknown names are refused, empty
    or not.
    """
    found: dict[str, Given] = {}
    upstreams = UpstreamVariables()
    for variable, text in environ.items():
        if (
            not variable.startswith(VARIABLE_PREFIX)
            or variable in NOT_SETTINGS
            or _is_injected(variable, text)
        ):
            continue
        name = variable.removeprefix(VARIABLE_PREFIX).lower()
        twin = name.removesuffix(FILE_SUFFIX.lower())
        if upstreams.take(variable, text):
            continue
        if variable == variable.upper() and name in FIELDS and name != UPSTREAM:
            if text:
                found[name] = Given(variable, text)
        elif variable == variable.upper() and twin != name and twin in FIELDS and is_secret(twin):
            if text and environ.get(variable_of(twin)):
                faults.append(f"{variable}: {variable_of(twin)} is set too; use one of the two.")
            elif text and (secret := _read_secret(variable, text, faults)) is not None:
                found[twin] = Given(variable, secret)
        else:
            faults.append(f"{variable}: there is no such setting{_nearest(name, as_variable=True)}")
    return {**found, **upstreams.given()}


def _read_secret(variable: str, path: str, faults: list[str]) -> str | None:
    """The content without the line end that editors add."""
    try:
        return Path(path).read_bytes().decode("utf-8").rstrip("\r\n")
    except OSError as error:
        faults.append(f"{variable}: the file {path} cannot be read: {error.strerror}.")
    except ValueError:  # not UTF-8; the error's own words hold a byte of the secret
        faults.append(f"{variable}: the file is not UTF-8 text.")
    return None


def _is_injected(variable: str, text: str) -> bool:
    is_url = variable == "GATEPASS_PORT" and text.startswith(("tcp://", "udp://", "sctp://"))
    return is_url or _OF_A_SERVICE.fullmatch(variable) is not None


def _split(names: Mapping[str, Any]) -> tuple[list[str], list[str]]:
    return [name for name in names if name in FIELDS], [name for name in names if name not in FIELDS]


def _nearest(name: str, *, as_variable: bool = False) -> str:
    import difflib  # noqa: PLC0415 - only a person's typing error needs it

    close = difflib.get_close_matches(name.lower(), FIELDS, n=1)
    if not close:
        return "."
    return f"; did you mean `{variable_of(close[0]) if as_variable else close[0]}`?"
