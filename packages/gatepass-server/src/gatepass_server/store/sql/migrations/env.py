"""What Alembic runs for every command: it works on the connection that it is given."""

from alembic import context

from gatepass_server.store.sql.migrations import VERSION_TABLE
from gatepass_server.store.sql.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    version_table=VERSION_TABLE,
    transactional_ddl=True,  # our SQLite transactions hold statements that change tables, too
)
context.run_migrations()
