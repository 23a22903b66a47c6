"""Whether a request is signed by a program that is known, now, and for the first time (RFC 5849 section 3.2)."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final, Generic, TypeVar

import msgspec
from authlib.oauth1.rfc5849.base_server import BaseServer
from authlib.oauth1.rfc5849.errors import InvalidSignatureError

from gatepass_server.accounts.clients import SIGNING_KEY
from gatepass_server.crypto.handles import digest
from gatepass_server.domain.clients import Client
from gatepass_server.domain.clock import Clock, whole_seconds
from gatepass_server.protocol.oauth1.messages import SignedMessage
from gatepass_server.protocol.oauth1.problems import (
    NonceUsed,
    ParameterAbsent,
    ParameterRejected,
    SignatureInvalid,
    SignatureMethodRejected,
    TimestampRefused,
)
from gatepass_server.protocol.oauth1.request import SignedRequest
from gatepass_server.protocol.oauth1.signatures import METHODS, PLAINTEXT
from gatepass_server.protocol.oauth1.signers import SigningClient, SigningCredentials
from gatepass_server.store.ports import Store, UnitOfWork

WINDOW: Final = 300
"""Seconds by which a timestamp may lie before or after now."""

_KEPT_LONGER: Final = 60
"""Seconds: the clock of another process may be ahead, and it forgets what is over."""

LONGEST_NONCE: Final = 128
_DIGITS: Final = 12

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Signed(Generic[T]):
    """A request that holds.

    Attributes:
        client: Who signed it.
        token: The text of the credentials that it is signed with beside those of the program.
        request: It.
        found: What is known of those credentials.
    """

    client: Client
    token: str = field(repr=False)
    request: SignedRequest
    found: T


class SignedRequests(BaseServer):  # type: ignore[misc]  # Authlib has no types
    """Checks them: form, time, signature, and then whether it came before.

    A nonce is spent after the signature was found right, so that nobody uses up what others will send; and only then
    anything is told of programs and credentials.

    Args:
        plaintext: whether the method PLAINTEXT is taken: everything that reaches the server is encrypted.
    """

    SIGNATURE_METHODS = METHODS

    def __init__(
        self, store: Store, house_secrets: Callable[[str], bytes], clock: Clock, *, plaintext: bool
    ) -> None:
        self.SUPPORTED_SIGNATURE_METHODS = [name for name in METHODS if plaintext or name != PLAINTEXT]
        self._store = store
        self._house_secrets = house_secrets
        self._clock = clock

    def key(self) -> bytes:
        """The house secret of which the secrets of programs and credentials are made."""
        return self._house_secrets(SIGNING_KEY)

    def read(self, message: SignedMessage) -> SignedRequest:
        """The request, as far as it can be judged without knowing anybody.

        Raises:
            Problem: a parameter is missing, sent twice or cannot be read, or it is not of now.
        """
        request = SignedRequest(message)
        if request.signature_method not in self.SUPPORTED_SIGNATURE_METHODS:
            raise SignatureMethodRejected(
                f"The signature method must be one of {', '.join(self.SUPPORTED_SIGNATURE_METHODS)}."
            )
        self._moment(request)
        return request

    def by_client(self, request: SignedRequest) -> Client:
        """The program that signed a request from ``read`` with its own credentials alone.

        Raises:
            SignatureInvalid: it is not known, or the signature is not its.
            NonceUsed: the request came before.
        """
        with self._store.read() as uow:
            client = uow.clients.by_id(request.client_id)
        signer = self._signer(request, client)
        if signer is None:
            raise SignatureInvalid(reason="unknown program")
        self._spend_nonce(request)
        return signer

    def with_credentials(
        self, request: SignedRequest, find: Callable[[UnitOfWork, bytes], tuple[str, T] | None]
    ) -> Signed[T]:
        """Who signed a request from ``read`` with temporary or token credentials, too.

        Args:
            request: it.
            find: finds the credentials by the digest of their text, and whose they are.

        Raises:
            ParameterAbsent: there is no ``oauth_token``.
            SignatureInvalid: the program or the credentials are not known, or the signature is not theirs.
            NonceUsed: the request came before.
        """
        token = request.needed("oauth_token")
        with self._store.read() as uow:
            client = uow.clients.by_id(request.client_id)
            found = find(uow, digest(token))
        request.credential = SigningCredentials(token, self.key())
        signer = self._signer(request, client)
        if signer is None or found is None or found[0] != signer.id:
            raise SignatureInvalid(reason="unknown program, or unknown or another program's credentials")
        self._spend_nonce(request)
        return Signed(signer, token, request, found[1])

    def _signer(self, request: SignedRequest, client: Client | None) -> Client | None:
        """The program, if it is known and may sign so; the signature is checked whether it is or not."""
        signing = SigningClient(client, request.client_id, self.key())
        request.client = signing
        try:
            self.validate_oauth_signature(request)
        except InvalidSignatureError:
            raise SignatureInvalid(reason=f"wrong signature of {request.client_id!r}") from None
        return signing.client

    def _moment(self, request: SignedRequest) -> int | None:
        """The timestamp (section 3.3); with PLAINTEXT, which signs neither, it and the nonce may be left out."""
        timestamp, nonce = (request.oauth_params.get(name) for name in ("oauth_timestamp", "oauth_nonce"))
        if request.signature_method == PLAINTEXT and not timestamp and not nonce:
            return None
        if not timestamp or not nonce:
            raise ParameterAbsent("The parameters oauth_timestamp and oauth_nonce are needed.")
        if not (timestamp.isascii() and timestamp.isdecimal() and len(timestamp) <= _DIGITS):
            raise ParameterRejected("oauth_timestamp is a number of seconds (RFC 5849 section 3.3).")
        if len(nonce) > LONGEST_NONCE:
            raise ParameterRejected(f"oauth_nonce has {LONGEST_NONCE} characters at most.")
        moment, now = int(timestamp), whole_seconds(self._clock)
        if abs(now - moment) > WINDOW:
            raise TimestampRefused(
                f"oauth_timestamp must lie between {now - WINDOW} and {now + WINDOW}: set the program's clock."
            )
        return moment

    def _spend_nonce(self, request: SignedRequest) -> None:
        """Unique for a program, its credentials and a timestamp, in all processes (section 3.3)."""
        moment = self._moment(request)
        if moment is None:
            return
        named = (
            "oauth1",
            request.client_id,
            request.token or "",
            moment,
            request.oauth_params["oauth_nonce"],
        )
        spent = hashlib.sha256(msgspec.json.encode(named)).digest()
        now = whole_seconds(self._clock)
        with self._store.write(durable=False) as uow:
            fresh = uow.spent_identifiers.spend(spent, expires_at=moment + WINDOW + _KEPT_LONGER, now=now)
        if not fresh:
            raise NonceUsed("This request came before: each needs a nonce of its own.")
