"""A person lets a device in (RFC 8628 section 3.3). The page ``/device`` asks here.

Whoever sends somebody a code, and talks them into typing it, gets their account (RFC 8628 section 5.4, RFC 10027). So a
code is short-lived and good once, guesses are counted by person and by address, an address never answers for the
person, and what they are shown before they answer is which program asks, from where, and since when.
"""

from collections.abc import Callable
from dataclasses import dataclass

from gatepass_server.accounts.limits import address_key
from gatepass_server.audit.log import AuditLog
from gatepass_server.crypto.user_codes import read_user_code, user_code_digest
from gatepass_server.domain.audit import EventKind, user_actor
from gatepass_server.domain.clients import Client
from gatepass_server.domain.clock import Clock, whole_seconds
from gatepass_server.domain.device_codes import DeviceCode
from gatepass_server.domain.errors import NotFound, TooManyAttempts
from gatepass_server.protocol.client_directory import ClientDirectory
from gatepass_server.protocol.device_requests import USER_CODES_KEY
from gatepass_server.protocol.grants.device_code import GRANT_TYPE
from gatepass_server.store.ports import LiveSession, Store, UnitOfWork

WINDOW = 600
MOST_BY_PERSON = 20
MOST_BY_ADDRESS = 60
"""Codes that may be typed in ten minutes, right or wrong: among a million that wait, one try in 25,000 is a hit."""

_UNKNOWN = "No device is waiting with this code. Check it, or get a new one on the device."


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingDevice:
    """What a person must know before they let a device in. Times are whole seconds since the epoch.

    Attributes:
        user_code: As the device shows it: the person compares.
        client: What runs on it.
        scopes: What it asks for.
        audience: Where its tokens are to be good; empty means the house's own APIs.
        address: The IP address that it asked from.
        started_at: When it did.
        expires_at: When it is too late.
        is_offline: Whether its access outlives the sign-in.
    """

    user_code: str
    client: Client
    scopes: tuple[str, ...]
    audience: tuple[str, ...]
    address: str
    started_at: int
    expires_at: int
    is_offline: bool


class DeviceAuthorization:
    """Finds devices by what somebody typed, and notes what they decide.

    ``live`` is the sign-in of who types, ``address`` where they do; ``request_id`` is for the audit log.
    """

    def __init__(
        self,
        store: Store,
        directory: ClientDirectory,
        house_secrets: Callable[[str], bytes],
        clock: Clock,
        audit: AuditLog,
    ) -> None:
        self._store = store
        self._directory = directory
        self._house_secrets = house_secrets
        self._clock = clock
        self._audit = audit

    def find_by_user_code(self, typed: str, live: LiveSession, *, address: str = "") -> WaitingDevice:
        """The device that waits with this code: what to show before the person answers.

        Raises:
            NotFound: there is none.
            TooManyAttempts: too many codes were typed.
        """
        key = self._house_secrets(USER_CODES_KEY)
        with self._store.write(durable=False) as uow:
            refusal = self._count(uow, live, address)
            code = None if refusal else self._waiting(uow, typed, key)
        if refusal is not None:
            raise refusal
        client = None if code is None else self._directory.find(code.client_id)
        shown = read_user_code(typed)
        if code is None or shown is None or client is None or not client.may_use(GRANT_TYPE):
            raise NotFound(_UNKNOWN)
        return WaitingDevice(
            user_code=shown.reveal(),
            client=client,
            scopes=tuple(code.terms.scope.split()),
            audience=code.terms.terms.audience,
            address=code.address,
            started_at=code.created_at,
            expires_at=code.expires_at,
            is_offline=code.terms.offline,
        )

    def approve(self, typed: str, live: LiveSession, *, address: str = "", request_id: str = "") -> None:
        """Let the device in, in the name of the owner of this sign-in. It is for this device, and not remembered.

        Raises:
            NotFound: no device waits with this code, or somebody has answered already.
            TooManyAttempts: too many codes were typed.
        """
        self._decide(typed, live, allowed=True, address=address, request_id=request_id)

    def deny(self, typed: str, live: LiveSession, *, address: str = "", request_id: str = "") -> None:
        """Refuse the device.

        Raises:
            NotFound, TooManyAttempts: see ``approve``.
        """
        self._decide(typed, live, allowed=False, address=address, request_id=request_id)

    def _decide(self, typed: str, live: LiveSession, *, allowed: bool, address: str, request_id: str) -> None:
        key = self._house_secrets(USER_CODES_KEY)
        pen = self._audit.pen(address=address, request_id=request_id)
        now = whole_seconds(self._clock)
        with self._store.write() as uow:
            refusal = self._count(uow, live, address)
            code = None if refusal else self._waiting(uow, typed, key)
            session_id = live.session.id if allowed else None
            decided = code is not None and uow.device_codes.decide(
                code.user_code_digest, session_id=session_id, now=now
            )
            if code is not None and decided:
                pen.note(
                    uow,
                    EventKind.DEVICE_DECIDED,
                    actor=user_actor(live.user.id),
                    user_id=live.user.id,
                    session_id=live.session.id,
                    client_id=code.client_id,
                    answer="allowed" if allowed else "denied",
                    scope=code.terms.scope,
                    device_address=code.address,
                )
        if refusal is not None:
            raise refusal
        if not decided:
            raise NotFound(_UNKNOWN)

    def _waiting(self, uow: UnitOfWork, typed: str, key: bytes) -> DeviceCode | None:
        shown = read_user_code(typed)
        code = None if shown is None else uow.device_codes.by_user_code(user_code_digest(shown, key))
        if code is None or code.decided_at is not None or code.expires_at <= whole_seconds(self._clock):
            return None
        return code

    def _count(self, uow: UnitOfWork, live: LiveSession, address: str) -> TooManyAttempts | None:
        """Count a code that was typed, right or wrong, so that guesses at the same time pass no limit together."""
        now = whole_seconds(self._clock)
        for key, most in (
            (f"user-code:user:{live.user.id}", MOST_BY_PERSON),
            (f"user-code:{address_key(address)}", MOST_BY_ADDRESS),
        ):
            attempts = uow.throttles.hit(key, window=WINDOW, now=now)
            if attempts.count > most:
                return TooManyAttempts(
                    "Too many codes were typed. Wait and try again.",
                    retry_after=attempts.resets_at - now,
                    reason=f"limit of user codes reached: {key.partition(':')[2].partition(':')[0]}",
                )
        return None
