"""What a store remembers of its statements."""

from sqlalchemy import bindparam, select
from sqlalchemy.dialects import sqlite

from gatepass_server.store.sql.compiled import MOST_LENGTHS, Statements
from gatepass_server.store.sql.tables import users

_LISTED = select(users.c.id).where(users.c.id.in_(bindparam("owners", expanding=True)))


def test_lists_of_ever_other_lengths_fill_no_memory() -> None:
    statements = Statements(sqlite.dialect())
    for length in range(1, 3 * MOST_LENGTHS):
        compiled = statements.compiled(_LISTED, {"owners": ["u"] * length})
        assert compiled.text.count("?") == length
        assert compiled.parameters({"owners": ["u"] * length}) == ["u"] * length
    known = statements._known[_LISTED]
    assert len(known.variants) <= MOST_LENGTHS
