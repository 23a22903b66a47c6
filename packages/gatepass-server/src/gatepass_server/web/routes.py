"""Every URL on one screen."""

import re
from collections import defaultdict
from collections.abc import Callable
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from flask import Response

from gatepass_server.bootstrap import Gatepass
from gatepass_server.protocol.provider import Provider
from gatepass_server.web.api import (
    admin,
    discovery,
    log_in,
    operation,
    password,
    sessions,
    sign_up,
    status_lists,
    upstream_log_out,
    users,
)
from gatepass_server.web.bridge import Bridge
from gatepass_server.web.caller import CallerGuard, for_own_log_ins
from gatepass_server.web.cookies import SessionCookie
from gatepass_server.web.cors import opened
from gatepass_server.web.csrf import OwnOrigin
from gatepass_server.web.oauth import (
    authorize,
    device,
    end_session,
    introspection,
    pushed,
    register,
    revocation,
    token,
    userinfo,
)
from gatepass_server.web.oauth.program_endpoint import ProgramEndpoint
from gatepass_server.web.pages.table import PageTable, page_table
from gatepass_server.web.route import Route
from gatepass_server.web.schema import Schema, document
from gatepass_server.web.signed_in import SignedIn

if TYPE_CHECKING:
    from gatepass_server.protocol.oauth1.provider import Oauth1

_PARAMETER = re.compile(r"<(?:\w+:)?(\w+)>")
"""A part of an address, as Flask writes it; OpenAPI has braces."""

ACCOUNT_SCOPE = "account"
"""What a token needs for the endpoints of this table that need one, if log-ins have it."""


def routes(gatepass: Gatepass, guard: CallerGuard, pages: PageTable | None = None) -> list[Route]:
    """The table of the house, but for its pages, which have their own (``pages/table.py``)."""
    settings = gatepass.settings
    proxies = settings.trusted_proxies
    paths: dict[str, dict[str, Schema]] = defaultdict(dict)
    accounts = sign_up.SignUpEndpoint(gatepass.sign_up, gatepass.policy, trusted_proxies=proxies)
    cookie = SessionCookie(settings.public_issuer)
    entry = log_in.LogInEndpoint(
        gatepass.log_in,
        gatepass.refresh,
        cookie,
        OwnOrigin(settings.public_issuer),
        trusted_proxies=proxies,
        article_answers=settings.article_answers,
    )
    bridge = Bridge(
        settings.public_issuer,
        trusted_proxies=proxies,
        certificate_header=settings.client_certificate_header,
    )
    tokens = ProgramEndpoint(gatepass.introspection, bridge, introspection.PATH)
    people = users.UsersEndpoint(guard, gatepass.directory)
    log_ins = sessions.SessionsEndpoint(
        guard, gatepass.session_list, gatepass.log_out, cookie, trusted_proxies=proxies
    )
    secrets = password.PasswordEndpoint(guard, gatepass.change_password, cookie, trusted_proxies=proxies)
    house = operation.OperationEndpoint(
        gatepass.store, gatepass.signer, document(paths, issuer=settings.public_issuer)
    )
    # A token that was narrowed for another API must not serve there to end sessions here.
    named = guard.token_required(*(scope for scope in settings.login_scopes if scope == ACCOUNT_SCOPE))

    def protected(view: Callable[..., Response]) -> Callable[..., Response]:
        return named(for_own_log_ins(guard, ACCOUNT_SCOPE)(view))

    table = [
        Route("POST", "/signup", "sign_up", accounts.post, sign_up.OPERATION),
        Route("POST", "/login", "log_in", entry.post, log_in.LOG_IN),
        Route("POST", "/refresh", "refresh", entry.refresh, log_in.REFRESH),
        Route("GET", "/user", "users", protected(people.list), users.LIST),
        Route("GET", "/me", "me", protected(people.me), users.ME),
        Route("POST", "/me/password", "change_password", protected(secrets.post), password.CHANGE),
        Route("POST", "/logout", "log_out", log_ins.log_out, sessions.LOG_OUT),
        Route("GET", "/sessions", "sessions", protected(log_ins.list), sessions.LIST),
        Route("DELETE", "/sessions", "end_sessions", protected(log_ins.end_all), sessions.END_ALL),
        Route("DELETE", "/sessions/<session_id>", "end_session", protected(log_ins.end), sessions.END),
        Route("POST", introspection.PATH, "introspect", tokens.post, introspection.INTROSPECT),
        Route("GET", "/healthz", "health", house.health, operation.HEALTH),
        Route("GET", "/readyz", "ready", house.ready, operation.READY),
        Route("GET", "/openapi.json", "openapi", house.openapi, operation.OPENAPI),
    ]
    if gatepass.ring is not None and gatepass.provider is not None:
        found = discovery.DiscoveryEndpoint(gatepass.ring, gatepass.provider.metadata)
        table += [
            *_oauth(gatepass, gatepass.provider, guard, pages or page_table(gatepass), bridge),
            Route("GET", "/.well-known/jwks.json", "jwks", found.jwks, discovery.JWKS),
            *_metadata(found, urlsplit(settings.public_issuer).path.rstrip("/")),
        ]
    if gatepass.status_lists is not None:
        feed = status_lists.StatusListsEndpoint(gatepass.status_lists)
        table += [
            Route("GET", "/status-lists", "status_lists", feed.all, status_lists.ALL),
            Route("GET", "/status-lists/<int:number>", "status_list", feed.one, status_lists.ONE),
        ]
    if gatepass.provider is not None and gatepass.provider.oauth1 is not None:
        table += _oauth1(gatepass, gatepass.provider.oauth1, pages or page_table(gatepass), bridge)
    if settings.upstream:
        told = upstream_log_out.UpstreamLogOutEndpoint(gatepass.upstreams, trusted_proxies=proxies)
        table.append(
            Route("POST", upstream_log_out.PATH, "upstream_log_out", told.post, upstream_log_out.LOG_OUT)
        )
    if settings.admin_api:
        table += admin.table(gatepass)
    if gatepass.provider is not None:
        table = opened(table, gatepass.provider.origins.allow)
    for route in table:
        if not route.operation:
            continue
        paths[_PARAMETER.sub(r"{\1}", route.path)][route.method.lower()] = {
            "operationId": route.name,
            **route.operation,
        }
    return table


def metadata_at_path(gatepass: Gatepass) -> list[Route]:
    """The addresses of the metadata that end with the path of the issuer; none where it has no path."""
    if gatepass.ring is None or gatepass.provider is None:
        return []
    found = discovery.DiscoveryEndpoint(gatepass.ring, gatepass.provider.metadata)
    path = urlsplit(gatepass.settings.public_issuer).path.rstrip("/")
    return [route for route in _metadata(found, path) if path and route.path.endswith(path)]


def _metadata(found: discovery.DiscoveryEndpoint, path: str) -> list[Route]:
    """One document at every address where clients look for it.

    Args:
        found: answers.
        path: of the issuer; a proxy that passes the well-known addresses of the whole site on leaves it at their end
            (RFC 8414 sections 3.1 and 5).
    """
    table = []
    for title in ("openid-configuration", "oauth-authorization-server"):
        name = title.replace("-", "_")
        at = f"/.well-known/{title}"
        table.append(Route("GET", at, name, found.metadata, discovery.METADATA))
        if path:
            table.append(Route("GET", at + path, f"{name}_at_path", found.metadata, {}))
    return table


def _oauth(
    gatepass: Gatepass, provider: Provider, guard: CallerGuard, pages: PageTable, bridge: Bridge
) -> list[Route]:
    """The endpoints below ``/oauth2``."""
    settings = gatepass.settings
    cookies = SessionCookie(settings.public_issuer)
    entry = authorize.AuthorizeEndpoint(
        provider.authorize,
        bridge,
        base=settings.public_issuer.rstrip("/"),
        browser=SignedIn(gatepass.browser_accounts, cookies),
        form_post=pages.authorization.form_post,
        refused=pages.authorization.refused,
    )
    ask = pages.troubles.guard(entry.view)
    leave = end_session.EndSessionEndpoint(
        provider.end_session,
        bridge,
        cookies,
        OwnOrigin(settings.public_issuer),
        base=settings.public_issuer.rstrip("/"),
        browser=SignedIn(gatepass.browser_accounts, cookies),
        ask=pages.leaving.ask,
        left=pages.leaving.left,
        refused=pages.authorization.refused,
    )
    goodbye = pages.troubles.guard(leave.view)
    tokens = token.TokenEndpoint(provider.server, bridge)
    person = userinfo.UserInfoEndpoint(guard.another(userinfo.UserInfoGuard), provider.userinfo)
    table = [
        Route("GET", authorize.PATH, "authorize", ask, authorize.AUTHORIZE),
        Route("POST", authorize.PATH, "authorize_by_post", ask, authorize.AUTHORIZE),
        Route("GET", end_session.PATH, "end_session_by_program", goodbye, end_session.END_SESSION),
        Route("POST", end_session.PATH, "end_session_by_post", goodbye, end_session.END_SESSION),
        Route(
            "POST",
            pushed.PATH,
            "pushed_authorization_request",
            ProgramEndpoint(provider.pushed, bridge, pushed.PATH).post,
            pushed.PUSH,
        ),
        Route("POST", token.PATH, "token", tokens.post, token.TOKEN),
        Route(
            "POST",
            revocation.PATH,
            "revoke",
            ProgramEndpoint(provider.revocation, bridge, revocation.PATH).post,
            revocation.REVOKE,
        ),
        Route(
            "POST",
            device.PATH,
            "device_authorization",
            ProgramEndpoint(provider.device_requests, bridge, device.PATH).post,
            device.DEVICE,
        ),
        Route("GET", userinfo.PATH, "userinfo", person.view, userinfo.USERINFO),
        Route("POST", userinfo.PATH, "userinfo_by_post", person.view, userinfo.USERINFO),
    ]
    if provider.registration is not None:
        own = register.RegistrationEndpoint(provider.registration, trusted_proxies=settings.trusted_proxies)
        table += [
            Route(
                "POST", register.PATH, "register", own.post, register.described(provider.registration.is_open)
            ),
            Route("GET", register.ONE, "registration", own.get, register.READ),
            Route("PUT", register.ONE, "change_registration", own.put, register.CHANGE),
            Route("DELETE", register.ONE, "end_registration", own.delete, register.DELETE),
        ]
    return table


def _oauth1(gatepass: Gatepass, provider: "Oauth1", pages: PageTable, bridge: Bridge) -> list[Route]:
    """The endpoints below ``/oauth1``."""
    from gatepass_server.web.oauth1.table import table  # noqa: PLC0415 - few servers have it

    return table(gatepass, provider, pages, bridge)
