"""Sector identifiers (OpenID Connect Registration section 5)."""

import msgspec

from gatepass_server.domain.clients import ClientMetadata
from gatepass_server.outbound.client import Outbound
from gatepass_server.outbound.errors import Unreachable
from gatepass_server.protocol.errors import InvalidClientMetadata

_uris = msgspec.json.Decoder(list[str]).decode


def check_sector(metadata: ClientMetadata, outbound: Outbound) -> None:
    """See that the document at ``sector_identifier_uri`` names every redirect URI. It is fetched, which blocks.

    Raises:
        InvalidClientMetadata: it does not, or it cannot be had.
    """
    if not metadata.sector_identifier_uri:
        return
    try:
        named = _uris(outbound.get(metadata.sector_identifier_uri).body)
    except Unreachable as error:
        raise InvalidClientMetadata(
            "sector_identifier_uri: its document cannot be had.", reason=str(error)
        ) from None
    except (msgspec.MsgspecError, UnicodeError, RecursionError):
        raise InvalidClientMetadata(
            "sector_identifier_uri: its document is no JSON list of addresses."
        ) from None
    missing = set(metadata.redirect_uris).difference(named)
    if missing:
        raise InvalidClientMetadata("sector_identifier_uri: its document does not name every redirect URI.")
