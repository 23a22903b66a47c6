"""What is told of a person: by scopes, and by the ``claims`` parameter (OpenID Connect Core sections 5.1, 5.4, 5.5)."""

from collections.abc import Mapping
from typing import Any

import msgspec

from gatepass_server.domain.accounts import User
from gatepass_server.protocol.errors import InvalidRequest

BY_SCOPE: Mapping[str, tuple[str, ...]] = {
    "profile": ("name", "preferred_username", "updated_at"),
    "email": ("email", "email_verified"),
    "groups": ("groups", "roles"),
}
"""The claims that a scope stands for; those of which nothing is known are left out."""

SUPPORTED = ("sub", *(claim for claims in BY_SCOPE.values() for claim in claims))


class ClaimsRequest(msgspec.Struct, frozen=True):
    """The parameter ``claims``: by name, nothing or what is said of the value that is wanted."""

    userinfo: dict[str, dict[str, Any] | None] | None = None
    id_token: dict[str, dict[str, Any] | None] | None = None

    @property
    def wanted_subject(self) -> str | None:
        """The ``sub`` that the answer must be about (OpenID Connect Core section 5.5.1)."""
        for place in (self.id_token, self.userinfo):
            value = ((place or {}).get("sub") or {}).get("value")
            if isinstance(value, str):
                return value
        return None

    @property
    def scopes(self) -> frozenset[str]:
        """The scopes whose claims are asked for by name, and told without those scopes: a person must know of it."""
        named = {*(self.id_token or {}), *(self.userinfo or {})}
        return frozenset({"profile"} if named.intersection(BY_SCOPE["profile"]) else ())


_NOTHING = ClaimsRequest()
_decode = msgspec.json.Decoder(ClaimsRequest).decode


def parse_claims(text: str) -> ClaimsRequest:
    """The parameter, read; empty where it was not sent.

    Raises:
        InvalidRequest: it is not as section 5.5 says.
    """
    if not text:
        return _NOTHING
    try:
        return _decode(text)
    except (msgspec.DecodeError, RecursionError):
        raise InvalidRequest(
            "The parameter claims cannot be read (OpenID Connect Core section 5.5)."
        ) from None


def known_claims(user: User, *, groups: tuple[str, ...] = (), roles: tuple[str, ...] = ()) -> dict[str, Any]:
    """Everything that is known of a person."""
    known: dict[str, Any] = {
        "name": user.name,
        "preferred_username": user.email,
        "email": user.email,
        "email_verified": user.email_verified,
        "updated_at": user.updated_at or user.created_at,
    }
    if groups:
        known["groups"] = list(groups)
    if roles:
        known["roles"] = list(roles)
    return known


def told(
    known: Mapping[str, Any],
    *,
    scope: str,
    wanted: Mapping[str, Any] | None = None,
    granted: str | None = None,
) -> dict[str, Any]:
    """What of it is told.

    ``preferred_username`` is the e-mail address here, so it is told to those alone who may know that.

    Args:
        known: from ``known_claims``.
        scope: what is told without being asked for by name.
        granted: what was granted, if that is more.
        wanted: claims asked for by name; what no granted scope covers is not told.
    """
    scopes = (scope if granted is None else granted).split()
    names = [name for one in scope.split() for name in BY_SCOPE.get(one, ())]
    if wanted:
        covered = {name for one in (*scopes, "profile") for name in BY_SCOPE.get(one, ())}
        names += [name for name in wanted if name in covered]
    if "email" not in scopes:
        names = [name for name in names if name != "preferred_username"]
    return {name: known[name] for name in dict.fromkeys(names) if name in known}
