"""Groups, their members and their roles."""

from collections.abc import Sequence
from typing import Protocol

from gatepass_server.domain.accounts import User
from gatepass_server.domain.roles import Group


class Groups(Protocol):
    """Groups. Who changes any of it holds the lock ``roles``."""

    def add(self, group: Group) -> bool:
        """Keep a new group, without roles. False if there is one of this name; it is left as it is."""
        ...

    def find(self, name: str) -> Group | None:
        """The group of this name."""
        ...

    def page(self, *, after: str | None, limit: int) -> Sequence[Group]:
        """Up to ``limit`` groups in the order of their names (by code point), past ``after``."""
        ...

    def describe(self, name: str, description: str) -> bool:
        """Change the description. True if the group exists."""
        ...

    def delete(self, name: str) -> bool:
        """Forget a group; its members lose the roles that came with it. True if it was there."""
        ...

    def add_role(self, name: str, role: str) -> bool:
        """Give all members a role; group and role exist. True if that changed anything."""
        ...

    def remove_role(self, name: str, role: str) -> bool:
        """Take a role from the group. True if that changed anything."""
        ...

    def add_member(self, name: str, user_id: str) -> bool:
        """Put a person into the group; both exist. True if that changed anything."""
        ...

    def remove_member(self, name: str, user_id: str) -> bool:
        """Take a person out of the group. True if that changed anything."""
        ...

    def members(self, name: str, *, after: str | None, limit: int) -> Sequence[User]:
        """Up to ``limit`` members in the order of their ids (by code point), past ``after``."""
        ...

    def count_of(self, user_id: str) -> int:
        """How many groups a person is in."""
        ...
