"""The public keys of programs: written into their registration, or published at an address of theirs."""

import time
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from threading import Lock
from typing import Any, Final

import msgspec

from gatepass.errors import KeyFormatError, KeysUnavailableError
from gatepass.forks import mend_after_forks
from gatepass.jwk import keys_from_jwks
from gatepass.key_sources.remote import RemoteKeys
from gatepass.keys import Key
from gatepass.sources import FetchingKeySource, KeySource, NamedKeys
from gatepass.strict_json import decode_object
from gatepass_server.outbound.client import Outbound
from gatepass_server.outbound.errors import Unreachable
from gatepass_server.outbound.places import shown_url

MAX_SETS: Final = 512
"""Sets that are remembered; of more, the one that was longest out of use is forgotten, and fetched again."""

_NO_KEYS: Final = NamedKeys(())


class KeySets:
    """Finds a program's keys. Sets are shared: two programs with one address are one fetch.

    A set at an address is fetched when first needed, then every five minutes beside the requests; a ``kid`` that is
    not known makes it be fetched once more, but never twice in ten seconds; an outage is outlived for a day (see
    ``gatepass.key_sources.remote.RemoteKeys``). Hand the source to a ``gatepass.Verifier`` as ``keys``, or call
    :func:`keys_for`.
    """

    def __init__(self, outbound: Outbound, *, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._outbound = outbound
        self._monotonic = monotonic
        self._known: OrderedDict[str | bytes, KeySource] = OrderedDict()
        self.after_fork()
        mend_after_forks(self)

    def of(self, *, jwks: Mapping[str, Any] | None, jwks_uri: str | None) -> KeySource:
        """The keys of one program, of whose two places at most one is given (RFC 7591 section 2).

        It never fetches and never raises: a set that cannot be read is one without keys.
        """
        if jwks_uri is not None:
            url = jwks_uri
            return self._remembered(url, lambda: _AtAddress(url, self._outbound, self._monotonic))
        if jwks is None:
            return _NO_KEYS
        return self._remembered(msgspec.json.encode(jwks), lambda: _inline(jwks))

    def after_fork(self) -> None:
        """Go on in a child, where nobody holds the lock."""
        self._lock = Lock()

    def _remembered(self, name: str | bytes, make: Callable[[], KeySource]) -> KeySource:
        with self._lock:
            source = self._known.get(name)
            if source is None:
                source = self._known[name] = make()
                if len(self._known) > MAX_SETS:
                    self._known.popitem(last=False)
            else:
                self._known.move_to_end(name)
            return source


def keys_for(source: KeySource, kid: str | None, alg: str) -> Sequence[Key]:
    """The keys that may have signed such a token; fetches, and blocks, where that is due.

    Raises:
        KeysUnavailableError: There are none, and they cannot be fetched.
    """
    if isinstance(source, FetchingKeySource) and source.due(kid, alg):
        source.refresh(kid, alg)
    return source.find(kid, alg)


def _inline(jwks: Mapping[str, Any]) -> KeySource:
    try:
        return NamedKeys(keys_from_jwks(jwks))
    except KeyFormatError:
        return _NO_KEYS


class _AtAddress(RemoteKeys):
    """The set at an address (RFC 7517 section 5)."""

    def __init__(self, url: str, outbound: Outbound, monotonic: Callable[[], float]) -> None:
        self._url = url
        super().__init__(shown_url(url), fetch=lambda address: _fetch(outbound, address), monotonic=monotonic)

    def _fetch_keys(self, began: float) -> Sequence[Key]:
        return keys_from_jwks(self._get(self._url, began))


def _fetch(outbound: Outbound, url: str) -> dict[str, Any]:
    body = outbound.get(url).body
    try:
        return decode_object(body)
    except ValueError as error:
        raise Unreachable(f"{shown_url(url)}: {error}", status=200) from None


__all__ = ["MAX_SETS", "KeySets", "KeysUnavailableError", "keys_for"]
