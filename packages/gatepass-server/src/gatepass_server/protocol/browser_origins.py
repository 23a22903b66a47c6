"""Pages of programs that run in a browser, and may call this server from there (CORS)."""

from collections.abc import Iterator
from urllib.parse import urlsplit

from gatepass_server.domain.clients import Client
from gatepass_server.domain.clock import Clock
from gatepass_server.store.ports import Store

TRUSTED_SECONDS = 30
"""How long a copy of the origins is trusted: a browser keeps a permission for longer anyway."""

_UNKNOWN_SECONDS = 5
"""How old it may be where an origin is not in it: a program may have been registered just now."""


class BrowserOrigins:
    """The origins that programs are registered with, and those of the redirect URIs of public ones.

    A preflight does not say which program it is for, so an origin of one is let through for all: what it may do there
    is a matter of tokens. Reads every program, but no more often than every few seconds.
    """

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._copy: tuple[float, frozenset[str]] | None = None

    def allow(self, origin: str) -> bool:
        """Whether pages of this origin may call."""
        return origin in self._known(TRUSTED_SECONDS) or origin in self._known(_UNKNOWN_SECONDS)

    def _known(self, max_age: int) -> frozenset[str]:
        now = self._clock()
        copy = self._copy
        if copy is None or not 0 <= now - copy[0] < max_age:
            with self._store.read() as uow:
                clients = uow.clients.all()
            copy = self._copy = now, frozenset(origin for client in clients for origin in _origins(client))
        return copy[1]


def _origins(client: Client) -> Iterator[str]:
    yield from map(str.lower, client.metadata.origins)
    if client.is_public:
        for uri in client.metadata.redirect_uris:
            parts = urlsplit(uri)
            if parts.scheme == "https":
                yield f"https://{parts.netloc}".lower().removesuffix(":443")
