"""Check access tokens: :class:`Verifier`."""

from __future__ import annotations

import hashlib
import time
from typing import TYPE_CHECKING, Any, Final, Self

from gatepass import jose
from gatepass.checks import CLAIM_CHECKS, apply_all
from gatepass.clocks import now_of
from gatepass.explain import Explanation, explain
from gatepass.jwk import keys_from_jwks
from gatepass.key_files import load_key
from gatepass.memory import Memory, Remembered
from gatepass.offload import Offload
from gatepass.principal import Principal
from gatepass.rules import ACCESS_TOKEN_TYPES, make_rules, not_text
from gatepass.shared_secret import SECRET_ALGORITHMS, secret_key
from gatepass.sources import FetchingKeySource, KeySource, NamedKeys, PinnedKeys

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Iterable, Mapping, Sequence

CACHE_SIZE: Final = 1024
"""Verified tokens remembered by default; about 2 kB each."""


class Verifier:
    """Checks access tokens of one issuer. Safe to share between threads and tasks; make it once.

    A token must be a JWS in compact form of at most 16,384 characters, signed with an allowed algorithm by a
    key of the issuer that allows it too, of an accepted ``typ``, and carry ``iss``, ``aud``, ``exp`` and
    ``sub``; ``nbf``, ``iat`` (at most 60 seconds in the future), ``jti``, ``client_id``, ``sid`` and
    ``scope`` are checked where they are present (RFC 7515, RFC 7519, RFC 8725, RFC 9068).

    Args:
        issuer: The exact ``iss``; without ``keys`` also the address where the issuer's keys are found.
        audience: What this program is called in ``aud``; any one of several is enough.
        keys: Where keys come from, instead of the issuer's address.
        algorithms: The accepted ``alg`` values; without it, every one with a public key that is supported. A
            key is in any case only used with its own algorithms.
        leeway: Seconds by which ``exp`` and ``nbf`` may be missed.
        clock: A function returning seconds since the epoch.
        cache_size: How many verified tokens are remembered, so that their signature is not computed again;
            every other rule is still applied to every call. 0 remembers none.
        types: The accepted ``typ`` values; ``None`` accepts any and none, which lets other signed tokens of
            the same issuer (ID tokens, log-out tokens) pass for access tokens.

    Raises:
        ValueError: An argument makes no sense, with one sentence that says why.
    """

    def __init__(
        self,
        issuer: str,
        *,
        audience: str | Sequence[str],
        keys: KeySource | None = None,
        algorithms: Sequence[str] | None = None,
        leeway: float = 0,
        clock: Callable[[], float] = time.time,
        cache_size: int = CACHE_SIZE,
        types: Sequence[str] | None = ACCESS_TOKEN_TYPES,
    ) -> None:
        self._rules = make_rules(issuer, audience, algorithms, leeway, types)
        if not callable(clock):
            raise TypeError("clock must be a function that returns seconds since the epoch.")
        if keys is None:
            if not self._rules.algorithms.isdisjoint(SECRET_ALGORITHMS):
                raise ValueError("HS256, HS384 and HS512 need a shared secret: use Verifier.from_secret.")
            keys = _discovered(issuer)
        self._keys = keys
        self._fetching = keys if isinstance(keys, FetchingKeySource) else None
        self._clock = clock
        self._memory = Memory(cache_size)
        self._offload = Offload()

    @classmethod
    def from_pem(
        cls,
        pem: str | bytes | os.PathLike[str],
        *,
        issuer: str,
        audience: str | Sequence[str],
        algorithms: Sequence[str] | None = None,
        leeway: float = 0,
        clock: Callable[[], float] = time.time,
        cache_size: int = CACHE_SIZE,
        types: Sequence[str] | None = ACCESS_TOKEN_TYPES,
    ) -> Self:
        """Check with one key in any form that ``load_key`` takes; what ``kid`` a token has is ignored.

        Raises:
            KeyFormatError: The key cannot be read, or none of ``algorithms`` is one of its own.
        """
        key = load_key(pem)
        if algorithms is not None:
            key = key.restrict(not_text(algorithms, "algorithms"))
        if key.is_private:
            key = key.public()
        return cls(
            issuer,
            audience=audience,
            keys=PinnedKeys([key]),
            algorithms=key.algorithms,
            leeway=leeway,
            clock=clock,
            cache_size=cache_size,
            types=types,
        )

    @classmethod
    def from_jwks(
        cls,
        jwks: Mapping[str, Any],
        *,
        issuer: str,
        audience: str | Sequence[str],
        algorithms: Sequence[str] | None = None,
        leeway: float = 0,
        clock: Callable[[], float] = time.time,
        cache_size: int = CACHE_SIZE,
        types: Sequence[str] | None = ACCESS_TOKEN_TYPES,
    ) -> Self:
        """Check with a JWK set (RFC 7517 section 5) that does not change.

        Raises:
            KeyFormatError: It is not a JWK set, or has no key that can be used.
        """
        return cls(
            issuer,
            audience=audience,
            keys=NamedKeys(keys_from_jwks(jwks)),
            algorithms=algorithms,
            leeway=leeway,
            clock=clock,
            cache_size=cache_size,
            types=types,
        )

    @classmethod
    def from_secret(
        cls,
        secret: str | bytes,
        *,
        issuer: str,
        audience: str | Sequence[str],
        algorithms: Sequence[str] = ("HS256",),
        leeway: float = 0,
        clock: Callable[[], float] = time.time,
        cache_size: int = CACHE_SIZE,
        types: Sequence[str] | None = ACCESS_TOKEN_TYPES,
    ) -> Self:
        """Check with a secret that only this program knows: whoever can check such a token can forge one.

        Raises:
            KeyFormatError: The secret is shorter than the hash, or looks like something published.
        """
        key = secret_key(secret).restrict(not_text(algorithms, "algorithms"))
        return cls(
            issuer,
            audience=audience,
            keys=PinnedKeys([key]),
            algorithms=key.algorithms,
            leeway=leeway,
            clock=clock,
            cache_size=cache_size,
            types=types,
        )

    def verify(self, token: object, *, scopes: Iterable[str] = ()) -> Principal:
        """Check a token. May fetch the issuer's keys, which blocks.

        Args:
            token: The token as it came; anything but a good token ends in a TokenError.
            scopes: What it must grant, all of it; a string is split at its blanks.

        Raises:
            TokenError: The first check that failed. Whatever the token is, nothing else is raised; a
                ``ValueError`` or ``TypeError`` tells of a wrong clock or wrong ``scopes``.
        """
        digest, known = self._recall(token)
        subject = known or jose.read(token, self._rules)
        if self._fetching is not None and self._fetching.due(subject.kid, subject.alg):
            self._fetching.refresh(subject.kid, subject.alg)
        return self._decide(token, digest, subject, scopes)

    async def averify(self, token: object, *, scopes: Iterable[str] = ()) -> Principal:
        """Check a token as :meth:`verify` does; a fetch runs in a thread and never blocks the event loop."""
        digest, known = self._recall(token)
        subject = known or jose.read(token, self._rules)
        if self._fetching is not None and self._fetching.due(subject.kid, subject.alg):
            await self._offload.run(self._fetching.refresh, subject.kid, subject.alg)
        return self._decide(token, digest, subject, scopes)

    def explain(self, token: object) -> Explanation:
        """Tell of every check whether the token passes it; ``str()`` of the answer is for people.

        Raises nothing, whatever the token is; shows header and claims, and never the signature.
        """
        return explain(token, self._rules, self._keys, now_of(self._clock))

    def _recall(self, token: object) -> tuple[bytes, Remembered | None]:
        if not self._memory.size or type(token) is not str or len(token) > jose.MAX_TOKEN_LENGTH:
            return b"", None
        digest = hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()
        return digest, self._memory.recall(digest)

    def _decide(
        self, token: object, digest: bytes, subject: jose.Unproven | Remembered, scopes: Iterable[str]
    ) -> Principal:
        keys = self._keys.find(subject.kid, subject.alg)
        now = now_of(self._clock)
        if isinstance(subject, Remembered) and subject.key in keys:
            apply_all(CLAIM_CHECKS, subject.claims, self._rules, now)
            principal = subject.principal
        else:
            if isinstance(
                subject, Remembered
            ):  # its key was withdrawn or changed: everything is checked anew
                self._memory.forget(digest)
                subject = jose.read(token, self._rules)
            proven = jose.prove(subject, keys, self._rules, now)
            principal = Principal.from_claims(proven.claims, proven.payload)
            if digest:
                self._memory.remember(
                    digest, Remembered(subject.kid, subject.alg, proven.key, proven.claims, principal)
                )
        principal.require(scopes.split() if isinstance(scopes, str) else scopes)
        return principal


def _discovered(issuer: str) -> KeySource:
    from gatepass.discovery import IssuerKeys  # noqa: PLC0415 - only who fetches keys loads urllib

    return IssuerKeys(issuer)
