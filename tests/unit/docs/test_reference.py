"""The generated pages are those of this code, and leave nothing out."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import gatepass_server
from docs.generate.errors import FIELD_CODES, refusals
from docs.generate.pages import PAGES, REFERENCE
from gatepass_server.settings.kinds import FIELDS, variable_of
from tests.cli.test_root import COMMANDS

_SOURCES = Path(gatepass_server.__file__).parent
_CODE_AT = {"FieldFault": 1, "_fault": 0, "_Fault": 0}
"""Which argument of a call is the code of a field's fault."""


def test_every_page_is_current() -> None:
    stale = [
        name for name, write in PAGES.items() if (REFERENCE / name).read_text(encoding="utf-8") != write()
    ]
    assert not stale, "run: make docs"


@pytest.mark.parametrize("name", FIELDS)
def test_every_setting_has_its_entry(name: str) -> None:
    text = PAGES["settings.md"]()
    assert f"\n## {name}\n" in text
    assert f"`{variable_of(name)}`" in text


def test_every_command_has_its_entry() -> None:
    text = PAGES["cli.md"]()
    for names in COMMANDS:
        assert f"# gatepass {' '.join(names)}\n" in text


def test_every_refusal_of_every_module_has_its_entry() -> None:
    text = PAGES["errors.md"]()
    assert [kind.code for kind in refusals() if f"`{kind.code}`" not in text] == []


def test_every_code_of_a_field_has_its_entry() -> None:
    assert set(_codes_of_fields()) == FIELD_CODES.keys()


def _codes_of_fields() -> Iterator[str]:
    for path in _SOURCES.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in _CODE_AT:
                given = node.args[_CODE_AT[node.func.id] :][:1]
                if given and isinstance(given[0], ast.Constant):
                    yield str(given[0].value)
