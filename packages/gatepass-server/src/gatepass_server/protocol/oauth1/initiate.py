"""Temporary credentials (RFC 5849 section 2.1)."""

from typing import Final
from urllib.parse import urlencode

from gatepass_server.crypto.handles import digest, new_handle
from gatepass_server.crypto.signing_secrets import credentials_secret
from gatepass_server.domain.clients import Client
from gatepass_server.domain.clock import Clock, whole_seconds
from gatepass_server.domain.oauth1 import OUT_OF_BAND, TemporaryCredentials
from gatepass_server.domain.redirect_uris import matches
from gatepass_server.protocol.messages import ProtocolResponse
from gatepass_server.protocol.oauth1.messages import SignedMessage
from gatepass_server.protocol.oauth1.problems import ParameterRejected
from gatepass_server.protocol.oauth1.signed_requests import SignedRequests
from gatepass_server.store.ports import Store

FORM: Final = "application/x-www-form-urlencoded"
LIFETIME: Final = 600
"""Seconds for the person to answer, and for the program to exchange what it got."""

_PREFIX: Final = "gp_ot_"
_PRUNED: Final = 3
_KEPT: Final = 3600
"""Seconds after their end for which they are kept, so that the log can tell what became of them."""


class Initiate:
    """Gives temporary credentials to a program that says where the person is to be sent back to."""

    def __init__(self, store: Store, signed: SignedRequests, clock: Clock) -> None:
        self._store = store
        self._signed = signed
        self._clock = clock

    def __call__(self, message: SignedMessage) -> ProtocolResponse:
        """200 with the credentials.

        Raises:
            Problem: the request does not hold, or the callback is not registered.
        """
        request = self._signed.read(message)
        callback = request.needed("oauth_callback")
        if request.token:
            raise ParameterRejected("Temporary credentials are asked for without an oauth_token.")
        client = self._signed.by_client(request)
        if not may_come_back_to(client, callback):
            raise ParameterRejected(
                "The oauth_callback is not registered for this program.",
                reason=f"{callback!r} is none of {client.metadata.redirect_uris}",
            )
        token = new_handle(_PREFIX).reveal()
        now = whole_seconds(self._clock)
        credentials = TemporaryCredentials(
            digest=digest(token),
            client_id=client.id,
            callback=callback,
            created_at=now,
            expires_at=now + LIFETIME,
        )
        with self._store.write(durable=False) as uow:  # a power cut may forget them: the program begins anew
            uow.oauth1.add_temporary(credentials)
            uow.oauth1.prune_temporary(now - _KEPT, limit=_PRUNED)
        return answer_with(token, self._signed.key(), oauth_callback_confirmed="true")


def answer_with(token: str, key: bytes, **more: str) -> ProtocolResponse:
    """Credentials, as a form."""
    told = {"oauth_token": token, "oauth_token_secret": credentials_secret(token, key).reveal(), **more}
    return ProtocolResponse(200, urlencode(told), media_type=FORM)


def may_come_back_to(client: Client, callback: str) -> bool:
    """Callbacks are compared as redirect URIs are; without any, the person types the verifier."""
    return any(matches(known, callback) for known in client.metadata.redirect_uris or (OUT_OF_BAND,))
