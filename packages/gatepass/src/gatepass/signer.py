"""Make signed access tokens: the counterpart of the verifier."""

from __future__ import annotations

import re
import secrets
import time
from typing import TYPE_CHECKING, Any, Final, Self

from gatepass import base64url, jose
from gatepass.clocks import now_of
from gatepass.errors import KeyFormatError, PublicKeyGivenError
from gatepass.shared_secret import SECRET_ALGORITHMS, secret_key
from gatepass.token_values import additional, audience_of, encode, seconds, text

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from gatepass.keys import Key

PROTOCOL_CLAIMS: Final = frozenset({"iss", "sub", "aud", "exp", "iat", "jti", "client_id", "scope"})
"""Claims that ``issue`` sets itself; additional claims may not have these names."""

DEFAULT_LIFETIME: Final = 1800
"""Seconds."""

_ACCESS_TOKEN: Final = frozenset({"at+jwt"})
"""The types of access tokens, of today and of before RFC 9068."""

SCOPE_TOKEN: Final = re.compile(r"[\x21\x23-\x5B\x5D-\x7E]+")
"""One scope (RFC 6749 section 3.3): printable ASCII without blank, quotation mark and backslash."""


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
        self._issuer = text(issuer, "A signer's issuer")
        self._audience = audience_of(audience)
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
        now = int(now_of(self._clock))
        payload: dict[str, Any] = {
            "iss": self._issuer,
            "sub": text(subject, "A token's subject"),
            "aud": self._audience if audience is None else audience_of(audience),
            "exp": now + seconds(expires_in),
            "iat": now,
            "jti": secrets.token_urlsafe(16) if jti is None else text(jti, "jti"),
        }
        if client_id is not None:
            payload["client_id"] = text(client_id, "client_id")
        if scopes:
            payload["scope"] = join_scopes(scopes)
        if claims:
            payload.update(additional(claims, PROTOCOL_CLAIMS))
        token = self._seal(typ, encode(payload))
        if len(token) > jose.MAX_TOKEN_LENGTH:
            raise ValueError(
                f"The token would have {len(token)} characters; at most {jose.MAX_TOKEN_LENGTH} are taken."
            )
        return token

    def sign(self, claims: Mapping[str, Any], *, typ: str) -> str:
        """Sign a statement that is no access token, such as a status list: of any length, with these claims alone.

        Args:
            claims: The whole payload, as JSON values; nothing is added, so it says itself who made it and until when.
            typ: The header's ``typ``, by which nobody takes it for anything else (RFC 8725 section 3.11). ``JWT`` is
                that of ID tokens, which relying parties know by no other.

        Raises:
            ValueError: ``typ`` is missing or that of an access token, or the claims cannot be written as JSON.
        """
        if text(typ, "typ").lower().removeprefix("application/") in _ACCESS_TOKEN:
            raise ValueError(
                "An access token is made with issue(), which sets the claims that one must have."
            )
        return self._seal(typ, encode(additional(claims, frozenset())))

    def _seal(self, typ: str, payload: bytes) -> str:
        signing_input = self._header(typ) + b"." + base64url.encode(payload)
        signature = jose.sign(signing_input, self._key, self.algorithm)
        return (signing_input + b"." + base64url.encode(signature)).decode("ascii")

    def _header(self, typ: str) -> bytes:
        known = self._headers.get(typ if typ == "" else text(typ, "typ"))
        if known is None:
            header = {"alg": self.algorithm, "kid": self.kid, "typ": typ}
            known = base64url.encode(encode({name: value for name, value in header.items() if value}))
            if (
                len(self._headers) < 16
            ):  # a program uses a few types; a loop over many must not fill the memory
                self._headers[typ] = known
        return known


def join_scopes(scopes: Sequence[str]) -> str:
    """Check each scope against RFC 6749 section 3.3 and join them with blanks.

    Raises:
        ValueError: One of them is not a scope, or a single string was given.
    """
    if isinstance(scopes, str):
        raise ValueError("scopes is a list of strings, not one string.")  # noqa: TRY004 - a wrong value like the others
    for scope in scopes:
        if not _is_scope(scope):
            raise ValueError(
                f"{scope!r} is not a scope: printable ASCII without blanks, quotes and backslashes."
            )
    return " ".join(scopes)


def _is_scope(value: object) -> bool:
    return isinstance(value, str) and SCOPE_TOKEN.fullmatch(value) is not None
