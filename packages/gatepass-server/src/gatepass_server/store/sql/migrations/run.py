"""Alembic, driven from Python: no ``alembic.ini`` is needed."""

from importlib.resources import as_file, files

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection


def to_head(connection: Connection) -> None:
    """Run what is missing, inside the transaction of ``connection``."""
    with as_file(files(__package__)) as folder:
        config = _config(str(folder))
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def script_head() -> str | None:
    """The newest revision among the files, which ``HEAD`` must equal."""
    with as_file(files(__package__)) as folder:
        return ScriptDirectory.from_config(_config(str(folder))).get_current_head()


def _config(folder: str) -> Config:
    config = Config()
    config.set_main_option("script_location", folder.replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config
