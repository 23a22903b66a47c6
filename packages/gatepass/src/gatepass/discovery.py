"""The keys of an issuer, found by its address (RFC 8414, OpenID Connect Discovery)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gatepass.fetch_limits import FetchError
from gatepass.jwk import keys_from_jwks
from gatepass.key_sources.remote import RemoteKeys
from gatepass.metadata import jwks_uri_of, metadata_urls

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Unpack

    from gatepass.key_sources.options import RemoteOptions
    from gatepass.keys import Key


class IssuerKeys(RemoteKeys):
    """The keys an issuer publishes, wherever its metadata say that they lie.

    Args:
        issuer: The issuer's address; its metadata must name exactly this ``issuer`` (RFC 8414 section 3.3).
        options: As of :class:`gatepass.key_sources.remote.RemoteKeys`.

    Raises:
        ValueError: The address may not be fetched, or an option makes no sense.
    """

    def __init__(self, issuer: str, **options: Unpack[RemoteOptions]) -> None:
        self._issuer = issuer
        self._urls = metadata_urls(issuer)
        super().__init__(issuer, **options)

    def _fetch_keys(self, began: float) -> Sequence[Key]:
        return keys_from_jwks(self._get(self._jwks_uri(began), began))

    def _jwks_uri(self, began: float) -> str:
        failures = []
        for url in self._urls:
            try:
                found = jwks_uri_of(self._get(url, began), self._issuer)
            except FetchError as error:
                failures.append(str(error))
            except ValueError as error:
                failures.append(f"{url}: {error}")
            else:
                # Where they lay this time they are looked for first the next time.
                self._urls = [url, *(other for other in self._urls if other != url)]
                return found
        raise FetchError("; ".join(failures))
