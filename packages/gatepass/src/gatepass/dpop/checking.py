"""Judge DPoP proofs (RFC 9449 section 4.3)."""

from __future__ import annotations

import hashlib
import inspect
import math
import time
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from gatepass import base64url, jose
from gatepass.clocks import now_of
from gatepass.dpop.claims import identifier, judge_request, judge_times
from gatepass.dpop.header import KnownHeaders, judge_header
from gatepass.dpop.replay import MemoryReplay
from gatepass.errors import (
    InvalidProofError,
    KeyFormatError,
    StatusUnavailableError,
    TokenError,
    UseNonceError,
)
from gatepass.keys import ASYMMETRIC_ALGORITHMS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from gatepass.dpop.nonces import NonceSource
    from gatepass.dpop.replay import ReplayStore
    from gatepass.keys import Key

MAX_PROOF_LENGTH: Final = 8192
"""Characters of a whole proof; one with an RSA key of 4096 bits has about 2,000."""


class Judged(NamedTuple):
    """A proof that is in order, as far as can be told without knowing which proofs were used before.

    Attributes:
        thumbprint: The RFC 7638 thumbprint of its key, to be compared with the token's ``cnf.jkt``.
        replay_key: What stands for this proof in a store: a digest of its key and ``jti``.
        until: Seconds since the epoch until which it could be used again.
        header: Its header segment.
        alg: The algorithm its header names.
        key: The key that signed it.
    """

    thumbprint: str
    replay_key: str
    until: float
    header: bytes
    alg: str
    key: Key


class DPoP:
    """Judges the proofs that come with DPoP-bound tokens.

    The order in which a request is to be judged: :meth:`judge` the proof, which asks nobody; verify the token,
    confirmed by the proof's thumbprint; then :meth:`spend` the proof. So only holders of a valid token get a place in
    the store. :meth:`check` is the first and the last step in one, for whoever knows the token to be good.

    Args:
        replay: Where used proofs are remembered; without it in the memory of this process, where each process of a
            program takes the same proof once. Several processes or machines share a store of their own.
        max_age: Seconds for which a proof is accepted after its ``iat``. ``None`` leaves its age to the nonce, for
            clients whose clocks are wrong (RFC 9449 section 11.1).
        leeway: Seconds by which ``iat`` may lie in the future, because clocks differ.
        nonces: Where nonces come from; with it every proof must hold one.
        algorithms: The accepted ``alg`` values, all with public keys.
        clock: A function that returns seconds since the epoch.

    Raises:
        ValueError: A number that is none, an algorithm that is unknown or needs a shared secret, or no limit to the
            age of a proof at all.
        TypeError: The store is asynchronous, so that its answer would never be waited for.
    """

    def __init__(
        self,
        *,
        replay: ReplayStore | None = None,
        max_age: float | None = 60,
        leeway: float = 30,
        nonces: NonceSource | None = None,
        algorithms: Sequence[str] = ASYMMETRIC_ALGORITHMS,
        clock: Callable[[], float] = time.time,
    ) -> None:
        if max_age is None and nonces is None:
            raise ValueError("max_age may only be None where nonces limit the age of proofs.")
        self._max_age = None if max_age is None else _seconds(max_age, "max_age", least=1)
        self._leeway = _seconds(leeway, "leeway", least=0)
        self._algorithms = _checked_algorithms(algorithms)
        self._replay = MemoryReplay(clock=clock) if replay is None else replay
        if inspect.iscoroutinefunction(self._replay.remember):
            raise TypeError(
                "remember must be a plain function: it is called in a thread where it might block."
            )
        self._nonces = nonces
        self._clock = clock
        self._known = KnownHeaders()

    @property
    def algorithms(self) -> tuple[str, ...]:
        """The accepted ``alg`` values: ``algs`` of a challenge, ``dpop_signing_alg_values_supported`` of metadata."""
        return self._algorithms

    @property
    def blocking(self) -> bool:
        """Whether :meth:`spend` and :meth:`check` may block; :meth:`judge` never does."""
        return getattr(self._replay, "blocking", True) is not False

    def fresh_nonce(self) -> str | None:
        """The nonce for a client's next proofs (the header ``DPoP-Nonce``); ``None`` where none are asked for."""
        return None if self._nonces is None else self._nonces.issue(now_of(self._clock))

    def check(self, proofs: Sequence[str], *, method: str, url: str, token: str | None) -> str:
        """Judge a request's proof and spend it; may block where the store does.

        Args:
            proofs: The values of all ``DPoP`` headers of the request.
            method: The HTTP method of the request.
            url: Its address as the client knows it, from the configured one and never from the ``Host`` header.
            token: The access token that came with it; ``None`` where a token is only asked for, at the token endpoint
                of an authorization server (RFC 9449 section 5).

        Returns:
            The RFC 7638 thumbprint of the proof's key. The token must be bound to it: compare it with ``cnf.jkt``.

        Raises:
            InvalidProofError: The proof is not in order, or was used before.
            UseNonceError: It lacks a nonce, or has an old one.
            StatusUnavailableError: Whether it was used before cannot be told at the moment.
        """
        judged = self.judge(proofs, method=method, url=url, token=token)
        self.spend(judged)
        return judged.thumbprint

    def judge(self, proofs: Sequence[str], *, method: str, url: str, token: str | None) -> Judged:
        """Judge everything about a proof but whether it was used before; asks nobody, and so never blocks.

        Arguments and errors are those of :meth:`check`.
        """
        now = now_of(self._clock)
        try:
            return self._judge(_only(proofs), now, method=method, url=url, token=token)
        except (InvalidProofError, UseNonceError):
            raise
        except TokenError as error:
            raise InvalidProofError(f"{error.code}: {error.reason}") from None
        except KeyFormatError as error:
            raise InvalidProofError(f"its jwk: {error}") from None

    def spend(self, judged: Judged) -> None:
        """Use a proof up; of several that try with the same one, exactly one succeeds.

        Raises:
            InvalidProofError: It was used before.
            StatusUnavailableError: The store is full or does not answer.
        """
        try:
            fresh: object = self._replay.remember(judged.replay_key, judged.until)
        except TokenError:
            raise
        except Exception as error:
            name = type(error).__name__
            raise StatusUnavailableError(f"the store of used proofs does not answer: {name}") from error
        if fresh is not True:
            raise InvalidProofError("it was used before")
        self._known.keep(judged.header, judged.alg, judged.key)

    def _judge(self, proof: str, now: float, *, method: str, url: str, token: str | None) -> Judged:
        signing_input, first, second, third = jose.split(proof)
        alg, key = self._known.recall(first) or self._read_header(first)
        claims = jose.decode_json(jose.decode_segment(second, "payload"), "payload")
        # What costs little comes first. None of it tells a stranger anything that he did not write himself.
        judge_request(claims, method=method, url=url, token=token)
        jti = identifier(claims)
        iat = judge_times(claims, now, self._leeway, self._max_age)
        limit = self._judge_nonce(claims, now)
        jose.find_signer(
            jose.Unproven(
                alg=alg,
                kid=None,
                header=first,
                signing_input=signing_input,
                payload=second,
                signature=jose.decode_segment(third, "signature"),
            ),
            [key],
        )
        if self._max_age is not None:
            limit = min(limit, iat + self._max_age)
        # The leeway is added because machines that share a store may differ in what time it is.
        return Judged(key.thumbprint, _digest(key.thumbprint, jti), limit + self._leeway, first, alg, key)

    def _read_header(self, segment: bytes) -> tuple[str, Key]:
        header = jose.decode_json(jose.decode_segment(segment, "header"), "header")
        return judge_header(header, self._algorithms)

    def _judge_nonce(self, claims: Mapping[str, Any], now: float) -> float:
        """Return until when the nonce is good; without a source of nonces there is no limit."""
        if self._nonces is None:
            return math.inf
        nonce = claims.get("nonce")
        until = self._nonces.good_until(nonce, now) if isinstance(nonce, str) else None
        if until is None:
            reason = "there is no nonce" if nonce is None else "the nonce is not one that is accepted now"
            raise UseNonceError(reason, nonce=self._nonces.issue(now))
        return until


def _only(proofs: Sequence[str]) -> str:
    """Return the only proof of a request (RFC 9449 section 4.3, rules 1 and 2)."""
    if len(proofs) != 1:
        raise InvalidProofError(f"{len(proofs)} DPoP headers, not 1")
    proof: object = proofs[0]
    if not isinstance(proof, str) or not 0 < len(proof) <= MAX_PROOF_LENGTH:
        raise InvalidProofError(f"not a proof of 1 to {MAX_PROOF_LENGTH} characters")
    if "," in proof:  # a front that joins equal headers puts a comma between them
        raise InvalidProofError("several proofs in one header")
    return proof


def _digest(thumbprint: str, jti: str) -> str:
    """One name for a proof: a ``jti`` counts for its key alone, so that no client can spend those of another."""
    return base64url.encode(hashlib.sha256(f"{thumbprint}.{jti}".encode()).digest()).decode("ascii")


def _checked_algorithms(algorithms: object) -> tuple[str, ...]:
    chosen = () if isinstance(algorithms, (str, bytes)) else tuple(algorithms)  # type: ignore[arg-type] # whatever was given is judged below
    if not chosen or not set(chosen) <= set(ASYMMETRIC_ALGORITHMS):
        raise ValueError(f"algorithms is a list of some of {', '.join(ASYMMETRIC_ALGORITHMS)}.")
    return chosen


def _seconds(value: object, name: str, *, least: int) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not least <= value < math.inf:
        raise ValueError(f"{name} is a number of seconds, {least} or more.")
    return value
