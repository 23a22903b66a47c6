"""Check access tokens: :class:`Verifier`."""

from __future__ import annotations

import hashlib
import time
from typing import TYPE_CHECKING, Any, Final, Literal, Self

from gatepass import jose
from gatepass.checks import CLAIM_CHECKS, apply_all
from gatepass.clocks import now_of
from gatepass.confirmation import demand_confirmation
from gatepass.explain import Explanation, explain
from gatepass.jwk import keys_from_jwks
from gatepass.key_files import load_key
from gatepass.memory import Memory, Remembered, window_of
from gatepass.observer import SILENT, Observer, guarded
from gatepass.offload import Offload
from gatepass.principal import Principal
from gatepass.revocation import following
from gatepass.rules import ACCESS_TOKEN_TYPES, make_rules, not_text
from gatepass.shared_secret import SECRET_ALGORITHMS, secret_key
from gatepass.sources import FetchingKeySource, KeySource, LearningKeySource, NamedKeys, PinnedKeys

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from typing import Unpack

    from gatepass.options import VerifierOptions
    from gatepass.status import StatusPolicy

CACHE_SIZE: Final = 1024
"""Verified tokens remembered by default; about 2 kB each."""

_sha256 = hashlib.sha256
_quickly = tuple.__new__  # as in gatepass.jose
_principal_of = Principal.from_claims  # looked up once, not at every check


class Verifier:
    """Checks access tokens of one issuer. Safe to share between threads and tasks; make it once.

    A token must be a JWS in compact form of at most 16,384 characters, signed with an allowed algorithm by a
    key of the issuer that allows it too, of an accepted ``typ``, and carry ``iss``, ``aud``, ``exp`` and
    ``sub``; ``nbf``, ``iat`` (at most 60 seconds in the future), ``jti``, ``client_id``, ``sid``, ``scope`` and
    ``cnf`` are checked where they are present (RFC 7515, RFC 7519, RFC 8725, RFC 9068).

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
            the same issuer (ID tokens, log-out tokens) pass for access tokens, unless ``required_claims`` keep
            them apart.
        audience_claim: The claim that names the audience, for issuers whose access tokens have no ``aud``.
        scope_claims: The claims whose words are scopes, for issuers that put them elsewhere.
        required_claims: Claims that must have exactly this value, or one of a tuple of values.
        status: How revocations are followed (Token Status List). ``"auto"`` follows them where the issuer's keys
            are fetched too; ``None`` never does. A verifier that fetches nothing warns in the log when it meets
            the first token that could be revoked.
        observer: Is told of remembered tokens and of fetches, for metrics.

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
        audience_claim: str = "aud",
        scope_claims: Sequence[str] = ("scope",),
        required_claims: Mapping[str, Any] | None = None,
        status: StatusPolicy | Literal["auto"] | None = "auto",
        observer: Observer | None = None,
    ) -> None:
        self._rules = make_rules(
            issuer,
            audience,
            algorithms=algorithms,
            leeway=leeway,
            types=types,
            audience_claim=audience_claim,
            scope_claims=scope_claims,
            required_claims=required_claims,
        )
        if not callable(clock):
            raise TypeError("clock must be a function that returns seconds since the epoch.")
        self._observer = SILENT if observer is None else guarded(observer)
        if keys is None:
            if not self._rules.algorithms.isdisjoint(SECRET_ALGORITHMS):
                raise ValueError("HS256, HS384 and HS512 need a shared secret: use Verifier.from_secret.")
            keys = _discovered(issuer, self._observer)
        self._keys = keys
        self._fixed = type(keys) in {PinnedKeys, NamedKeys}
        self._fetching = keys if isinstance(keys, FetchingKeySource) else None
        self._learning = keys if isinstance(keys, LearningKeySource) else None
        self._clock = clock
        self._memory = Memory(cache_size)
        self._remembers = self._memory.size > 0
        self._headers = jose.JudgedHeaders()
        self._offload = Offload()
        self._status = following(status, self._rules, keys, clock=clock, observer=self._observer)

    @classmethod
    def from_pem(
        cls,
        pem: str | bytes | os.PathLike[str],
        *,
        issuer: str,
        audience: str | Sequence[str],
        algorithms: Sequence[str] | None = None,
        **options: Unpack[VerifierOptions],
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
        return cls(issuer, audience=audience, keys=PinnedKeys([key]), algorithms=key.algorithms, **options)

    @classmethod
    def from_jwks(
        cls,
        jwks: Mapping[str, Any],
        *,
        issuer: str,
        audience: str | Sequence[str],
        algorithms: Sequence[str] | None = None,
        **options: Unpack[VerifierOptions],
    ) -> Self:
        """Check with a JWK set (RFC 7517 section 5) that does not change.

        Raises:
            KeyFormatError: It is not a JWK set, or has no key that can be used.
        """
        keys = NamedKeys(keys_from_jwks(jwks))
        return cls(issuer, audience=audience, keys=keys, algorithms=algorithms, **options)

    @classmethod
    def from_secret(
        cls,
        secret: str | bytes,
        *,
        issuer: str,
        audience: str | Sequence[str],
        algorithms: Sequence[str] = ("HS256",),
        **options: Unpack[VerifierOptions],
    ) -> Self:
        """Check with a secret that only this program knows: whoever can check such a token can forge one.

        Raises:
            KeyFormatError: The secret is shorter than the hash, or looks like something published.
        """
        key = secret_key(secret).restrict(not_text(algorithms, "algorithms"))
        return cls(issuer, audience=audience, keys=PinnedKeys([key]), algorithms=key.algorithms, **options)

    @property
    def issuers(self) -> tuple[str, ...]:
        """The accepted ``iss``, as a tuple of one."""
        return (self._rules.issuer,)

    @property
    def clock(self) -> Callable[[], float]:
        """The function that returns seconds since the epoch."""
        return self._clock

    def verify(
        self, token: object, *, scopes: Iterable[str] = (), confirmed: Mapping[str, str] | None = None
    ) -> Principal:
        """Check a token. May fetch the issuer's keys or the list of revoked tokens, which blocks.

        Args:
            token: The token as it came; anything but a good token ends in a TokenError.
            scopes: What it must grant, all of it; a string is split at its blanks.
            confirmed: What the caller of the API was seen to possess, by confirmation method (RFC 7800): for
                DPoP ``{"jkt": thumbprint}`` (RFC 9449 section 6.1), for mutual TLS ``{"x5t#S256": thumbprint}``
                (RFC 8705 section 3.1). A token that is bound to a key is refused without it.

        Raises:
            TokenError: The first check that failed. Whatever the token is, nothing else is raised; a
                ``ValueError`` or ``TypeError`` tells of a wrong clock or wrong ``scopes``.
        """
        digest, known = self._recall(token) if self._remembers else (b"", None)
        if known is None or not self._fixed:
            subject = known or jose.read(token, self._rules, self._headers)
            if self._fetching is not None and self._fetching.due(subject.kid, subject.alg):
                self._fetching.refresh(subject.kid, subject.alg)
            known = self._prove(token, digest, subject)
        if known.status is not None and self._status.due(known.status):
            self._status.refresh(known.status)
        return self._admit(known, scopes, confirmed)

    async def averify(
        self, token: object, *, scopes: Iterable[str] = (), confirmed: Mapping[str, str] | None = None
    ) -> Principal:
        """Check a token as :meth:`verify` does; a fetch runs in a thread and never blocks the event loop."""
        digest, known = self._recall(token) if self._remembers else (b"", None)
        if known is None or not self._fixed:
            subject = known or jose.read(token, self._rules, self._headers)
            if self._fetching is not None and self._fetching.due(subject.kid, subject.alg):
                await self._offload.run(self._fetching.refresh, subject.kid, subject.alg)
            known = self._prove(token, digest, subject)
        if known.status is not None and self._status.due(known.status):
            await self._offload.run(self._status.refresh, known.status)
        return self._admit(known, scopes, confirmed)

    def recalled(self, token: object) -> Principal | None:
        """Return the principal of a token that was found good before; ``None`` of any other.

        Nothing is judged anew, neither its times nor its key nor its status: good for choosing what is demanded of it
        when it is verified, and no more.
        """
        if type(token) is not str:
            return None
        try:
            known = self._memory.recall(_sha256(token.encode()).digest())
        except UnicodeEncodeError:  # a lone surrogate: no token
            return None
        return None if known is None else known.principal

    def explain(self, token: object) -> Explanation:
        """Tell of every check whether the token passes it; ``str()`` of the answer is for people.

        Raises nothing, whatever the token is; shows header and claims, and never the signature.
        """
        return explain(token, self._rules, self._keys, now_of(self._clock), self._status)

    def _recall(self, token: object) -> tuple[bytes, Remembered | None]:
        """Find a remembered token whose times are in order; its key, status and scopes are not judged here."""
        memory = self._memory
        if type(token) is not str or len(token) > jose.MAX_TOKEN_LENGTH:
            return b"", None
        try:
            digest = _sha256(token.encode()).digest()
        except UnicodeEncodeError:  # a lone surrogate: no token, and the reader says so
            return b"", None
        known = memory.recall(digest)
        if known is not None:
            if self._observer is not SILENT:
                self._observer.count("token.remembered")
            if not known.begins <= self._clock() < known.ends:
                apply_all(CLAIM_CHECKS, known.claims, self._rules, now_of(self._clock))
        return digest, known

    def _prove(self, token: object, digest: bytes, subject: jose.Unproven | Remembered) -> Remembered:
        """Judge signature and claims; of a remembered token only whether its key is still there."""
        keys = self._keys.find(subject[1], subject[0])
        if isinstance(subject, Remembered):
            if subject.key in keys:
                return subject
            # Its key was withdrawn or changed: everything is checked anew.
            self._memory.forget(digest)
            subject = jose.read(token, self._rules, self._headers)
        rules = self._rules
        claims, payload, key = jose.prove(subject, keys, rules, now_of(self._clock))
        if subject.header:
            self._headers.keep(subject)
        if self._learning is not None:
            self._learning.proven(key)
        principal = _principal_of(claims, payload, rules.audience_claim, rules.scope_claims)
        status = self._status.reference_of(claims)
        begins, ends = window_of(claims, rules) if digest else (0.0, 0.0)
        known = _quickly(Remembered, (subject[0], subject[1], key, claims, principal, status, begins, ends))
        if digest:
            self._memory.remember(digest, known)
        return known

    def _admit(
        self, known: Remembered, scopes: Iterable[str], confirmed: Mapping[str, str] | None
    ) -> Principal:
        """Judge what may differ from call to call."""
        if known.status is not None:
            self._status.check(known.status)
        bound = known.claims.get("cnf")
        if bound is not None:
            demand_confirmation(bound, confirmed)
        if scopes:
            known.principal.require(scopes.split() if isinstance(scopes, str) else scopes)
        return known.principal


def _discovered(issuer: str, observer: Observer) -> KeySource:
    from gatepass.discovery import IssuerKeys  # noqa: PLC0415 - only who fetches keys loads urllib

    return IssuerKeys(issuer, observer=observer)
