"""ID tokens (OpenID Connect Core section 2)."""

import base64
import hashlib
from typing import Any

from gatepass import Signer
from gatepass_server.accounts.entitlements import claims_of
from gatepass_server.domain.clients import Client
from gatepass_server.keys.ring import KeyRing
from gatepass_server.protocol.user_claims import known_claims, parse_claims, told
from gatepass_server.store.ports import LiveSession

TYPE = "JWT"
"""The ``typ`` by which nobody takes it for an access token (RFC 8725 section 3.11)."""

ONE_FACTOR = "1"
"""The ``acr`` of a sign-in with a password (OpenID Connect Core section 2)."""

LIFETIME = 600
"""Seconds in which a program must have read it; what lasts is the program's own session."""

_HASHES = {"256": hashlib.sha256, "384": hashlib.sha384, "512": hashlib.sha512}


class IdTokens:
    """Makes ID tokens.

    Args:
        ring: gives the signer of the active key for an algorithm.
    """

    def __init__(self, ring: KeyRing, *, issuer: str) -> None:
        self._ring = ring
        self._issuer = issuer

    def issue(self, client: Client, live: LiveSession, *, nonce: str, access_token: str, now: int) -> str:
        """Sign one.

        Args:
            client: whom it is for.
            live: the grant's session, and its owner.
            nonce: of the authorization request, if there was one.
            access_token: that is given with it.
            now: when it is made, in seconds since the epoch.
        """
        session, user = live.session, live.user
        signer = signer_for(self._ring, client)
        claims: dict[str, Any] = {
            "iss": self._issuer,
            "sub": user.id,
            "aud": client.id,
            "exp": now + LIFETIME,
            "iat": now,
            "auth_time": session.authenticated_at,
            "amr": list(session.methods),
            "acr": session.terms.acr or ONE_FACTOR,
            "sid": session.id,
            "at_hash": half_hash(access_token, signer.algorithm),
        }
        if nonce:
            claims["nonce"] = nonce
        return signer.sign({**_shown(client, live), **claims}, typ=TYPE)


def _shown(client: Client, live: LiveSession) -> dict[str, Any]:
    """What it tells of the person: usually nothing, for that is what the userinfo endpoint is for."""
    session = live.session
    wanted = parse_claims(session.terms.claims).id_token
    scope = session.scope if client.metadata.id_token_claims else ""
    if not wanted and not scope:
        return {}
    small = claims_of(live.entitlements)
    known = known_claims(
        live.user, groups=tuple(small.get("groups", ())), roles=tuple(small.get("roles", ()))
    )
    return told(known, scope=scope, wanted=wanted, granted=session.scope)


def signer_for(ring: KeyRing, client: Client) -> Signer:
    """Of the program's ID tokens: RS256, unless it asked for another algorithm.

    Raises:
        OperatorError: no such key is active.
    """
    return ring.signer(client.metadata.id_token_algorithm)


def half_hash(text: str, algorithm: str) -> str:
    """``at_hash`` (OpenID Connect Core section 3.1.3.6): the left half of the hash that the algorithm signs."""
    size = algorithm[-3:] if algorithm[-3:] in _HASHES else "512"  # Ed25519 hashes with SHA-512
    digest = _HASHES[size](text.encode("ascii")).digest()
    return base64.urlsafe_b64encode(digest[: len(digest) // 2]).rstrip(b"=").decode("ascii")
