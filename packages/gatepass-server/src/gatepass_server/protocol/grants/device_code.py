"""A device code for tokens (RFC 8628 section 3.4)."""

from typing import Any

from authlib.oauth2.rfc8628 import DeviceCodeGrant

from gatepass_server.audit.log import Pen
from gatepass_server.crypto.handles import digest
from gatepass_server.domain.audit import ANONYMOUS, EventKind
from gatepass_server.domain.clock import Clock, whole_seconds
from gatepass_server.domain.device_codes import DeviceCode as Code
from gatepass_server.domain.errors import InvalidGrant
from gatepass_server.protocol.authlib_client import AuthlibClient
from gatepass_server.protocol.granted import TokenAnswers
from gatepass_server.protocol.redemption import Approval, Redemption
from gatepass_server.protocol.server import ProtocolServer, TokenRequest
from gatepass_server.store.ports import Later, Store, UnitOfWork

GRANT_TYPE = "urn:ietf:params:oauth:grant-type:device_code"
SLOWER_BY = 5
"""Seconds by which the interval grows with each ``slow_down`` (RFC 8628 section 3.5)."""

_INVALID = "The device code is not valid. Begin anew."


class PresentedDeviceCode:
    """A device code as Authlib's grant reads it."""

    def __init__(self, code: Code, now: int) -> None:
        self.code = code
        self._now = now

    def get_client_id(self) -> str:
        """Whose it is."""
        return self.code.client_id

    def get_scope(self) -> str:
        """What was asked for."""
        return self.code.terms.scope

    def get_user_code(self) -> Code:
        """What a person's decision is found by: it is kept with the code."""
        return self.code

    def is_expired(self) -> bool:
        """Whether it is too late."""
        return self.code.expires_at <= self._now


class DeviceCode(DeviceCodeGrant):  # type: ignore[misc]  # Authlib has no types
    """Authlib's grant: here a code is spent by one atomic statement, before anything is minted."""

    def __init__(
        self,
        request: TokenRequest,
        server: ProtocolServer,
        *,
        store: Store,
        clock: Clock,
        redemption: Redemption,
        answers: TokenAnswers,
    ) -> None:
        super().__init__(request, server)
        self._store = store
        self._clock = clock
        self._redeem = redemption
        self._answers = answers

    def authenticate_token_endpoint_client(self) -> AuthlibClient:
        """The program that asks; known before its code is looked for."""
        client: AuthlibClient = super().authenticate_token_endpoint_client()
        self.request.client = client
        return client

    def query_device_credential(self, device_code: str) -> PresentedDeviceCode:
        """The code, if it is this client's."""
        with self._store.look() as uow:
            found = uow.device_codes.find(digest(device_code))
        if found is None or found.client_id != self.request.client.client.id:
            raise InvalidGrant(_INVALID, reason="unknown code" if found is None else "another client's code")
        return PresentedDeviceCode(found, whole_seconds(self._clock))

    def query_user_grant(self, user_code: Code) -> tuple[Any, bool] | None:
        """What a person decided: what makes the answer, once the code is spent; None where they have not yet."""
        if user_code.decided_at is None:
            return None
        if user_code.session_id is None:
            return None, False
        self._answers.signer(self.request.client.client)
        approval = _approval(user_code, user_code.session_id)
        granted = self._redeem(
            approval, self.request.client.client, self.request.message, self.request.possession
        )
        return (lambda: self._answers(granted)), True

    def should_slow_down(self, credential: PresentedDeviceCode) -> bool:
        """Whether it asked too soon; it must wait for longer then, whichever worker it asks next."""
        with self._store.write(durable=False) as uow:
            now = whole_seconds(self._clock)
            return not uow.device_codes.poll(credential.code.digest, now=now, slower_by=SLOWER_BY)


def _approval(code: Code, session_id: str) -> Approval:
    def spend(uow: UnitOfWork, _session_id: str, now: int) -> Later[bool]:
        return uow.device_codes.consume(code.digest, now=now)

    def replayed(uow: UnitOfWork, pen: Pen, _now: int) -> None:
        """The device holds its code for minutes and may ask twice: a second answer is refused, and told."""
        kind = EventKind.CODE_REPLAYED
        pen.note(uow, kind, actor=ANONYMOUS, session_id=session_id, client_id=code.client_id)

    return Approval(session_id=session_id, terms=code.terms, spend=spend, replayed=replayed)
