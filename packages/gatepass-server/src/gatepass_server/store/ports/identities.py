"""Who people are elsewhere, as the rest of the house asks for it."""

from collections.abc import Collection, Sequence
from typing import Protocol

from gatepass_server.domain.identities import Identity


class Identities(Protocol):
    """Identities of other houses, each of one account. Times are whole seconds since the epoch."""

    def find(self, issuer: str, subject: str) -> Identity | None:
        """The one that this issuer calls so, compared exactly."""
        ...

    def add(self, identity: Identity) -> None:
        """Keep a new one, by one atomic statement.

        Raises:
            IdentityTaken: there is one of this issuer and subject, or with this id; its ``holder`` says which.
                Nothing was changed.
        """
        ...

    def of_user(self, user_id: str) -> Sequence[Identity]:
        """All of an account, oldest first."""
        ...

    def touch(self, identity_id: str, now: int, *, email: str, label: str, tokens: bytes | None) -> bool:
        """Note that it let its owner in, and what the issuer told meanwhile. ``tokens`` are sealed, or none are kept.

        Returns:
            Whether it is there.
        """
        ...

    def remove(self, identity_id: str, user_id: str, *, usable: Collection[str]) -> bool:
        """Forget one of an account, with the roles that came of it; of racing callers one can.

        Args:
            identity_id: which.
            user_id: whose.
            usable: the providers through which people can sign in at present.

        Returns:
            Whether it was there.

        Raises:
            LastWayIn: the account has no password, and no other identity of a usable provider; nothing was changed.
        """
        ...

    def set_roles(self, identity_id: str, user_id: str, roles: Collection[str]) -> bool:
        """Make these the roles that come of it, and no others; those that do not exist are passed over.

        Roles that were given by hand are not touched. The caller holds the lock ``roles``.

        Returns:
            Whether that changed anything.
        """
        ...

    def roles_of(self, identity_id: str) -> Sequence[str]:
        """The roles that come of it, in order."""
        ...
