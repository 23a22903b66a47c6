"""Which database addresses are taken, and that none shows its password."""

import pytest

from gatepass_server.domain.errors import OperatorError
from gatepass_server.store.sql import SqlStore
from gatepass_server.store.sql.urls import parse_url, shown

SECRET = "hunter2-p%40ss"


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_each_spelling_of_postgresql_is_served_by_psycopg(scheme: str) -> None:
    assert parse_url(f"{scheme}://ann@db/gatepass").drivername == "postgresql+psycopg"


@pytest.mark.parametrize(
    ("address", "sentence"),
    [
        (f"mysql://root:{SECRET}@db/x", "'mysql'"),
        (f"postgresql+psycopg2://root:{SECRET}@db/x", r"'postgresql\+psycopg2'"),
        (f"no address at all {SECRET}", "cannot be read"),
        (f"postgresql://root:{SECRET}@db:{SECRET}/x", "cannot be read"),
        ("postgresql://ann:p@hunter2@db/x", "more than one @.*%40"),
        ("postgresql://ann:p@@hunter2:5432/x", "more than one @"),
        ("postgresql://ann:p@a/hunter2@db/x", "more than one @"),
        ("postgresql://ann:p@a?hunter2@db/x", "more than one @"),
        ("postgresql://:p@hunter2@db/x", "more than one @"),
        ("postgresql://ann:p@a:hunter2@db/x", "cannot be read"),
        ("", "cannot be read"),
        ("sqlite://", "needs a file"),
        ("sqlite:///:memory:", "needs a file"),
        ("sqlite:///file:gatepass.db", "needs a file"),
        ("sqlite://relative/gatepass.db", "three slashes"),
        ("sqlite:///gatepass.db?mode=memory", "no parameters"),
    ],
)
def test_an_address_that_cannot_be_used_gets_a_sentence_without_its_password(
    address: str, sentence: str
) -> None:
    with pytest.raises(OperatorError, match=sentence) as refused:
        SqlStore(address)
    assert "hunter2" not in f"{refused.value!r} {refused.value.reason}"
    assert refused.value.__cause__ is None


def test_a_shown_address_has_neither_password_nor_parameters() -> None:
    url = f"postgres://ann:{SECRET}@db:5433/gatepass?password={SECRET}&sslmode=require"
    assert shown(parse_url(url)) == "postgresql://ann@db:5433/gatepass"
    store = SqlStore(url)
    assert repr(store) == "SqlStore('postgresql://ann@db:5433/gatepass')"
    store.close()


@pytest.mark.parametrize(
    "address",
    ["postgresql://ann:p%40ss@db/x", "postgresql://ann@corp@db/x", "postgresql://db/x?user=ann@corp"],
)
def test_an_at_sign_that_cannot_be_of_a_password_is_taken(address: str) -> None:
    assert "p%40ss" not in shown(parse_url(address))


def test_a_relative_and_an_absolute_path_are_told_apart() -> None:
    assert parse_url("sqlite:///data/gatepass.db").database == "data/gatepass.db"
    assert parse_url("sqlite:////var/lib/gatepass.db").database == "/var/lib/gatepass.db"
