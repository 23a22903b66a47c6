"""The history of the tables, one revision a file, written by hand."""

HEAD = "0006"
"""The newest revision. Revisions are numbered in their order, with four digits."""

VERSION_TABLE = "gatepass_schema"
"""Where the database keeps its revision; not Alembic's own name, which a host program may use."""
