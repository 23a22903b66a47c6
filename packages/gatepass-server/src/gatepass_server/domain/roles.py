"""Roles and groups: what a person may do, told by name and decided by the programs that read it."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

MAX_PERMISSIONS = 100
"""Of one role."""
MAX_ROLES = 100
"""Of one group, and given to one person."""
MAX_GROUPS = 100
"""That one person is in."""

_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.:-]{0,63}")
_PERMISSION = re.compile(r"[\x21\x23-\x5B\x5D-\x7E]{1,100}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Role:
    """A named set of permissions. ``created_at`` is in whole seconds since the epoch.

    Attributes:
        name: As tokens tell it in ``roles``.
        description: For people.
        permissions: Each is written as a scope is (RFC 6749 section 3.3), such as ``orders:write``; in order.
    """

    name: str
    description: str = ""
    permissions: tuple[str, ...] = ()
    created_at: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """People who belong together. ``created_at`` is in whole seconds since the epoch.

    Attributes:
        name: As tokens tell it in ``groups``.
        description: For people.
        roles: What every member has; in order.
    """

    name: str
    description: str = ""
    roles: tuple[str, ...] = ()
    created_at: int


@dataclass(frozen=True, slots=True)
class Entitlements:
    """What one person has, each in order: own roles and those of the groups, the groups, and what all roles permit."""

    roles: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    permissions: tuple[str, ...] = ()


NO_ENTITLEMENTS = Entitlements()


def parse_role_name(text: str) -> str:
    """Check the name of a role or a group, which stands in addresses, commands and tokens.

    Raises:
        ValueError: with a sentence that says what is wrong.
    """
    if not _NAME.fullmatch(text):
        raise ValueError(
            "A name has 1 to 64 ASCII letters, digits, _ . : and -, and begins with a letter, a digit or _."
        )
    return text


def parse_permissions(texts: Iterable[str]) -> tuple[str, ...]:
    """Check the permissions of a role; each once, in order.

    Raises:
        ValueError: with a sentence that says what is wrong.
    """
    permissions = tuple(sorted(set(texts)))
    if not all(_PERMISSION.fullmatch(text) for text in permissions):
        raise ValueError(
            "A permission is written as a scope is, such as orders:write: 1 to 100 printable ASCII characters "
            'without blanks, " and \\.'
        )
    if len(permissions) > MAX_PERMISSIONS:
        raise ValueError(f"A role has at most {MAX_PERMISSIONS} permissions.")
    return permissions
