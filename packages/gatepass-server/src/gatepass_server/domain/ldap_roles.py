"""Which groups of a directory stand for which roles."""

import re
from collections.abc import Mapping

from gatepass_server.domain.roles import parse_role_name

_SEPARATOR = re.compile(r"(?<!\\);|\n")
"""A semicolon that belongs to a name is written with a backslash (RFC 4514 section 2.4)."""


def parse_ldap_roles(text: str) -> Mapping[str, tuple[str, ...]]:
    """Read ``role=group``, the group by its distinguished name, separated by semicolons or lines.

    Returns:
        The groups of each role, as they were written.

    Raises:
        ValueError: One sentence that says what is wrong.
    """
    found: dict[str, tuple[str, ...]] = {}
    for part in filter(None, (part.strip() for part in _SEPARATOR.split(text))):
        role, _, group = (side.strip() for side in part.partition("="))
        if "=" not in group:
            raise ValueError(
                f"{part[:80]!r} is not a role, = and the distinguished name of a group, as in "
                "editor=cn=staff,ou=groups,dc=example,dc=com."
            )
        found[parse_role_name(role)] = (*found.get(role, ()), group)
    return found
