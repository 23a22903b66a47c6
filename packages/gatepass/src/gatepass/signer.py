"""Make signed access tokens: the counterpart of the verifier."""

from __future__ import annotations

import re
import secrets
import time
from typing import TYPE_CHECKING, Any, Final, Self

import msgspec

from gatepass import base64url, jose
from gatepass.errors import KeyFormatError, PublicKeyGivenError
from gatepass.shared_secret import SECRET_ALGORITHMS, secret_key

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from gatepass.keys import Key

PROTOCOL_CLAIMS: Final = frozenset({"iss", "sub", "aud", "exp", "iat", "jti", "client_id", "scope"})
"""Claims that ``issue`` sets itself; additional claims may not have these names."""

DEFAULT_LIFETIME: Final = 1800
"""Seconds."""

SCOPE_TOKEN: Final = re.compile(r"[\x21\x23-\x5B\x5D-\x7E]+")
"""One scope (RFC 6749 section 3.3): printable ASCII without blank, quotation mark and backslash."""

_encode = msgspec.json.Encoder().encode


class Signer:
    """Signs access tokens with one key. Safe to share between threads; make it once, not per token.

    Args:
        key: A private key, as ``load_key`` or ``Key.generate`` give it.
        issuer: The ``iss`` of every token.
        audience: The ``aud`` of every token, unless ``issue`` is told another.
        algorithm: One of the key's algorithms; its default without it.
        clock: A function returning seconds since the epoch.

    Attributes:
        algorithm: The ``alg`` of every token.
        kid: The ``kid`` of every token; empty for a shared secret, whose tokens have none.

    Raises:
        KeyFormatError: The key cannot sign, or not with ``algorithm``.
        ValueError: No issuer or audience.
    """

    def __init__(
        self,
        key: Key,
        *,
        issuer: str,
        audience: str | Sequence[str],
        algorithm: str | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        if not key.is_private:
            raise PublicKeyGivenError("This is a public key; signing needs the private one.")
        self._key = key.restrict([algorithm]) if algorithm else key
        self.algorithm = self._key.default_algorithm
        self.kid = key.kid
        if not issuer:
            raise ValueError("A signer needs an issuer.")
        self._issuer = issuer
        self._audience = _audience(audience)
        self._clock = clock
        self._headers: dict[str, bytes] = {}

    @classmethod
    def from_secret(
        cls,
        secret: str | bytes,
        *,
        issuer: str,
        audience: str | Sequence[str],
        algorithm: str = "HS256",
        clock: Callable[[], float] = time.time,
    ) -> Self:
        """Sign with a secret that only this program knows.

        Raises:
            KeyFormatError: The secret is too short for ``algorithm``, or looks like something published.
        """
        if algorithm not in SECRET_ALGORITHMS:
            raise KeyFormatError(f"A secret signs with {', '.join(SECRET_ALGORITHMS)}, not {algorithm}.")
        return cls(secret_key(secret), issuer=issuer, audience=audience, algorithm=algorithm, clock=clock)

    def issue(
        self,
        subject: str,
        *,
        expires_in: float = DEFAULT_LIFETIME,
        scopes: Sequence[str] = (),
        claims: Mapping[str, Any] | None = None,
        audience: str | Sequence[str] | None = None,
        client_id: str | None = None,
        typ: str = "at+jwt",
        jti: str | None = None,
    ) -> str:
        """Make a token (RFC 9068 section 2).

        Args:
            subject: ``sub``.
            expires_in: Seconds until ``exp``; 0 makes a token that has already expired.
            scopes: Joined with blanks to ``scope``; without any the claim is left out.
            claims: Further claims, as JSON values. They may not have the name of a claim set here.
            audience: ``aud``, instead of the signer's own.
            client_id: The program that acts for the subject.
            typ: The header's ``typ``.
            jti: The token's own name; 128 random bits without it.

        Returns:
            The token in compact form, with ``alg``, ``kid`` and ``typ`` in its header and nothing else.

        Raises:
            ValueError: An argument cannot be part of a token, or the token would be longer than a verifier
                takes.
        """
        if not subject:
            raise ValueError("A token needs a subject.")
        if expires_in < 0:
            raise ValueError("expires_in is a number of seconds from now, 0 or more.")
        now = int(self._clock())
        payload: dict[str, Any] = {
            "iss": self._issuer,
            "sub": subject,
            "aud": self._audience if audience is None else _audience(audience),
            "exp": now + int(expires_in),
            "iat": now,
            "jti": secrets.token_urlsafe(16) if jti is None else jti,
        }
        if client_id is not None:
            payload["client_id"] = client_id
        if scopes:
            payload["scope"] = join_scopes(scopes)
        if claims:
            taken = PROTOCOL_CLAIMS.intersection(claims)
            if taken:
                raise ValueError(
                    f"claims may not set {', '.join(sorted(taken))}: that is an argument of its own."
                )
            payload.update(claims)
        return self._seal(typ, payload)

    def _seal(self, typ: str, payload: Mapping[str, Any]) -> str:
        try:
            text = _encode(payload)
        except (UnicodeError, TypeError, RecursionError, OverflowError) as error:
            raise ValueError(f"The claims cannot be written as JSON: {error}") from None
        signing_input = self._header(typ) + b"." + base64url.encode(text)
        signature = jose.sign(signing_input, self._key, self.algorithm)
        token = signing_input + b"." + base64url.encode(signature)
        if len(token) > jose.MAX_TOKEN_LENGTH:
            raise ValueError(
                f"The token would have {len(token)} characters; at most {jose.MAX_TOKEN_LENGTH} are taken."
            )
        return token.decode("ascii")

    def _header(self, typ: str) -> bytes:
        known = self._headers.get(typ)
        if known is None:
            header = {"alg": self.algorithm, "kid": self.kid, "typ": typ}
            known = base64url.encode(_encode({name: value for name, value in header.items() if value}))
            if (
                len(self._headers) < 16
            ):  # a program uses a few types; a loop over many must not fill the memory
                self._headers[typ] = known
        return known


def _audience(audience: str | Sequence[str]) -> str | list[str]:
    names = [audience] if isinstance(audience, str) else list(audience)
    if not names or not all(names):
        raise ValueError("A token needs an audience.")
    return names[0] if len(names) == 1 else names


def join_scopes(scopes: Sequence[str]) -> str:
    """Check each scope against RFC 6749 section 3.3 and join them with blanks.

    Raises:
        ValueError: One of them is not a scope, or a single string was given.
    """
    if isinstance(scopes, str):
        raise ValueError("scopes is a list of strings, not one string.")  # noqa: TRY004 - a wrong value like the others
    for scope in scopes:
        if not SCOPE_TOKEN.fullmatch(scope):
            raise ValueError(
                f"{scope!r} is not a scope: printable ASCII without blanks, quotes and backslashes."
            )
    return " ".join(scopes)
