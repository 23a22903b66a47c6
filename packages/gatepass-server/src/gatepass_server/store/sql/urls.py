"""The address of a database, and how it may be shown to people."""

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from gatepass_server.domain.errors import OperatorError

_SCHEMES = {
    "sqlite": "sqlite",
    "postgres": "postgresql+psycopg",
    "postgresql": "postgresql+psycopg",
    "postgresql+psycopg": "postgresql+psycopg",
}
_FORMS = "sqlite:///PATH and postgresql://USER:PASSWORD@HOST:PORT/NAME"


def parse_url(text: str) -> URL:
    """Read a database address.

    Raises:
        OperatorError: it is no address, or of a database that Gatepass does not know. The sentence shows
            nothing of the address but its scheme.
    """
    try:
        url = make_url(text)
    except (ArgumentError, ValueError):
        raise OperatorError(f"The database address cannot be read. Its forms are {_FORMS}.") from None
    driver = _SCHEMES.get(url.drivername)
    if driver is None:
        raise OperatorError(f"Gatepass keeps nothing in {url.drivername!r} databases. It takes {_FORMS}.")
    if driver == "sqlite":
        _check_sqlite(url)
    elif url.password is not None and text.count("@") > 1:
        raise OperatorError(
            "The database address has more than one @, so where its password ends cannot be told. "
            "Write %40 for an @ that is not the one before the host."
        )
    return url.set(drivername=driver)


def _check_sqlite(url: URL) -> None:
    if url.host or url.query:
        raise OperatorError("An SQLite address is sqlite:///PATH, with three slashes and no parameters.")
    if not url.database or url.database == ":memory:" or url.database.startswith("file:"):
        raise OperatorError("SQLite needs a file, which all processes share: sqlite:///PATH.")


def shown(url: URL) -> str:
    """The address without password and parameters (which may hold one too)."""
    return URL.create(
        url.get_backend_name(),
        username=url.username,
        host=url.host,
        port=url.port,
        database=url.database,
    ).render_as_string()
