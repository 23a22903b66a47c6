"""The tables of other houses, wherever they stand: in the file, in variables, in options."""

import re
from collections.abc import Sequence
from typing import Any

from gatepass_server.settings.given import Given

UPSTREAM = "upstream"
_VARIABLE = re.compile(r"GATEPASS_UPSTREAM_([A-Z0-9_]+?)__([A-Z0-9_]+)")


class UpstreamVariables:
    """Collects ``GATEPASS_UPSTREAM_NAME__OPTION``. In NAME, ``_`` stands for a hyphen.

    Lists are separated by blanks; a table of texts is ``THEIRS=OURS``, several separated by blanks.
    """

    def __init__(self) -> None:
        self._tables: dict[str, dict[str, Any]] = {}

    def take(self, variable: str, text: str) -> bool:
        """Whether the variable is one of them. One that is empty is not set."""
        found = _VARIABLE.fullmatch(variable)
        if found is None:
            return False
        if text:
            name, option = found[1].lower().replace("_", "-"), found[2].lower()
            self._tables.setdefault(name, {})[option] = _parsed(option, text)
        return True

    def given(self) -> dict[str, Given]:
        """The tables, if there are any."""
        return {UPSTREAM: Given("GATEPASS_UPSTREAM", self._tables)} if self._tables else {}


def joined(sources: Sequence[Given]) -> Given:
    """Tables of several sources as one: of one option that is set twice, the later counts."""
    if len(sources) == 1 or not all(isinstance(one.value, dict) for one in sources):
        return sources[-1]
    tables: dict[str, Any] = {}
    for one in sources:
        for name, table in one.value.items():
            before = tables.get(name)
            is_both = isinstance(before, dict) and isinstance(table, dict)
            tables[name] = _over(before or {}, table) if is_both else table
    return Given(UPSTREAM, tables)


def _over(before: dict[str, Any], after: dict[str, Any]) -> dict[str, Any]:
    """A secret and its file are one option."""
    twins = {name.removesuffix("_file") for name in after} | {f"{name}_file" for name in after}
    return {**{name: value for name, value in before.items() if name not in twins - set(after)}, **after}


def _parsed(option: str, text: str) -> Any:
    if option in {"tenants", "email_domains"}:
        return text.split()
    if option in {"roles", "parameters", "userinfo_parameters"}:
        return dict(part.partition("=")[::2] for part in text.split())
    return text
