"""What a person, or the operator, granted to a program."""

from dataclasses import dataclass, field
from typing import Any

import msgspec


class Terms(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What is bound to a grant beside its scope, and goes into its tokens. Kept as JSON with its session.

    Attributes:
        audience: Where its access tokens are good (``resource``, RFC 8707); empty means the house's own audience.
        jkt: The thumbprint of the key that must prove possession (RFC 9449).
        x5t: The thumbprint of the certificate that must be presented (RFC 8705).
        claims: The ``claims`` parameter as it was sent (OpenID Connect Core section 5.5), as a JSON text.
        acr: The authentication context class that was reached.
        act: Who acts for the subject (RFC 8693 section 4.1).
        client_id: The program that holds a token which was exchanged for another's (RFC 8693); empty in all others.
    """

    audience: tuple[str, ...] = ()
    jkt: str = ""
    x5t: str = ""
    claims: str = ""
    acr: str = ""
    act: dict[str, Any] | None = None
    client_id: str = ""


NO_TERMS = Terms()


class CodeTerms(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a code or a device code stands for, beside its client and the sign-in that it came from.

    Attributes:
        scope: The granted scopes, separated by spaces.
        redirect_uri: Where the code was sent.
        redirect_uri_sent: Whether the request named that address, so that the token request must, too.
        nonce: Of the request, for the ID token.
        code_challenge: The S256 challenge (RFC 7636), empty where the client may do without.
        terms: What goes on to the grant.
        offline: Whether the grant outlives the sign-in (``offline_access``).
    """

    scope: str
    redirect_uri: str = ""
    redirect_uri_sent: bool = True
    nonce: str = ""
    code_challenge: str = ""
    terms: Terms = NO_TERMS
    offline: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthorizationCode:
    """A code (RFC 6749 section 4.1.2), kept when it is spent, so that a replay is recognised.

    Attributes:
        digest: The SHA-256 digest of its text.
        client_id: Whose it is.
        session_id: The sign-in that it came from.
        terms: What it stands for.
        created_at: In seconds since the epoch, as ``expires_at`` and ``consumed_at``.
        became: The session that came of it.
    """

    digest: bytes = field(repr=False)
    client_id: str
    session_id: str
    terms: CodeTerms
    created_at: int
    expires_at: int
    consumed_at: int | None = None
    became: str | None = None


HOUSE = "house"
"""Among resources: the house's own audience, which no request names. Others are URIs, and have a colon."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Consent:
    """What a person allowed a program, and where. ``granted_at`` is in seconds since the epoch."""

    user_id: str
    client_id: str
    scope: str
    granted_at: int
    resources: str = HOUSE

    def covers(self, scopes: frozenset[str], resources: tuple[str, ...] = ()) -> bool:
        """Whether nothing new is asked for, nor at another place."""
        return scopes <= frozenset(self.scope.split()) and (
            frozenset(resources or (HOUSE,)) <= frozenset(self.resources.split())
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class PushedRequest:
    """The parameters of an authorization request that was sent ahead (RFC 9126). Times are seconds since the epoch."""

    digest: bytes = field(repr=False)
    client_id: str
    parameters: dict[str, str]
    created_at: int
    expires_at: int
    consumed_at: int | None = None
