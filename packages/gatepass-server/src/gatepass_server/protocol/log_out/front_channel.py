"""Telling programs of a log-out in the browser (OpenID Connect Front-Channel Logout 1.0)."""

from collections import Counter
from collections.abc import Iterable, Sequence
from functools import cache
from typing import Final
from urllib.parse import urlencode, urlsplit

from gatepass_server.domain.sessions import Session
from gatepass_server.store.ports import UnitOfWork

MOST: Final = 20
"""Frames of one page."""

MOST_OF_ONE: Final = 3
"""Frames of one program: a browser that signed in to it again and again has its newest sessions there."""

_GRANTS: Final = 200


def frames_of(uow: UnitOfWork, sign_in: Session, *, issuer: str, now: int) -> Sequence[str]:
    """The addresses that the signed-out page loads, one for each live grant whose program wants it.

    Ask before the sign-in is ended: afterwards it has none.

    Args:
        uow: reads.
        sign_in: the session of the browser.
        issuer: of this server.
        now: in seconds since the epoch.
    """
    client_of = cache(uow.clients.by_id)
    count: Counter[str] = Counter()
    frames = []
    for grant in reversed(uow.sessions.grants_in(sign_in.id, now=now, limit=_GRANTS)):
        client = client_of(grant.client_id)
        if client is None or not client.metadata.frontchannel_logout_uri or count[client.id] >= MOST_OF_ONE:
            continue
        count[client.id] += 1
        frames.append(with_parameters(client.metadata.frontchannel_logout_uri, iss=issuer, sid=grant.id))
    return frames[:MOST]


def origins_of(frames: Iterable[str]) -> Sequence[str]:
    """What ``frame-src`` of the page's policy must name, and no more."""
    parts = map(urlsplit, frames)
    return sorted({f"{one.scheme}://{one.netloc}" for one in parts})


def with_parameters(address: str, **parameters: str) -> str:
    """The address with parameters added to its query (RFC 6749 section 3.1.2: what it has is kept)."""
    separator = "&" if urlsplit(address).query else "?"
    return f"{address.removesuffix('?')}{separator}{urlencode(parameters)}"
