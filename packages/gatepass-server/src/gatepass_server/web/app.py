"""The WSGI application of a standalone server, and the same endpoints inside somebody else's."""

import re
from collections.abc import Callable

from flask import Blueprint, Flask, request

from gatepass_server.bootstrap import Gatepass
from gatepass_server.protocol.log_out.courier import Courier
from gatepass_server.web.bound_tokens import bound_tokens
from gatepass_server.web.browsers import Browsers
from gatepass_server.web.caller import CallerGuard
from gatepass_server.web.cookies import SessionCookie
from gatepass_server.web.cors import preflights
from gatepass_server.web.csrf import OwnOrigin
from gatepass_server.web.direct.endpoints import direct_endpoints
from gatepass_server.web.errors import install_errors
from gatepass_server.web.headers import install_headers
from gatepass_server.web.pages.table import PageTable, page_table
from gatepass_server.web.routes import metadata_at_path, routes
from gatepass_server.web.rsgi import RsgiShell

NAME = "gatepass"


def create_app(gatepass: Gatepass) -> Flask:
    """The standalone application: every request, a wrong address included, gets our headers and errors."""
    app = Flask(__name__, static_folder=None, template_folder=None)
    app.url_map.merge_slashes = (
        False  # //login is no address: the redirect would be built from the Host header
    )
    install_headers(app, gatepass.settings)
    table = page_table(gatepass)
    install_errors(app, table.troubles)
    app.register_blueprint(_blueprint(gatepass, _guard(gatepass, ""), table))
    return app


def create_shell(gatepass: Gatepass, *, started: Callable[[], None]) -> RsgiShell:
    """The standalone application as Granian serves it; ``started`` is called in each worker."""
    settings = gatepass.settings
    return RsgiShell(
        create_app(gatepass),
        direct_endpoints(gatepass),
        host=settings.host,
        port=settings.port,
        threads=settings.threads,
        started=started,
    )


def mount_on(app: Flask, gatepass: Gatepass, *, prefix: str) -> None:
    """Put the endpoints under ``prefix`` of ``app``.

    The app's own routes, errors and headers stay as they are. ``app.extensions["gatepass"]`` is what was mounted,
    for who wants to close its database, such as a test.
    """
    blueprint = _blueprint(gatepass, _guard(gatepass, prefix), page_table(gatepass))
    if gatepass.provider is not None:
        blueprint.before_request(_starter(gatepass.provider.courier))
    install_headers(blueprint, gatepass.settings)
    install_errors(blueprint)
    app.register_blueprint(blueprint, url_prefix=prefix or None)
    if prefix and (top := _top_of_site(gatepass)) is not None:
        app.register_blueprint(top)
    app.extensions[NAME] = gatepass


def _top_of_site(gatepass: Gatepass) -> Blueprint | None:
    """Where clients look for the metadata of an issuer with a path: above the prefix (RFC 8414 section 3.1)."""
    found = metadata_at_path(gatepass)
    if not found:
        return None
    blueprint = Blueprint(f"{NAME}_well_known", __name__)
    for route in found:
        blueprint.add_url_rule(route.path, route.name, route.view, methods=[route.method])
    install_headers(blueprint, gatepass.settings)
    install_errors(blueprint)
    return blueprint


def _starter(courier: Courier) -> Callable[[], None]:
    """Start it at the first request of a program: a host may fork after ``mount``, and may have no programs at all."""

    def start() -> None:
        if "/oauth2/" in request.path:
            courier.start()

    return start


def _guard(gatepass: Gatepass, prefix: str) -> CallerGuard:
    bound = bound_tokens(gatepass, prefix=prefix)
    return CallerGuard(gatepass.verifier, gatepass.sessions, browsers(gatepass), bound)


def browsers(gatepass: Gatepass) -> Browsers:
    """What guards ask about browsers."""
    issuer = gatepass.settings.public_issuer
    return Browsers(
        gatepass.cookie_sessions, gatepass.session_claims, SessionCookie(issuer), OwnOrigin(issuer)
    )


def _blueprint(gatepass: Gatepass, guard: CallerGuard, table: PageTable) -> Blueprint:
    blueprint = Blueprint(NAME, __name__)
    found = routes(gatepass, guard, table)
    provider = gatepass.provider
    asked = {} if provider is None else preflights(found, provider.origins.allow)
    for route in found:
        own = False if route.path in asked else None  # OPTIONS is answered here, and not by Flask
        blueprint.add_url_rule(
            route.path, route.name, route.view, methods=[route.method], provide_automatic_options=own
        )
    for path, view in asked.items():
        name = "preflight_" + re.sub(r"[^a-z0-9]+", "_", path)
        blueprint.add_url_rule(path, name, view, methods=["OPTIONS"])
    for page in table.routes:
        blueprint.add_url_rule(page.path, page.name, page.view, methods=[page.method])
    return blueprint
