"""Accounts, as the rest of the house asks for them."""

from collections.abc import Sequence
from typing import Protocol

from gatepass_server.domain.accounts import User


class Users(Protocol):
    """Accounts."""

    def add(self, user: User) -> None:
        """Keep a new account.

        Raises:
            EmailTaken: an account with the same ``email_key`` or ``id`` exists; nothing was changed.
        """
        ...

    def by_id(self, user_id: str) -> User | None:
        """The account with this id, disabled or not."""
        ...

    def by_email(self, email_key: str) -> User | None:
        """The account with this key, disabled or not."""
        ...

    def page(self, *, after: str | None, limit: int) -> Sequence[User]:
        """Up to ``limit`` accounts in the order of their ids (by code point), past ``after``."""
        ...

    def search(self, email_key: str, *, after: str | None, limit: int) -> Sequence[User]:
        """Up to ``limit`` accounts whose key begins with ``email_key``, in the order of the keys (by code point).

        They follow the account with the id ``after``.
        """
        ...

    def replace_password_hash(self, user_id: str, *, old: str, new: str) -> bool:
        """Change the hash if it is still ``old`` (a password changed meanwhile wins). True if changed."""
        ...

    def confirm(self, user_id: str, *, password_hash: str) -> bool:
        """Whether the account is still enabled and has this hash; it cannot change until the transaction ends."""
        ...

    def is_enabled(self, user_id: str) -> bool:
        """Whether the account is there and enabled; that cannot change until the transaction ends."""
        ...

    def disable(self, user_id: str, now: int) -> bool:
        """Forbid sign-in from ``now`` on. True if the account exists and was enabled."""
        ...

    def enable(self, user_id: str) -> bool:
        """Allow sign-in again. True if the account exists and was disabled."""
        ...

    def set_password_hash(self, user_id: str, password_hash: str) -> bool:
        """Change the hash, whatever it was. True if the account exists."""
        ...

    def set_name(self, user_id: str, name: str, now: int) -> bool:
        """Change the name, and ``updated_at`` to ``now``. True if that changed anything."""
        ...

    def set_email_verified(self, user_id: str, now: int, *, verified: bool) -> bool:
        """Change whether the e-mail is verified, and ``updated_at`` to ``now``. True if that changed anything."""
        ...

    def set_admin(self, user_id: str, *, is_admin: bool) -> bool:
        """Change whether the account is an admin's. True if that changed anything."""
        ...

    def has_other_admin(self, user_id: str) -> bool:
        """Whether anybody but this account is an enabled admin. The caller holds the lock ``admins``."""
        ...
