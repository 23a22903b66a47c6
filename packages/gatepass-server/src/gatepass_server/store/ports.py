"""What the rest of the house asks of the store, in narrow protocols grouped by who uses them.

Every method is one statement, or as good as one: what must not happen twice (a sign-up, a refresh) is decided
by the database, never by a look before a leap. Times are whole seconds since the epoch.
"""

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol

from gatepass_server.domain.accounts import User
from gatepass_server.domain.sessions import RefreshToken, Session
from gatepass_server.domain.signing_keys import KeyRecord


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

    def replace_password_hash(self, user_id: str, *, old: str, new: str) -> bool:
        """Change the hash if it is still ``old`` (a password changed meanwhile wins). True if changed."""
        ...

    def confirm(self, user_id: str, *, password_hash: str) -> bool:
        """Whether the account is still enabled and has this hash; it cannot change until the transaction ends."""
        ...

    def disable(self, user_id: str, now: int) -> bool:
        """Forbid sign-in from ``now`` on. True if the account exists and was enabled."""
        ...


@dataclass(frozen=True, slots=True)
class LiveSession:
    """A session and its owner, read together."""

    session: Session
    user: User


class Sessions(Protocol):
    """Log-ins."""

    def add(self, session: Session) -> None:
        """Keep a new session."""
        ...

    def with_user(self, session_id: str) -> LiveSession | None:
        """The session and its owner in one read, ended or not, enabled or not."""
        ...

    def end(self, session_id: str, now: int) -> bool:
        """End one session. True if it was not ended before."""
        ...

    def end_all_of(self, user_id: str, now: int) -> int:
        """End every session of a user; how many ended."""
        ...

    def prune(self, now: int, *, limit: int) -> int:
        """Delete, with their refresh tokens, up to ``limit`` sessions whose ``expires_at`` has come; how many went.

        A session that was ended before its time stays until then, so that a replay of its tokens is still told
        from garbage. It waits for nobody, and its work is bounded: a session with thousands of refresh tokens
        loses some of them at each call and goes with the last.
        """
        ...


class RefreshTokens(Protocol):
    """Single-use tokens that prolong a session."""

    def add(self, token: RefreshToken) -> None:
        """Keep a new token."""
        ...

    def consume(self, digest: bytes, now: int) -> RefreshToken | None:
        """Spend the token by one atomic statement; of racing callers exactly one gets it.

        Returns the token as it was spent (``consumed_at == now``), or None if it is unknown or spent already.
        Expiry is the caller's to judge: an expired token is spent too.
        """
        ...

    def spent(self, digest: bytes) -> RefreshToken | None:
        """A token that has been spent before, so that its replay can be told from garbage."""
        ...


class SigningKeys(Protocol):
    """The key ring's rows."""

    def add(self, key: KeyRecord) -> None:
        """Keep a new key.

        Raises:
            ValueError: a key with this ``kid`` exists.
        """
        ...

    def all(self) -> Sequence[KeyRecord]:
        """Every key, oldest activation first (then by kid)."""
        ...

    def schedule(self, kid: str, *, activates_at: int, retires_at: int | None, gone_at: int | None) -> None:
        """Set the three times of a key.

        Raises:
            NotFound: no key has this ``kid``.
        """
        ...

    def reseal(self, kid: str, sealed: bytes) -> None:
        """Replace the sealed bytes of a key.

        Raises:
            NotFound: no key has this ``kid``.
        """
        ...


@dataclass(frozen=True, slots=True)
class Attempts:
    """How often something was counted in the current window, and when the window ends."""

    count: int
    resets_at: int


class Throttles(Protocol):
    """Counters that all processes share."""

    def hit(self, key: str, *, window: int, now: int) -> Attempts:
        """Count one more, atomically, in a window of ``window`` seconds that starts with its first count.

        For each window that it starts, a transaction deletes a few counters whose window has ended, at its very end:
        the table does not outgrow what is being counted.
        """
        ...

    def peek(self, key: str, other: str, *, now: int) -> Mapping[str, Attempts]:
        """The counters of both keys, by key, as far as their windows run. Counts nothing."""
        ...

    def clear(self, key: str) -> None:
        """Forget the counter."""
        ...

    def prune(self, now: int, *, limit: int) -> int:
        """Delete up to ``limit`` counters whose window has ended; how many were deleted."""
        ...


class UnitOfWork(Protocol):
    """One transaction. Leaving the block commits; an exception that leaves it rolls everything back."""

    @property
    def users(self) -> Users:
        """Accounts."""
        ...

    @property
    def sessions(self) -> Sessions:
        """Log-ins."""
        ...

    @property
    def refresh_tokens(self) -> RefreshTokens:
        """Single-use tokens that prolong a session."""
        ...

    @property
    def signing_keys(self) -> SigningKeys:
        """The key ring's rows."""
        ...

    @property
    def throttles(self) -> Throttles:
        """Counters that all processes share."""
        ...

    def lock(self, name: str) -> None:
        """Wait until this transaction alone, among all processes, holds ``name``; released at its end."""
        ...


class Store(Protocol):
    """The way to a unit of work. Safe to share among threads; opens connections only when used."""

    def write(self, *, durable: bool = True) -> AbstractContextManager[UnitOfWork]:
        """A transaction that may change things. On SQLite it takes the write lock at once.

        Args:
            durable: whether what it wrote must outlive a power cut. Without it the transaction does not wait for
                the disk; it is seen by everybody and outlives a crash of the program all the same.
        """
        ...

    def read(self) -> AbstractContextManager[UnitOfWork]:
        """A transaction that only reads; it never waits for a writer."""
        ...

    def check_ready(self) -> None:
        """Reach the database and find the schema that this program needs.

        Raises:
            OperatorError: with what to do.
        """
        ...

    def close(self) -> None:
        """Close all connections. The store can be used again afterwards."""
        ...
