"""Failed attempts are counted in the database, so that all workers count together."""

import hashlib
import ipaddress
from collections.abc import Callable
from dataclasses import dataclass

from gatepass_server.domain.clock import Clock, whole_seconds
from gatepass_server.domain.errors import TooManyAttempts
from gatepass_server.store.ports import UnitOfWork


def _tell_nobody(_limit: str) -> None:
    """Where no log is kept of limits that are reached."""


@dataclass(frozen=True, slots=True)
class FailureLimits:
    """How many failures one account and one address may have in a window.

    Guesses that run at the same time cannot pass a limit together: whoever succeeds asks ``refusal`` again in the
    transaction that lets them in, and a failure beyond the limit is refused as such. So of all guesses in a window no
    more than the limit could have succeeded. Unknown e-mails are counted as known ones are.

    The methods return the refusal, rather than raise it, so that the caller's transaction keeps its counts.
    """

    clock: Clock
    per_account: int
    per_address: int
    window: int

    def refusal(
        self, uow: UnitOfWork, *, address: str, email_key: str | None = None
    ) -> TooManyAttempts | None:
        """Why the address, or the account if one is named, may not try now; None if it may. Counts nothing.

        A window that ends later than one that starts now is of a clock that was wrong: the next failure mends it.
        """
        now = whole_seconds(self.clock)
        by_address = address_key(address)
        by_account = by_address if email_key is None else _account_key(email_key)
        running = uow.throttles.peek(by_address, by_account, now=now)
        for what, key, limit in (
            ("address", by_address, self.per_address),
            ("account", by_account, self.per_account if email_key is not None else self.per_address),
        ):
            attempts = running.get(key)
            if attempts and attempts.count >= limit and attempts.resets_at <= now + self.window:
                return _refusal(what, attempts.resets_at - now)
        return None

    def count_failure(
        self,
        uow: UnitOfWork,
        *,
        email_key: str,
        address: str,
        reached: Callable[[str], None] = _tell_nobody,
    ) -> TooManyAttempts | None:
        """Count one failed log-in; the refusal if a limit had been reached before it.

        An address beyond its limit no longer uses up the attempts of accounts. ``reached`` is told ``address`` or
        ``account`` when this failure was the last that its limit allows.
        """
        now = whole_seconds(self.clock)
        by_address = uow.throttles.hit(address_key(address), window=self.window, now=now)
        if by_address.count > self.per_address:
            return _refusal("address", by_address.resets_at - now)
        if by_address.count == self.per_address:
            reached("address")
        return self.count_for_account(uow, email_key=email_key, reached=reached)

    def count_for_account(
        self, uow: UnitOfWork, *, email_key: str, reached: Callable[[str], None] = _tell_nobody
    ) -> TooManyAttempts | None:
        """Count one failure of an account alone: one that is no fault of its address, or counted there already."""
        now = whole_seconds(self.clock)
        by_account = uow.throttles.hit(_account_key(email_key), window=self.window, now=now)
        if by_account.count == self.per_account:
            reached("account")
        return (
            _refusal("account", by_account.resets_at - now) if by_account.count > self.per_account else None
        )

    def count_known_email(
        self, uow: UnitOfWork, *, address: str, reached: Callable[[str], None] = _tell_nobody
    ) -> TooManyAttempts | None:
        """Count a sign-up of an e-mail that exists: its answer tells that, so it must not be asked at will."""
        now = whole_seconds(self.clock)
        attempts = uow.throttles.hit(address_key(address), window=self.window, now=now)
        if attempts.count == self.per_address:
            reached("address")
        return _refusal("address", attempts.resets_at - now) if attempts.count > self.per_address else None

    def forget_failures(self, uow: UnitOfWork, *, email_key: str) -> None:
        """The account's owner has logged in: its failures are forgotten, those of the address are not."""
        uow.throttles.clear(_account_key(email_key))


def _refusal(what: str, seconds: int) -> TooManyAttempts:
    return TooManyAttempts(
        "There were too many failed attempts. Wait and try again.",
        retry_after=seconds,
        reason=f"limit of failures by {what} reached",
    )


def _account_key(email_key: str) -> str:
    """Digested: the table of counters must not collect the addresses that strangers type."""
    return "login:" + hashlib.sha256(email_key.encode()).hexdigest()


def address_key(address: str) -> str:
    """One IPv4 address, or one IPv6 /64: what one customer of a provider usually has."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return "address:unknown"
    if isinstance(parsed, ipaddress.IPv6Address):
        if parsed.ipv4_mapped:
            return f"address:{parsed.ipv4_mapped}"
        return f"address:{ipaddress.ip_network((int(parsed) >> 64 << 64, 64))}"
    return f"address:{parsed}"
