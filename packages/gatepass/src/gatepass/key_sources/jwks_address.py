"""The keys at a fixed address of a JWK set."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gatepass.address import checked_url
from gatepass.jwk import keys_from_jwks
from gatepass.key_sources.remote import RemoteKeys

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Unpack

    from gatepass.key_sources.options import RemoteOptions
    from gatepass.keys import Key


class JwksAddressKeys(RemoteKeys):
    """The keys of a JWK set (RFC 7517 section 5) whose address is known, for issuers without metadata.

    Args:
        url: The address: ``https``, or ``http`` on this machine.
        options: As of :class:`gatepass.key_sources.remote.RemoteKeys`.

    Raises:
        ValueError: The address may not be fetched, or an option makes no sense.
    """

    def __init__(self, url: str, **options: Unpack[RemoteOptions]) -> None:
        checked_url(url)
        self._url = url
        super().__init__(url, **options)

    def _fetch_keys(self, began: float) -> Sequence[Key]:
        return keys_from_jwks(self._get(self._url, began))
