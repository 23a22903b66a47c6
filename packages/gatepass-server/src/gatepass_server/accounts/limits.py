"""Failed attempts are counted in the database, so that all workers count together."""

import hashlib
import ipaddress
from dataclasses import dataclass

from gatepass_server.domain.clock import Clock, whole_seconds
from gatepass_server.domain.errors import TooManyAttempts
from gatepass_server.store.ports import UnitOfWork

_PRUNE_BATCH = 10


@dataclass(frozen=True, slots=True)
class FailureLimits:
    """How many failures one account and one address may have in a window.

    An attempt is counted before its password is looked at and taken back when it succeeds, so that attempts that
    run at the same time cannot pass the limit together. Unknown e-mails are counted as known ones are.
    """

    clock: Clock
    per_account: int
    per_address: int
    window: int

    def count_attempt(self, uow: UnitOfWork, *, email_key: str, address: str) -> TooManyAttempts | None:
        """Count one attempt against both limits.

        Returns the refusal, rather than raising it, so that the caller's transaction keeps the count.
        """
        now = whole_seconds(self.clock)
        by_address = uow.throttles.hit(_address_key(address), window=self.window, now=now)
        if by_address.count > self.per_address:
            return _refusal("address", by_address.resets_at - now)
        by_account = uow.throttles.hit(_account_key(email_key), window=self.window, now=now)
        if by_address.count == 1:  # last: whoever holds the rows that it deletes must wait for nobody
            uow.throttles.prune(now, limit=_PRUNE_BATCH)
        if by_account.count > self.per_account:
            return _refusal("account", by_account.resets_at - now)
        return None

    def count_known_email(self, uow: UnitOfWork, *, address: str) -> TooManyAttempts | None:
        """Count a sign-up of an e-mail that exists: its answer tells that, so it must not be asked at will."""
        now = whole_seconds(self.clock)
        attempts = uow.throttles.hit(_address_key(address), window=self.window, now=now)
        return _refusal("address", attempts.resets_at - now) if attempts.count > self.per_address else None

    def take_back(self, uow: UnitOfWork, *, email_key: str, address: str) -> None:
        """The attempt succeeded: the account starts afresh, the address is back where it was.

        The rows are locked in the order in which attempts lock them, so that log-ins do not wait for one another.
        """
        uow.throttles.forgive(_address_key(address))
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


def _address_key(address: str) -> str:
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
