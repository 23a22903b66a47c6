"""Every URL on one screen."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass

from flask import Response

from gatepass_server.bootstrap import Gatepass
from gatepass_server.web.api import discovery, introspection, log_in, operation, sign_up, users
from gatepass_server.web.caller import CallerGuard
from gatepass_server.web.cookies import SessionCookie
from gatepass_server.web.csrf import OwnOrigin
from gatepass_server.web.schema import Schema, document


@dataclass(frozen=True, slots=True)
class Route:
    """One method at one address, the view that answers it, and its entry in ``/openapi.json``."""

    method: str
    path: str
    name: str
    view: Callable[[], Response]
    operation: Schema


def routes(gatepass: Gatepass, guard: CallerGuard) -> list[Route]:
    """The table of the house."""
    settings = gatepass.settings
    proxies = settings.trusted_proxies
    paths: dict[str, dict[str, Schema]] = defaultdict(dict)
    accounts = sign_up.SignUpEndpoint(gatepass.sign_up, gatepass.policy, trusted_proxies=proxies)
    entry = log_in.LogInEndpoint(
        gatepass.log_in,
        gatepass.refresh,
        SessionCookie(settings.public_issuer),
        OwnOrigin(settings.public_issuer),
        trusted_proxies=proxies,
        article_answers=settings.article_answers,
    )
    tokens = introspection.IntrospectionEndpoint(gatepass.clients, gatepass.introspection)
    people = users.UsersEndpoint(guard, gatepass.directory)
    house = operation.OperationEndpoint(
        gatepass.store, gatepass.signer, document(paths, issuer=settings.public_issuer)
    )
    protected = guard.token_required
    table = [
        Route("POST", "/signup", "sign_up", accounts.post, sign_up.OPERATION),
        Route("POST", "/login", "log_in", entry.post, log_in.LOG_IN),
        Route("POST", "/refresh", "refresh", entry.refresh, log_in.REFRESH),
        Route("GET", "/user", "users", protected(people.list), users.LIST),
        Route("GET", "/me", "me", protected(people.me), users.ME),
        Route("POST", introspection.PATH, "introspect", tokens.post, introspection.INTROSPECT),
        Route("GET", "/healthz", "health", house.health, operation.HEALTH),
        Route("GET", "/readyz", "ready", house.ready, operation.READY),
        Route("GET", "/openapi.json", "openapi", house.openapi, operation.OPENAPI),
    ]
    if gatepass.ring is not None:
        found = discovery.DiscoveryEndpoint(gatepass.ring, issuer=settings.public_issuer)
        well_known = "/.well-known"
        table += [
            Route("GET", f"{well_known}/jwks.json", "jwks", found.jwks, discovery.JWKS),
            Route(
                "GET",
                f"{well_known}/openid-configuration",
                "openid_configuration",
                found.metadata,
                discovery.METADATA,
            ),
            Route(
                "GET",
                f"{well_known}/oauth-authorization-server",
                "oauth_authorization_server",
                found.metadata,
                discovery.METADATA,
            ),
        ]
    for route in table:
        paths[route.path][route.method.lower()] = {"operationId": route.name, **route.operation}
    return table
