"""The guides: what each page says, where its programs are, and how tokens for them are made."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from gatepass.testing import FakeIssuer
from tests.migrate.minting import Mint, WithKey, WithSecret

PAGES = Path(__file__).parents[2] / "docs" / "howto" / "migrate"
NEVER_FETCHED = "a good token while the keys were never fetched"
"""The one row of the tables that needs an issuer which is away."""

ANN = "00000000-0000-0000-0000-000000000001"
_SHOP = {"iss": "shop", "sub": "ann", "aud": "shop-api"}
MINTS: Mapping[str, Callable[[FakeIssuer], Mint]] = {
    "pyjwt": lambda issuer: WithKey(issuer, "JWT"),
    "flask-jwt-extended": lambda _: WithSecret(**_SHOP, type="access", role="staff"),
    "authlib": lambda issuer: WithKey(issuer, "at+jwt"),
    "python-jose": lambda _: WithSecret(**_SHOP, scopes=["orders:read"]),
    "fastapi-users": lambda _: WithSecret(iss="shop", sub=ANN, aud=["fastapi-users:auth"]),
}
"""From the name of a guide to what makes tokens as the program before does."""


@dataclass(frozen=True)
class Row:
    """A request, and what a guide says that the two programs answer."""

    guide: str
    request: str
    before: int
    after: int
    marked: bool


def text_of(page: str) -> str:
    """What a page says."""
    return (PAGES / f"{page}.md").read_text(encoding="utf-8")


def blocks_of(page: str) -> list[str]:
    """The Python of a page, also where it stands in a list."""
    found = re.findall(r"^( *)```python\n(.*?)^ *```$", text_of(page), re.DOTALL | re.MULTILINE)
    return [re.sub(f"^{indent}", "", code, flags=re.MULTILINE) for indent, code in found]


def programs_of(page: str) -> list[str]:
    """The whole programs of a page: those that begin by saying what they are."""
    return [code for code in blocks_of(page) if code.startswith('"""')]


def snippets_of(page: str) -> list[str]:
    """The rest of its Python."""
    return [code for code in blocks_of(page) if not code.startswith('"""')]


def rows_of(guide: str) -> list[Row]:
    """The table of requests."""
    table = text_of(guide).partition("| request | before | after | why |")[2].partition("\n\n")[0]
    found = re.findall(r"^\| (.+?) \| (\d{3}) \| (\*\*)?(\d{3})(?:\*\*)? \|.*\|$", table, re.MULTILINE)
    if len(found) != table.count("\n") - 1:
        raise ValueError(f"a row of {guide} cannot be read")
    return [Row(guide, name, int(before), int(after), bool(marked)) for name, before, marked, after in found]


ROWS = [row for guide in MINTS for row in rows_of(guide)]


def folder_of(page: str) -> str:
    """The folder of its programs in ``examples/migrate``."""
    return "shared_secret" if page == "out-of-a-shared-secret" else page.replace("-", "_")
