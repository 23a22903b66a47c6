"""An issuer of tokens that exists in tests only."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Literal, Unpack

from gatepass.keys import Key
from gatepass.signer import DEFAULT_LIFETIME, Signer
from gatepass.testing import forgery
from gatepass.testing.bad_tokens import KINDS, BadToken, bad_token
from gatepass.testing.clock import FakeClock
from gatepass.testing.published_keys import PublishedKeys
from gatepass.verifier import Verifier

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from gatepass.options import VerifierOptions
    from gatepass.testing.token_options import TokenOptions

FAR = 7200
"""Seconds by which a token is too late or too early: twice the greatest leeway that a verifier takes."""


class FakeIssuer:
    """An issuer with keys of its own that signs whatever a test asks for. Make it once, or for each test.

    Args:
        name: The ``iss`` of its tokens.
        audience: The ``aud`` of its tokens, and what its verifiers are called.
        alg: What it signs with. Keys for ES256 and EdDSA are made in a millisecond, those for RS256 in a tenth of
            a second.
        now: Where its clock stands still, in seconds since the epoch; without it the clock goes.

    Attributes:
        name: As above; while it serves, its address.
        audience: As above.
        alg: As above.
        clock: A :class:`FakeClock`, on which its verifiers are too: ``issuer.clock.advance(seconds)``.
    """

    def __init__(
        self,
        name: str = "https://issuer.test",
        *,
        audience: str = "https://api.test",
        alg: str = "ES256",
        now: float | None = None,
    ) -> None:
        self.name: str = name
        self.audience: str = audience
        self.alg: str = alg
        self.clock: FakeClock = FakeClock(now)
        self._first = self._key = Key.generate(alg)
        self._other: Key | None = None
        self._published = PublishedKeys(self._first)

    @property
    def kid(self) -> str:
        """The ``kid`` of the key that signs."""
        return self._key.kid

    @property
    def other_key(self) -> Key:
        """A key of the same kind that the issuer knows nothing of; always the same one."""
        if self._other is None:
            self._other = Key.generate(self.alg)
        return self._other

    def jwks(self) -> dict[str, list[dict[str, str]]]:
        """The JWK set it publishes (RFC 7517 section 5)."""
        return {"keys": [key.public_jwk(self.alg) for key in self._published.keys]}

    def metadata(self) -> dict[str, object]:
        """The metadata it publishes (RFC 8414 section 2): its name and where its keys lie."""
        return {
            "issuer": self.name,
            "jwks_uri": f"{self.name}/.well-known/jwks.json",
            "grant_types_supported": [],
            "response_types_supported": [],
        }

    def verifier(
        self,
        *,
        audience: str | Sequence[str] | None = None,
        algorithms: Sequence[str] | None = None,
        **options: Unpack[VerifierOptions],
    ) -> Verifier:
        """A verifier of this issuer's tokens that learns at once of every change of keys and time.

        Args:
            audience: What the program is called; the issuer's ``audience`` without it.
            algorithms: As :class:`gatepass.Verifier` takes them.
            options: What else it takes, such as ``leeway``.
        """
        options.setdefault("clock", self.clock)
        return Verifier(
            self.name,
            audience=self.audience if audience is None else audience,
            keys=self._published,
            algorithms=algorithms,
            **options,
        )

    def token(
        self,
        subject: str = "user-1",
        *,
        scopes: Sequence[str] = (),
        expires_in: float = DEFAULT_LIFETIME,
        audience: str | Sequence[str] | None = None,
        issuer: str | None = None,
        client_id: str | None = None,
        typ: str = "at+jwt",
        claims: Mapping[str, Any] | None = None,
        without: Sequence[str] = (),
        header: Mapping[str, Any] | None = None,
        key: Key | Literal["other"] | None = None,
        alg: Literal["none", "HS256"] | None = None,
        expired: bool = False,
        not_yet_valid: bool = False,
        tampered: bool = False,
    ) -> str:
        """Make a token: without arguments a good one, signed as the library's ``Signer`` does.

        Args:
            subject: ``sub``.
            scopes: What it grants.
            expires_in: Seconds until ``exp``.
            audience: Another ``aud``: ``wrong_audience``.
            issuer: Another ``iss``: ``wrong_issuer``.
            client_id: The program that acts for the subject.
            typ: Another ``typ``: ``wrong_type``; an empty one leaves it out.
            claims: Further claims, and any of the above with another value. JSON values; they win.
            without: Claims to leave out; of ``iss``, ``aud``, ``exp`` and ``sub``: ``invalid_claims``.
            header: Further header parameters, or others in place of those that are there.
            key: ``"other"`` signs with :attr:`other_key`: ``unknown_key``; or a private key of yours.
            alg: ``"none"`` does not sign; ``"HS256"`` takes the public key for a shared secret: both
                ``unsupported_algorithm``.
            expired: Over for two hours, which is beyond any leeway: ``expired``.
            not_yet_valid: Good in two hours: ``not_yet_valid``.
            tampered: The claims are changed after signing: ``invalid_signature``.

        Returns:
            The token in compact form.

        Raises:
            ValueError: An argument cannot be part of a token, or ``without`` names what is not there.
        """
        chosen = self._key if key is None else self.other_key if key == "other" else key
        signer = Signer(
            chosen,
            issuer=self.name if issuer is None else issuer,
            audience=self.audience if audience is None else audience,
            clock=self.clock,
        )
        token = signer.issue(subject, scopes=scopes, expires_in=expires_in, client_id=client_id, typ=typ)
        changes = {**self._times(expires_in, expired, not_yet_valid), **(claims or {})}
        if changes or without or header or alg:
            token = forgery.changed(
                token, chosen, header=header or {}, claims=changes, without=without, alg=alg
            )
        return forgery.tampered(token) if tampered else token

    def headers(self, subject: str = "user-1", **token: Unpack[TokenOptions]) -> dict[str, str]:
        """A request's headers with a token; takes what :meth:`token` takes."""
        return {"Authorization": f"Bearer {self.token(subject, **token)}"}

    def bad_token(self, name: str) -> BadToken:
        """Make a bad token of one of the kinds in :data:`gatepass.testing.BAD_TOKENS`.

        Raises:
            ValueError: There is no such kind.
        """
        return bad_token(self, name)

    def bad_tokens(self) -> Iterator[BadToken]:
        """Make one bad token of every kind."""
        return (kind.of(self) for kind in KINDS)

    def rotate(self) -> str:
        """Sign with a new key from now on; those before stay published. Returns the new ``kid``."""
        self._key = Key.generate(self.alg)
        self._published.keys = (*self._published.keys, self._key)
        return self.kid

    def withdraw(self, kid: str) -> None:
        """Publish a key no longer: tokens signed with it get ``unknown_key``.

        Raises:
            ValueError: No key of that name is published.
        """
        kept = tuple(key for key in self._published.keys if key.kid != kid)
        if len(kept) == len(self._published.keys):
            raise ValueError(f"No key {kid!r} is published.")
        self._published.keys = kept

    def reset(self) -> None:
        """Go back to the first key and the first time, for the next test. Keeps ``name`` and ``audience``."""
        self._key = self._first
        self._published.keys = (self._first,)
        self.clock.reset()

    @contextmanager
    def serve(self, *, port: int = 0) -> Iterator[str]:
        """Publish metadata and keys over real HTTP on this machine, for programs that discover them.

        While it serves, the issuer is called by its address: ask it for tokens and verifiers inside.

        Args:
            port: 0 takes a free one.

        Yields:
            The address, which is the issuer's name.

        Raises:
            OSError: The port is taken.
        """
        from gatepass.testing.site import publishing  # noqa: PLC0415 - only who serves loads an HTTP server

        with publishing(self._documents, port) as url:
            before, self.name = self.name, url
            try:
                yield url
            finally:
                self.name = before

    def _documents(self) -> dict[str, object]:
        return {
            "/.well-known/oauth-authorization-server": self.metadata(),
            "/.well-known/openid-configuration": self.metadata(),
            "/.well-known/jwks.json": self.jwks(),
        }

    def _times(self, expires_in: float, expired: bool, not_yet_valid: bool) -> dict[str, int]:
        now = int(self.clock())
        times: dict[str, int] = {}
        if not_yet_valid:
            times |= {"nbf": now + FAR, "exp": now + FAR + int(expires_in)}
        if expired:
            times |= {"iat": now - FAR - int(expires_in), "exp": now - FAR}
        return times
