"""What roles and groups say of a person, and the claims that tell it (RFC 9068 section 2.2.3.1).

It is read in the transaction that mints, or that looks an opaque token up: by one statement, and by none for who was
never given anything. A signed token goes on saying what was true then; the next one tells the change.
"""

from dataclasses import replace

from gatepass_server.domain.accounts import User
from gatepass_server.domain.roles import NO_ENTITLEMENTS, Entitlements
from gatepass_server.domain.scopes import GROUPS
from gatepass_server.domain.sessions import FIRST_PARTY_CLIENT, Session
from gatepass_server.store.ports import LiveSession, UnitOfWork

CLAIMS = ("roles", "groups", "entitlements")
"""The names of SCIM (RFC 7643 section 4.1.2); permissions are what it calls entitlements."""

MOST_NAMES = 100
MOST_CHARACTERS = 1500
"""Of one claim, so that all three fit into a header of 8 KiB together with the rest of the token."""


def entitlements_of(uow: UnitOfWork, user: User) -> Entitlements:
    """What roles and groups say of ``user``, as the transaction has read them."""
    return uow.roles.entitlements_of(user.id) if user.has_roles else NO_ENTITLEMENTS


def with_entitlements(uow: UnitOfWork, live: LiveSession) -> LiveSession:
    """The session, with what roles and groups say of its owner."""
    entitlements = entitlements_of(uow, live.user)
    return live if entitlements is NO_ENTITLEMENTS else replace(live, entitlements=entitlements)


def claims_of(entitlements: Entitlements) -> dict[str, list[str]]:
    """The claims, each a list of names in order; one that has nothing to say is not there.

    One with more than 100 names, or more than 1,500 characters, is left out as a whole: a list that was cut would be
    taken for all there is. What is missing permits nothing.
    """
    return {
        claim: list(names) for claim, names in _by_claim(entitlements).items() if names and _is_small(names)
    }


def claims_for(session: Session, scope: str, entitlements: Entitlements) -> dict[str, list[str]]:
    """The claims of a token of the session with this scope.

    A program reads its tokens, and what they permit it uses in the person's name: where it is not granted the scope
    ``groups``, of which the consent page tells, its tokens say nothing of either. That is so for one that was exchanged
    for another's, too: what counts is who is given the token, not whose session is behind it.
    """
    holder = session.terms.client_id or session.client_id
    is_told = holder == FIRST_PARTY_CLIENT or GROUPS in scope.split()
    return claims_of(entitlements) if is_told else {}


def left_out(entitlements: Entitlements) -> list[str]:
    """The claims that are too large for a token."""
    return [claim for claim, names in _by_claim(entitlements).items() if not _is_small(names)]


def _by_claim(entitlements: Entitlements) -> dict[str, tuple[str, ...]]:
    told = (entitlements.roles, entitlements.groups, entitlements.permissions)
    return dict(zip(CLAIMS, told, strict=True))


def _is_small(names: tuple[str, ...]) -> bool:
    return len(names) <= MOST_NAMES and sum(map(len, names)) <= MOST_CHARACTERS
