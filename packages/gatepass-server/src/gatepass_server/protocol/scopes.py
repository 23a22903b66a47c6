"""Scopes of the house, and which of them a program is granted (RFC 6749 section 3.3)."""

from gatepass_server.domain.clients import Client
from gatepass_server.domain.errors import InvalidScope
from gatepass_server.domain.scopes import GROUPS

OPENID = "openid"
OFFLINE_ACCESS = "offline_access"
STANDARD = (OPENID, "profile", "email", OFFLINE_ACCESS, GROUPS, "account", "admin")
"""Those that mean something here; a program may be registered with others, which mean something to its APIs."""

_NEVER_BY_DEFAULT = frozenset({OFFLINE_ACCESS, "account", "admin"})


def granted_to(client: Client, asked: str | None) -> str:
    """The scopes that a person is asked for: of what the program asks, what it may have.

    Others are left out (OpenID Connect Core section 3.1.2.1), and the answer tells what was granted. Who asks for
    nothing is given all that the program may have, but for what must be named.

    Raises:
        InvalidScope: nothing is left.
    """
    allowed = client.metadata.scopes
    if asked is None:
        granted = [scope for scope in allowed if scope not in _NEVER_BY_DEFAULT]
    else:
        granted = [scope for scope in dict.fromkeys(asked.split(" ")) if scope in allowed]
    if not granted:
        raise InvalidScope(
            "The client may have none of the scopes that it asks for. It is registered with: "
            f"{client.metadata.scope or 'none'}."
        )
    return " ".join(granted)


def exactly(client: Client, asked: str | None) -> str:
    """The scopes of a program that acts for itself: all of those it asks for, or nothing.

    Who asks for nothing is given all that the program may have, but for what must be named.

    Raises:
        InvalidScope: it may not have one of them (RFC 6749 section 5.2).
    """
    allowed = client.metadata.scopes
    if asked is None:
        return " ".join(scope for scope in allowed if scope not in {OPENID, *_NEVER_BY_DEFAULT})
    wanted = dict.fromkeys(asked.split(" "))
    if not set(wanted) <= set(allowed):
        raise InvalidScope(f"The client is registered with: {client.metadata.scope or 'no scopes'}.")
    return " ".join(scope for scope in wanted if scope not in {OPENID, OFFLINE_ACCESS})


def asked_again(client: Client, asked: str | None) -> str | None:
    """What a refresh asks for, without what the program may not have at all.

    Such scopes were left out when they were asked for first (see ``granted_to``), and many programs ask at each refresh
    for all that they are configured with. Others that were not granted are still refused (RFC 6749 section 6).
    """
    if asked is None:
        return None
    return " ".join(scope for scope in asked.split(" ") if scope in client.metadata.scopes) or asked
