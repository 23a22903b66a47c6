"""Several accounts in one browser: one is the current one, and a few others wait beside it."""

from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass

from gatepass_server.accounts.cookie_sessions import CookieSessions
from gatepass_server.accounts.faces import LoggedIn
from gatepass_server.accounts.log_in import LogIn
from gatepass_server.accounts.reauthenticate import Reauthenticate, SessionGone
from gatepass_server.accounts.sign_in_through import SignInThrough, Word
from gatepass_server.crypto.cookie_handles import CookieHandle
from gatepass_server.domain.emails import EmailAddress, email_key
from gatepass_server.domain.secret import Secret
from gatepass_server.domain.sessions import SessionMode
from gatepass_server.store.ports import LiveSession, UnitOfWork

MOST_OTHERS = 4
"""Accounts beside the current one; signing in with one more ends the session that waited longest."""


@dataclass(frozen=True, slots=True)
class Account:
    """A live session of this browser, and its cookie."""

    cookie: CookieHandle
    live: LiveSession


@dataclass(frozen=True, slots=True)
class BrowserState:
    """The live sessions of one browser. ``others`` has each person once, and never the current one."""

    current: Account | None
    others: tuple[Account, ...] = ()

    @property
    def all(self) -> tuple[Account, ...]:
        """Every account, the current one first."""
        return self.others if self.current is None else (self.current, *self.others)

    def of_person(self, user_id: str) -> Account | None:
        """The account of a person."""
        return next((account for account in self.all if account.live.user.id == user_id), None)

    def chosen(self, user_id: str) -> "BrowserState | None":
        """The state in which that person is the current one; None if they are not here."""
        account = self.of_person(user_id)
        if account is None:
            return None
        rest = tuple(other for other in self.all if other is not account)
        return BrowserState(account, rest)


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Who has signed in, and the cookies that wait beside the new one."""

    logged_in: LoggedIn
    cookie: CookieHandle
    others: tuple[CookieHandle, ...]


class BrowserAccounts:
    """Tells who is signed in at a browser, and signs people in there."""

    def __init__(
        self,
        sessions: CookieSessions,
        log_in: LogIn,
        reauthenticate: Reauthenticate,
        through: SignInThrough,
    ) -> None:
        self._sessions = sessions
        self._log_in = log_in
        self._reauthenticate = reauthenticate
        self._through = through

    def state(self, current: CookieHandle | None, others: Iterable[CookieHandle]) -> BrowserState:
        """Who of the cookies' owners is signed in. That the others are looked at is no use of their sessions."""
        found = None if current is None else self._sessions.recognise(current)
        seen = set() if found is None else {found.user.id}
        waiting: list[Account] = []
        for cookie in others:
            live = self._sessions.peek(cookie)
            if live is not None and live.user.id not in seen and len(waiting) < MOST_OTHERS:
                seen.add(live.user.id)
                waiting.append(Account(cookie, live))
        return BrowserState(
            None if current is None or found is None else Account(current, found), tuple(waiting)
        )

    def sign_in(
        self,
        state: BrowserState,
        email: str,
        password: Secret,
        *,
        keep: bool,
        address: str,
        device: str,
        request_id: str = "",
    ) -> SignedIn:
        """Sign in: anew, or again where that person is here already.

        Args:
            state: who is signed in at this browser.
            email: as somebody typed it.
            password: the same.
            keep: whether another person who is the current one stays beside the new one, or is signed out.
            address: the IP address of the caller.
            device: its ``User-Agent``.
            request_id: for the audit log.

        Raises:
            WrongCredentials: see ``LogIn``.
            TooManyAttempts: see ``LogIn``.
            Busy: see ``LogIn``.
        """
        key = email_key(email)
        known = next((account for account in state.all if account.live.user.email_key == key), None)
        others, leaving = _arranged(state, known, keep=keep)
        logged_in = None
        if known is not None:
            with suppress(SessionGone):  # another tab was faster
                logged_in = self._reauthenticate(
                    known.live,
                    known.cookie,
                    password,
                    address=address,
                    replaces=leaving,
                    request_id=request_id,
                )
        if logged_in is None:
            logged_in = self._log_in(
                email,
                password,
                address=address,
                device=device,
                mode=SessionMode.COOKIE,
                replaces=leaving,
                request_id=request_id,
            )
        return _signed_in(logged_in, others)

    def sign_in_through(self, state: BrowserState, word: Word, *, keep: bool) -> SignedIn | None:
        """Sign in with the word of another house: anew, or again where that person is here already.

        Args:
            state: who is signed in at this browser.
            word: that says who it is.
            keep: see ``sign_in``.

        Returns:
            None where the person has no account with this identity.

        Raises:
            NotLetIn: they are kept out.
        """
        owner = self._through.owner_of(word)
        if owner is None:
            return None
        known = state.of_person(owner.id)
        others, leaving = _arranged(state, known, keep=keep)
        if known is not None:
            with suppress(SessionGone):  # another tab was faster
                renewed = self._through.renew(word, owner, known.live, known.cookie, replaces=leaving)
                return _signed_in(renewed, others)
        return _signed_in(self._through.open(word, owner, replaces=leaving), others)

    def sign_up_through(
        self,
        state: BrowserState,
        word: Word,
        *,
        keep: bool,
        name: str,
        email: EmailAddress,
        is_verified: bool,
        spend: Callable[[UnitOfWork], None] = lambda _: None,
    ) -> SignedIn:
        """Make an account with the word of another house, and sign in to it; see ``SignInThrough.sign_up``."""
        others, leaving = _arranged(state, None, keep=keep)
        logged_in = self._through.sign_up(
            word, name=name, email=email, is_verified=is_verified, replaces=leaving, spend=spend
        )
        return _signed_in(logged_in, others)


def _arranged(
    state: BrowserState, known: Account | None, *, keep: bool
) -> tuple[tuple[CookieHandle, ...], CookieHandle | None]:
    """The cookies that wait beside the new one, and the one whose session ends, if one must."""
    others = tuple(account.cookie for account in state.others if account is not known)
    leaving = None
    if state.current is not None and state.current is not known:
        if keep:
            others = (state.current.cookie, *others)
        else:
            leaving = state.current.cookie
    if len(others) > MOST_OTHERS:
        leaving, others = others[-1], others[:-1]
    return others, leaving


def _signed_in(logged_in: LoggedIn, others: tuple[CookieHandle, ...]) -> SignedIn:
    assert isinstance(logged_in.given, CookieHandle)  # noqa: S101 - all give cookies; told to the type checker
    return SignedIn(logged_in, logged_in.given, others)
