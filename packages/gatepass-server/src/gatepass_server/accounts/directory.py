"""Who may see whom."""

from collections.abc import Sequence
from dataclasses import dataclass

from gatepass_server.domain.accounts import User
from gatepass_server.domain.emails import email_key
from gatepass_server.store.ports import Store

DEFAULT_LIMIT = 100
MAX_LIMIT = 1000


@dataclass(frozen=True, slots=True)
class UserPage:
    """A page of accounts. ``next_after`` continues the list, or is None on the last page."""

    users: Sequence[User]
    next_after: str | None


class Directory:
    """Lists accounts: an admin sees all, anybody else only themself.

    Args:
        everybody_sees_all: the original tutorial's answer (setting ``article_answers``).
    """

    def __init__(self, store: Store, *, everybody_sees_all: bool) -> None:
        self._store = store
        self._everybody_sees_all = everybody_sees_all

    def seen_by(self, user: User, *, after: str | None, limit: int) -> UserPage:
        """What ``user`` may see, in the order of the ids, past ``after``."""
        if user.is_admin or self._everybody_sees_all:
            return self.page(after=after, limit=limit)
        return UserPage([user] if after is None or user.id > after else [], None)

    def page(self, *, after: str | None, limit: int) -> UserPage:
        """Up to ``limit`` accounts past ``after``."""
        with self._store.read() as uow:
            return _page(uow.users.page(after=after, limit=limit + 1), limit)

    def search(self, email: str, *, after: str | None, limit: int) -> UserPage:
        """Up to ``limit`` accounts whose e-mail begins with ``email``, in the order of the e-mails."""
        with self._store.read() as uow:
            return _page(uow.users.search(email_key(email), after=after, limit=limit + 1), limit)


def _page(users: Sequence[User], limit: int) -> UserPage:
    return UserPage(users[:limit], users[limit - 1].id if len(users) > limit else None)
