"""The guides show the programs that the tests run, and their tables leave nothing out that matters."""

import re
from importlib import import_module
from types import SimpleNamespace

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from joserfc.jwk import RSAKey

from gatepass import Verifier, load_key
from tests.migrate.asked import REQUESTS
from tests.migrate.guides import (
    MINTS,
    NEVER_FETCHED,
    PAGES,
    ROWS,
    Row,
    folder_of,
    programs_of,
    rows_of,
    text_of,
)
from tests.migrate.programs import PROGRAMS

LAST_LINE = "\n# mypy: ignore-errors\n"
"""Programs of libraries that are not installed beside ours end with it; readers need not see it."""

ALL = [*MINTS, "out-of-a-shared-secret"]
ALWAYS = {
    "a good token",
    "no token",
    "expired",
    "signed with another key",
    "claims changed after signing",
    "no `exp`",
    "no `typ`",
}


@pytest.mark.parametrize("page", ALL)
def test_the_page_shows_the_very_programs_of_the_examples(page: str) -> None:
    files = (PROGRAMS / folder_of(page)).glob("*.py")
    told = {path.name: path.read_text(encoding="utf-8").removesuffix(LAST_LINE) for path in files}
    assert sorted(programs_of(page)) == sorted(told.values())
    for name in told:
        assert f"(../../../examples/migrate/{folder_of(page)}/{name})" in text_of(page)


def test_there_is_a_page_for_every_folder_of_programs() -> None:
    assert {folder_of(page) for page in ALL} == {path.name for path in PROGRAMS.iterdir() if path.is_dir()}
    assert {path.stem for path in PAGES.glob("*.md")} == {*ALL, "README"}


@pytest.mark.parametrize("guide", MINTS)
def test_the_table_asks_for_what_every_migration_must_know(guide: str) -> None:
    names = [row.request for row in rows_of(guide)]
    assert len(names) == len(set(names))
    assert set(names) >= ALWAYS
    assert set(names) <= {*REQUESTS, NEVER_FETCHED}


def test_no_request_is_there_that_no_guide_tells_of() -> None:
    assert set(REQUESTS) == {row.request for row in ROWS} - {NEVER_FETCHED}


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.guide}: {row.request}")
def test_what_is_refused_from_now_on_is_marked(row: Row) -> None:
    assert row.marked == (row.before == 200 and row.after != 200)


def test_tokens_of_authlibs_older_generator_are_taken_as_its_guide_says() -> None:
    told = re.search(r"`(Verifier\.from_pem\(public_key, .*?\))`", text_of("authlib"))
    assert told
    private = rsa.generate_private_key(65537, 2048)
    pem = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    client = SimpleNamespace(get_client_id=lambda: "web", get_allowed_scope=lambda scope: scope)
    user = SimpleNamespace(get_user_id=lambda: "ann")
    rfc7523 = import_module("authlib.oauth2.rfc7523")  # mypy knows no types of it
    generator = rfc7523.JWTBearerTokenGenerator(RSAKey.import_key(pem), issuer="shop")
    token = generator.generate("password", client, user, "orders:read")["access_token"]
    code = told[1].replace("issuer=...", "issuer='shop'").replace("audience=[...]", "audience=['web']")
    verifier: Verifier = eval(code, {"Verifier": Verifier, "public_key": load_key(pem).public_pem()})
    assert verifier.verify(token, scopes=["orders:read"]).client_id == "web"
