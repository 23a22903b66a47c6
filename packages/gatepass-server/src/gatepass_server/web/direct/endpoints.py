"""The direct endpoints of a house. Each stands in ``web/routes.py``, too: for hosts, and for what is unusual."""

from collections.abc import Mapping, Set

from gatepass_server.bootstrap import Gatepass
from gatepass_server.settings import Settings
from gatepass_server.settings.model import available_cores
from gatepass_server.web.api.discovery import DiscoveryEndpoint
from gatepass_server.web.cookies import SessionCookie
from gatepass_server.web.cors import FOR_REGISTERED
from gatepass_server.web.direct.answering import Answering, Endpoint
from gatepass_server.web.direct.authorization import DirectAuthorization
from gatepass_server.web.direct.documents import DirectDocument
from gatepass_server.web.direct.forms import FormEndpoint, Service
from gatepass_server.web.direct.lanes import Lane
from gatepass_server.web.direct.placed import Placed
from gatepass_server.web.direct.userinfo import DirectUserInfo
from gatepass_server.web.oauth import authorize, introspection, pushed, revocation, token, userinfo
from gatepass_server.web.signed_in import SignedIn
from gatepass_server.web.usual_headers import usual_headers


def direct_endpoints(gatepass: Gatepass) -> Mapping[tuple[str, str], Placed]:
    """By method and path. Where a shared secret signs, there are none."""
    provider, ring, settings = gatepass.provider, gatepass.ring, gatepass.settings
    if provider is None or ring is None:
        return {}
    services: dict[str, tuple[Service, Lane]] = {
        token.PATH: (provider.server.token, Lane.WORK),
        introspection.PATH: (gatepass.introspection, Lane.READS),
        revocation.PATH: (provider.revocation, Lane.WORK),
        pushed.PATH: (provider.pushed, Lane.ANY),
    }
    found: dict[tuple[str, str], Endpoint] = {
        ("POST", path): FormEndpoint(
            service,
            settings.public_issuer.rstrip("/"),
            trusted_proxies=settings.trusted_proxies,
            certificate_header=settings.client_certificate_header,
            for_browsers=path in FOR_REGISTERED,
            lane=lane,
        )
        for path, (service, lane) in services.items()
    }
    found["GET", userinfo.PATH] = DirectUserInfo(
        gatepass.verifier,
        gatepass.sessions,
        provider.userinfo,
        lane=Lane.ANY
        if settings.takes_documents
        else Lane.READS,  # a program's document may have to be fetched
    )
    found["GET", authorize.PATH] = DirectAuthorization(
        provider.authorize,
        SignedIn(gatepass.browser_accounts, SessionCookie(settings.public_issuer)),
        settings.public_issuer.rstrip("/"),
    )
    discovery = DiscoveryEndpoint(ring, provider.metadata)
    views = {
        "jwks.json": discovery.jwks,
        "openid-configuration": discovery.metadata,
        "oauth-authorization-server": discovery.metadata,
    }
    for title, view in views.items():
        found["GET", f"/.well-known/{title}"] = DirectDocument(view, ring, gatepass.clock)
    usual = usual_headers(is_https=settings.public_issuer.startswith("https://"))
    in_loop = _in_loop(settings)
    return {at: Placed(Answering(endpoint, usual), in_loop) for at, endpoint in found.items()}


def _in_loop(settings: Settings) -> Set[Lane]:
    """The lanes that the event loop takes over: where a thread would cost more than it brings.

    To read a session takes less than to wake a thread. Who signs and writes holds the loop for some milliseconds; that
    is no loss where each core has a worker, for a thread would only take a core from another one. Where the server of
    a database is far away, ``store/sql/watch.py`` says so, and threads wait for it.
    """
    if settings.workers < available_cores():
        return frozenset({Lane.READS})
    return frozenset({Lane.READS, Lane.WORK})
