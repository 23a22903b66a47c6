"""What a token may do (RFC 6749 section 3.3)."""

from gatepass_server.domain.errors import InvalidScope

ADMIN = "admin"
"""What a token needs for the admin API."""

GROUPS = "groups"
"""What a program needs to learn of a person's roles and groups, and to use them in the person's name."""


def narrowed(granted: str, asked: str | None) -> str:
    """What of ``granted`` was asked for: all of it without ``asked``. Both are scopes separated by spaces.

    Raises:
        InvalidScope: something else was asked for, or nothing.
    """
    if asked is None:
        return granted
    wanted = asked.split(" ")
    if not all(wanted) or not set(wanted) <= set(granted.split()):
        raise InvalidScope("More was asked for than was granted: ask for some of the scopes of the log-in.")
    return " ".join(dict.fromkeys(wanted))
