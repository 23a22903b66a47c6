"""What each setting takes, in words: for the manual, and for whoever gave something else."""

from pathlib import Path
from types import UnionType
from typing import Annotated, Any, Literal, get_args, get_origin

import msgspec
from msgspec import Meta
from msgspec.structs import FieldInfo

from gatepass_server.domain.secret import Secret
from gatepass_server.settings.ldap_model import LdapSettings
from gatepass_server.settings.model import Settings

FIELDS = {
    field.name: field
    for field in sorted(
        msgspec.structs.fields(Settings), key=lambda field: field.name in LdapSettings.__struct_fields__
    )
}
"""Every setting, in the order of the model; those of the directory come last."""

VARIABLE_PREFIX = "GATEPASS_"
FILE_SUFFIX = "_FILE"


def variable_of(name: str) -> str:
    """The environment variable of a setting."""
    return VARIABLE_PREFIX + name.upper()


def is_secret(name: str) -> bool:
    """Whether the setting is hidden, and may be named by a file instead."""
    return _bare_type(FIELDS[name]) is Secret


def description_of(name: str) -> str:
    """The manual entry of a setting."""
    return next((meta.description for meta in _metas(FIELDS[name]) if meta.description), "")


def kind_of(name: str) -> str:
    """What the setting takes, to be read after "it must be"."""
    bare = _bare_type(FIELDS[name])
    if get_origin(bare) is Literal:
        return "one of " + ", ".join(f"`{choice}`" for choice in get_args(bare))
    if bare is bool:
        return "`true` or `false`"
    if bare is int:
        return "a whole number" + _bounds(FIELDS[name])
    if get_origin(bare) is dict:
        return "tables, such as `[upstream.google]`"
    if bare is Path:
        return "a path"
    return "a text"


def _bounds(field: FieldInfo) -> str:
    low = next((meta.ge for meta in _metas(field) if meta.ge is not None), None)
    high = next((meta.le for meta in _metas(field) if meta.le is not None), None)
    if low is not None and high is not None:
        return f" from {low} to {high}"
    return "" if low is None else f", {low} or more"


def _metas(field: FieldInfo) -> list[Meta]:
    return [extra for extra in get_args(field.type)[1:] if isinstance(extra, Meta)]


def _bare_type(field: FieldInfo) -> type | UnionType | Any:
    return get_args(field.type)[0] if get_origin(field.type) is Annotated else field.type
