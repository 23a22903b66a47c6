"""A device asks to be let in (RFC 8628 section 3.1)."""

from collections.abc import Callable

from gatepass_server.accounts.limits import address_key
from gatepass_server.crypto.handles import digest, new_handle
from gatepass_server.crypto.user_codes import new_user_code, user_code_digest
from gatepass_server.domain.clients import Client
from gatepass_server.domain.clock import Clock, whole_seconds
from gatepass_server.domain.device_codes import DeviceCode
from gatepass_server.domain.errors import TooManyAttempts
from gatepass_server.domain.grants import CodeTerms, Terms
from gatepass_server.domain.secret import Secret
from gatepass_server.protocol.client_authentication import ClientAuthenticator
from gatepass_server.protocol.errors import UnauthorizedClient
from gatepass_server.protocol.grants.device_code import GRANT_TYPE
from gatepass_server.protocol.messages import ProtocolRequest, ProtocolResponse
from gatepass_server.protocol.resources import asked_resources
from gatepass_server.protocol.scopes import OFFLINE_ACCESS, granted_to
from gatepass_server.store.ports import Store

PREFIX = "gp_dc_"
USER_CODES_KEY = "user codes"
"""The house secret under which user codes are kept."""

PAGE = "/device"
LIFETIME = 600
"""Seconds in which a person must have decided: short, since a code that travels is a code for phishing (RFC 10027)."""

INTERVAL = 5
_STARTS = 60
"""Codes that one address may have in ten minutes: the fewer there are, the less is there to guess."""

_PRUNED = 3
_KEPT = 3600


class DeviceRequests:
    """Gives a device its code, and the one that a person types elsewhere."""

    def __init__(
        self,
        authenticator: ClientAuthenticator,
        store: Store,
        house_secrets: Callable[[str], bytes],
        clock: Clock,
        *,
        issuer: str,
    ) -> None:
        self._authenticator = authenticator
        self._store = store
        self._house_secrets = house_secrets
        self._clock = clock
        self._page = issuer.rstrip("/") + PAGE

    def __call__(self, request: ProtocolRequest) -> ProtocolResponse:
        """Answer a request (section 3.2). ``verification_uri_complete`` fills the code in; the person confirms it.

        Raises:
            InvalidClient: the program has not proved who it is.
            UnauthorizedClient: it is not registered for this grant.
            InvalidScope, InvalidTarget: it may not have what it asks for.
            TooManyAttempts: too many were begun from its address.
        """
        client = self._authenticator.authenticate(request)
        if not client.may_use(GRANT_TYPE):
            raise UnauthorizedClient("The client is not registered for the device grant (RFC 8628).")
        handle, user_code = self._keep(client, request)
        return ProtocolResponse(
            200,
            {
                "device_code": handle.reveal(),
                "user_code": user_code.reveal(),
                "verification_uri": self._page,
                "verification_uri_complete": f"{self._page}?user_code={user_code.reveal()}",
                "expires_in": LIFETIME,
                "interval": INTERVAL,
            },
        )

    def _keep(self, client: Client, request: ProtocolRequest) -> tuple[Secret, Secret]:
        terms = _terms(client, request)
        key = self._house_secrets(USER_CODES_KEY)
        handle = new_handle(PREFIX)
        now = whole_seconds(self._clock)
        with self._store.write(durable=False) as uow:  # a power cut may forget it: the device begins anew
            started = uow.throttles.hit(f"device:{address_key(request.address)}", window=LIFETIME, now=now)
            while started.count <= _STARTS:
                user_code = new_user_code()
                code = DeviceCode(
                    digest=digest(handle.reveal()),
                    user_code_digest=user_code_digest(user_code, key),
                    client_id=client.id,
                    terms=terms,
                    address=request.address,
                    created_at=now,
                    expires_at=now + LIFETIME,
                    poll_interval=INTERVAL,
                )
                if uow.device_codes.add(code):  # but for a user code that somebody else has
                    uow.device_codes.prune(now - _KEPT, limit=_PRUNED)
                    return handle, user_code
        raise TooManyAttempts(
            "Too many devices asked from this address. Wait and try again.",
            retry_after=started.resets_at - now,
            reason="limit of device codes by address reached",
        )


def _terms(client: Client, request: ProtocolRequest) -> CodeTerms:
    scope = granted_to(client, request.form.get("scope"))
    return CodeTerms(
        scope=scope,
        terms=Terms(audience=asked_resources(client, request.form)),
        offline=OFFLINE_ACCESS in scope.split() and client.may_use("refresh_token"),
    )
