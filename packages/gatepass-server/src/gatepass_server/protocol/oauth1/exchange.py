"""Token credentials for temporary ones (RFC 5849 section 2.3)."""

from typing import Final

from gatepass_server.audit.log import Pen
from gatepass_server.crypto.handles import digest, new_handle
from gatepass_server.crypto.signing_secrets import verifier_digest
from gatepass_server.crypto.user_codes import read_user_code
from gatepass_server.domain.audit import EventKind, client_actor
from gatepass_server.domain.clock import Clock, whole_seconds
from gatepass_server.domain.errors import InvalidGrant
from gatepass_server.domain.oauth1 import OUT_OF_BAND, TemporaryCredentials, TokenCredentials
from gatepass_server.domain.possession import NOTHING_PROVED
from gatepass_server.protocol.messages import ProtocolRequest, ProtocolResponse
from gatepass_server.protocol.oauth1.initiate import answer_with
from gatepass_server.protocol.oauth1.messages import SignedMessage
from gatepass_server.protocol.oauth1.problems import PermissionUnknown, TokenRejected
from gatepass_server.protocol.oauth1.signed_requests import Signed, SignedRequests
from gatepass_server.protocol.redemption import Approval, Redemption
from gatepass_server.store.ports import Later, UnitOfWork

MOST_MISSES: Final = 5
"""Wrong verifiers after which temporary credentials are worth nothing: some are short, since people type them."""

_PREFIX: Final = "gp_oa_"
_OVER: Final = (
    "The temporary credentials were used, are over, or the verifier is not theirs. Start the sign-in anew."
)


class ExchangeCredentials:
    """Makes the grant of what a person approved, and the credentials that it is used with."""

    def __init__(self, signed: SignedRequests, redemption: Redemption, clock: Clock) -> None:
        self._signed = signed
        self._redeem = redemption
        self._clock = clock

    def __call__(self, message: SignedMessage) -> ProtocolResponse:
        """200 with token credentials.

        Raises:
            Problem: the request does not hold, or the temporary credentials are worth nothing (any more).
        """
        request = self._signed.read(message)
        verifier = request.needed("oauth_verifier")
        signed = self._signed.with_credentials(request, _temporary)
        token = new_handle(_PREFIX).reveal()
        approval = self._approval(signed, verifier, token)
        try:
            self._redeem(
                approval,
                signed.client,
                ProtocolRequest(
                    method=message.method,
                    url=message.url,
                    address=message.address,
                    request_id=message.request_id,
                ),
                NOTHING_PROVED,
            )
        except InvalidGrant as error:
            raise TokenRejected(_OVER, reason=error.reason) from None
        return answer_with(token, self._signed.key())

    def _approval(self, signed: Signed[TemporaryCredentials], verifier: str, token: str) -> Approval:
        waiting, client = signed.found, signed.client
        is_over = waiting.consumed_at is not None or waiting.expires_at <= whole_seconds(self._clock)
        if (
            is_over or waiting.misses >= MOST_MISSES
        ):  # to redeem is to use the sign-in, which would go on for that
            raise TokenRejected(_OVER, reason="spent, refused by the person, guessed at, or over")
        if waiting.session_id is None or waiting.terms is None:
            raise PermissionUnknown("Nobody has answered yet.")
        typed = read_user_code(verifier) if waiting.callback == OUT_OF_BAND else None
        proof = verifier_digest(typed.reveal() if typed else verifier, signed.token, self._signed.key())

        def spend(uow: UnitOfWork, _session_id: str, now: int) -> Later[bool]:
            return uow.oauth1.consume(waiting.digest, verifier=proof, most_misses=MOST_MISSES, now=now)

        def missed(uow: UnitOfWork, pen: Pen, now: int) -> None:
            """Guesses come here one after the other: each holds the row of the sign-in (see ``Redemption``)."""
            found = uow.oauth1.temporary(waiting.digest)
            if found is None or found.consumed_at is not None or found.expires_at <= now:
                return
            if uow.oauth1.miss(waiting.digest) == MOST_MISSES:
                pen.note(
                    uow,
                    EventKind.ATTEMPTS_LIMITED,
                    actor=client_actor(client.id),
                    client_id=client.id,
                    limit="verifier",
                )

        def along(uow: UnitOfWork, session_id: str, now: int) -> None:
            uow.oauth1.add_token(
                TokenCredentials(
                    digest=digest(token), session_id=session_id, client_id=client.id, created_at=now
                )
            )

        return Approval(
            session_id=waiting.session_id,
            terms=waiting.terms,
            spend=spend,
            replayed=missed,
            along=along,
        )


def _temporary(uow: UnitOfWork, key: bytes) -> tuple[str, TemporaryCredentials] | None:
    found = uow.oauth1.temporary(key)
    return None if found is None else (found.client_id, found)
