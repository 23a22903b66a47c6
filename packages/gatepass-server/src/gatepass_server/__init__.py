"""Gatepass, the authentication server for Python teams. ``mount`` puts it inside a Flask program."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from gatepass_server.mounting import mount

__all__ = ["mount"]


def __getattr__(name: str) -> Any:
    """Import ``mount`` when it is asked for: the command line must not load Flask for ``--help``."""
    if name == "mount":
        from gatepass_server.mounting import mount  # noqa: PLC0415 - see above

        return mount
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
