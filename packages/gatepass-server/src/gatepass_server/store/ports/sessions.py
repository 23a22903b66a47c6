"""Log-ins, as the rest of the house asks for them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from gatepass_server.domain.accounts import User
from gatepass_server.domain.grants import Terms
from gatepass_server.domain.roles import NO_ENTITLEMENTS, Entitlements
from gatepass_server.domain.sessions import Session, StatusIndex
from gatepass_server.store.ports.later import Later


@dataclass(frozen=True, slots=True)
class LiveSession:
    """A session and its owner, read together; and what roles and groups say of the owner, where that was asked for."""

    session: Session
    user: User
    entitlements: Entitlements = NO_ENTITLEMENTS


class Sessions(Protocol):
    """Log-ins."""

    def add(self, session: Session) -> None:
        """Keep a new session."""
        ...

    def with_user(self, session_id: str) -> LiveSession | None:
        """The session and its owner in one read, ended or not, enabled or not."""
        ...

    def by_cookie(self, digest: bytes) -> LiveSession | None:
        """The session with this cookie and its owner in one read, ended or not, enabled or not."""
        ...

    def page_of(self, user_id: str, *, now: int, after: str | None, limit: int) -> Sequence[Session]:
        """Up to ``limit`` live sessions of a user, newest first, past the session ``after``."""
        ...

    def prolong(self, session_id: str, *, now: int, idle: int) -> Later[LiveSession | None]:
        """Note a use, and move the end that idleness brings to ``idle`` seconds from now, by one statement.

        Whoever ends the session meanwhile comes before or after, never between.

        Returns:
            The session as it is now, and its owner, enabled or not; None where the session is not live.
        """
        ...

    def prolong_by_family(self, family: bytes, *, now: int, idle: int) -> Later[LiveSession | None]:
        """The same for the session that has this family of refresh tokens; None, too, where nobody knows the family."""
        ...

    def grant(self, parent_id: str, client_id: str, *, scope: str, terms: Terms, now: int) -> Session | None:
        """A live grant of a program that came of this sign-in, with the same scope and terms, and no refresh token."""
        ...

    def grants_of(self, user_id: str, *, now: int) -> Sequence[Session]:
        """The live grants of programs that a person's sign-ins brought, in the order of their ids; 1,000 at most."""
        ...

    def grants_in(self, parent_id: str, *, now: int, limit: int) -> Sequence[Session]:
        """Up to ``limit`` live grants that came of this sign-in, oldest first."""
        ...

    def place(self, session_id: str, status: StatusIndex) -> StatusIndex | None:
        """Give a session a place in the revocation feed, unless it has one; its place, or None if it is gone."""
        ...

    def replace_cookie(self, session_id: str, *, old: bytes, new: bytes) -> bool:
        """Give a session another cookie, if its cookie is still ``old``. True if changed."""
        ...

    def reauthenticate(
        self,
        session_id: str,
        *,
        old: bytes,
        new: bytes,
        methods: Sequence[str],
        now: int,
        idle: int,
        through: tuple[str, str, int] | None = None,
    ) -> LiveSession | None:
        """Note that its owner has proved anew who they are, and give it another cookie, if its cookie is still ``old``.

        ``idle`` is in seconds. The absolute end stays. ``through`` has the identity by which it was done, what the
        other house calls its own session, and when they have proved there who they are; None for a password, now.

        Returns:
            The session as it is now, and its owner; None where it is not live or has another cookie.
        """
        ...

    def end(self, session_id: str, now: int) -> bool:
        """End one session, and the grants that came of it unless they outlive it. True if it was not ended before."""
        ...

    def end_all_of(self, user_id: str, now: int, *, but: str | None = None) -> Sequence[str]:
        """End every session of a user, save the one named ``but``; the ids of those that ended."""
        ...

    def end_through(
        self, issuer: str, now: int, *, subject: str | None, sid: str | None
    ) -> Sequence[LiveSession]:
        """End the sessions that began through another house, and what came of them, as ``end`` does.

        Args:
            issuer: the other house.
            now: when.
            subject: whom it speaks of; None for whomever the session is of.
            sid: its own session; None for all of the subject.

        Returns:
            Those that ended.
        """
        ...

    def end_begun_with(self, identity_id: str, now: int, *, but: str) -> Sequence[str]:
        """End the sessions that began through an identity, save the one named ``but``; their ids.

        What came of them ends, too, as with ``end``.
        """
        ...

    def end_grants_to(self, client_id: str, now: int) -> int:
        """End everything that people granted a program; how many ended."""
        ...

    def prune(self, before: int, *, limit: int) -> int:
        """Delete, with their tokens, up to ``limit`` sessions that came to an end before ``before``; how many went.

        It waits for nobody, and its work is bounded.
        """
        ...
