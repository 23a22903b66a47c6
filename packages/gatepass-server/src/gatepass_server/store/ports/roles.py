"""Roles, and who has them."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from gatepass_server.domain.roles import Entitlements, Role


class Roles(Protocol):
    """Roles, and who has them.

    Who changes any of it holds the lock ``roles``: a role that was found is still there when it is given.
    """

    def add(self, role: Role) -> bool:
        """Keep a new role. False if there is one of this name; it is left as it is."""
        ...

    def find(self, name: str) -> Role | None:
        """The role of this name."""
        ...

    def page(self, *, after: str | None, limit: int) -> Sequence[Role]:
        """Up to ``limit`` roles in the order of their names (by code point), past ``after``."""
        ...

    def replace(self, role: Role) -> bool:
        """Change the description and the permissions of the role of this name. True if it exists."""
        ...

    def delete(self, name: str) -> bool:
        """Forget a role: nobody has it any more. True if it was there."""
        ...

    def give(self, user_id: str, role: str) -> bool:
        """Give a person a role; both exist. True if that changed anything."""
        ...

    def take(self, user_id: str, role: str) -> bool:
        """Take a role that was given to the person, not to a group. True if that changed anything."""
        ...

    def given_to(self, user_id: str) -> Sequence[str]:
        """The roles that were given to the person, not to a group, in order."""
        ...

    def names_of(self, user_ids: Sequence[str]) -> Mapping[str, Sequence[str]]:
        """The roles of each of these people, those of their groups included, in order; none for who has none."""
        ...

    def entitlements_of(self, user_id: str) -> Entitlements:
        """All that roles and groups say of a person, in one read."""
        ...
