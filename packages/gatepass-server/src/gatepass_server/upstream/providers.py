"""The houses of the settings, each with its client."""

from collections.abc import Callable, Mapping
from urllib.parse import urlsplit

from gatepass_server.domain.clock import Clock
from gatepass_server.domain.upstreams import Upstream
from gatepass_server.outbound.client import Outbound
from gatepass_server.upstream.asking import Asking
from gatepass_server.upstream.client import UpstreamClient
from gatepass_server.upstream.errors import UnknownProvider


class Providers:
    """Finds the client of a house.

    Args:
        upstreams: the settings, by name.
        outbound: the way to a house, for its settings.
        clock: seconds since the epoch.

    Raises:
        OperatorError: a signing key cannot be used.
    """

    def __init__(
        self, upstreams: Mapping[str, Upstream], outbound: Callable[[Upstream], Outbound], clock: Clock
    ) -> None:
        self._clients = {
            name: _client(name, upstream, outbound(upstream), clock) for name, upstream in upstreams.items()
        }

    @property
    def names(self) -> tuple[str, ...]:
        """Their names, in the order of the settings."""
        return tuple(self._clients)

    def find(self, name: str) -> UpstreamClient:
        """The client of a house.

        Raises:
            UnknownProvider: there is none of that name.
        """
        try:
            return self._clients[name]
        except KeyError:
            raise UnknownProvider("There is nothing at this address.", reason="no such upstream") from None


def hosts_of(upstream: Upstream) -> frozenset[str]:
    """The hosts that the settings name: they may be in a private network, as the operator said so."""
    addresses = (
        upstream.issuer if upstream.kind == "openid" else "",
        upstream.token_url,
        upstream.request_token_url,
        upstream.userinfo_url,
        upstream.emails_url,
    )
    return frozenset(urlsplit(address).hostname or "" for address in addresses if address)


def _client(name: str, upstream: Upstream, outbound: Outbound, clock: Clock) -> UpstreamClient:
    """A server that no house is named to loads none of them."""
    from gatepass_server.outbound.key_sets import KeySets  # noqa: PLC0415 - see above
    from gatepass_server.upstream.client_secrets import AuthenticatedRequests  # noqa: PLC0415 - see above
    from gatepass_server.upstream.discovery import Discovery  # noqa: PLC0415 - see above
    from gatepass_server.upstream.oauth1 import OAuth1Client  # noqa: PLC0415 - see above
    from gatepass_server.upstream.oauth2 import OAuth2Client  # noqa: PLC0415 - see above
    from gatepass_server.upstream.openid import OpenIdClient  # noqa: PLC0415 - see above

    asking = Asking(outbound, name)
    if upstream.kind == "oauth1":
        return OAuth1Client(upstream, asking)
    requests = AuthenticatedRequests(upstream, clock, name=name)
    if upstream.kind == "oauth2":
        return OAuth2Client(upstream, asking, requests)
    discovery = Discovery(upstream, asking, KeySets(outbound))
    return OpenIdClient(upstream, asking, discovery, requests, clock)
