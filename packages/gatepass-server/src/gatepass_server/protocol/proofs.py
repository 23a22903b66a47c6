"""What callers of the token endpoint prove to hold: a key by a DPoP proof, a certificate by their connection."""

import math
from collections.abc import Callable

from gatepass.dpop import DPoP, Nonces
from gatepass.errors import InvalidProofError, StatusUnavailableError, TokenError, UseNonceError
from gatepass_server.crypto.handles import digest
from gatepass_server.domain.clients import FAPI_ALGORITHMS, Client
from gatepass_server.domain.clock import Clock, whole_seconds
from gatepass_server.domain.errors import Busy
from gatepass_server.domain.possession import Possession
from gatepass_server.protocol.client_certificates import read_certificate
from gatepass_server.protocol.errors import InvalidDpopProof, InvalidRequest, UseDpopNonce
from gatepass_server.protocol.messages import ProtocolRequest
from gatepass_server.store.ports import Store

NONCES_KEY = "dpop nonces"
"""The house secret that nonces are made of, so that every process takes those of every other."""


class SpentProofs:
    """The library's ``ReplayStore``, for all processes of the house."""

    blocking = True

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    def remember(self, key: str, until: float) -> bool:
        """See ``ReplayStore.remember``."""
        # A power cut may forget the last ones: these end in two minutes.
        with self._store.write(durable=False) as uow:
            return uow.spent_identifiers.spend(
                digest(f"dpop proof {key}"), expires_at=math.ceil(until) + 1, now=whole_seconds(self._clock)
            )


class HouseNonces:
    """The library's ``NonceSource``; the secret is read at the first use, when the house stands."""

    def __init__(self, house_secrets: Callable[[str], bytes]) -> None:
        self._house_secrets = house_secrets
        self._nonces: Nonces | None = None

    def issue(self, now: float) -> str:
        """See ``NonceSource.issue``."""
        return self._made().issue(now)

    def good_until(self, nonce: str, now: float) -> float | None:
        """See ``NonceSource.good_until``."""
        return self._made().good_until(nonce, now)

    def _made(self) -> Nonces:
        if self._nonces is None:
            self._nonces = Nonces(self._house_secrets(NONCES_KEY))
        return self._nonces


class Proofs:
    """Judges what a request proves beside who the client is.

    Args:
        nonces: whether every proof must hold a nonce, and not those of some clients alone.
    """

    def __init__(
        self, store: Store, house_secrets: Callable[[str], bytes], clock: Clock, *, nonces: bool
    ) -> None:
        spent = SpentProofs(store, clock)
        source = HouseNonces(house_secrets)
        self._fresh = DPoP(replay=spent, nonces=source, clock=clock)
        self._plain = self._fresh if nonces else DPoP(replay=spent, clock=clock)

    @property
    def usual(self) -> DPoP:
        """What judges the proofs of clients of which nothing special is known."""
        return self._plain

    @property
    def algorithms(self) -> tuple[str, ...]:
        """As the metadata name them."""
        return self._plain.algorithms

    def possession(self, request: ProtocolRequest, client: Client) -> Possession:
        """What the tokens of this request are to be bound to; a proof is spent.

        Raises:
            InvalidDpopProof, UseDpopNonce: the proof is not in order, or missing and needed.
            InvalidRequest: a certificate is missing and needed.
        """
        metadata = client.metadata
        jkt = self.key(request, client)
        if metadata.dpop_bound_access_tokens and not jkt:
            raise InvalidDpopProof(
                "This client sends a DPoP proof with every token request (RFC 9449 section 5)."
            )
        x5t = ""
        if metadata.tls_client_certificate_bound_access_tokens:
            if not request.certificate:
                raise InvalidRequest("This client shows a certificate when it connects (RFC 8705 section 3).")
            x5t = read_certificate(request.certificate).thumbprint
        return Possession(jkt=jkt, x5t=x5t)

    def key(self, request: ProtocolRequest, client: Client) -> str:
        """The thumbprint of the key that the request's proof is signed with; empty where it has no proof.

        Raises:
            InvalidDpopProof, UseDpopNonce: the proof is not in order.
        """
        if not request.proofs:
            return ""
        dpop = self._for(client)
        try:
            judged = dpop.judge(request.proofs, method=request.method, url=request.url, token=None)
            if client.metadata.is_fapi and judged.alg not in FAPI_ALGORITHMS:
                raise InvalidProofError(f"alg {judged.alg} is none of FAPI 2.0")
            dpop.spend(judged)
        except UseNonceError as error:
            raise UseDpopNonce(error.sentence, reason=error.reason, nonce=error.nonce) from None
        except StatusUnavailableError as error:
            raise Busy("Proofs cannot be judged at the moment.", retry_after=error.retry_after) from None
        except TokenError as error:
            raise InvalidDpopProof(error.sentence, reason=error.reason) from None
        return judged.thumbprint

    def next_nonce(self, request: ProtocolRequest, client: Client) -> str | None:
        """What the next proof must hold (RFC 9449 section 8.2), where this one had to hold one."""
        return self._for(client).fresh_nonce() if request.proofs else None

    def _for(self, client: Client) -> DPoP:
        return self._fresh if client.metadata.require_dpop_nonce else self._plain
