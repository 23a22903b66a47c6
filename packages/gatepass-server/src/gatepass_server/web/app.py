"""The WSGI application of a standalone server, and the same endpoints inside somebody else's."""

from collections.abc import Callable

from flask import Blueprint, Flask

from gatepass_server.bootstrap import Gatepass
from gatepass_server.web.bound_tokens import bound_tokens
from gatepass_server.web.browsers import Browsers
from gatepass_server.web.caller import CallerGuard
from gatepass_server.web.cookies import SessionCookie
from gatepass_server.web.csrf import OwnOrigin
from gatepass_server.web.errors import install_errors
from gatepass_server.web.headers import install_headers
from gatepass_server.web.routes import routes
from gatepass_server.web.rsgi import RsgiShell

NAME = "gatepass"


def create_app(gatepass: Gatepass) -> Flask:
    """The standalone application: every request, a wrong address included, gets our headers and errors."""
    app = Flask(__name__, static_folder=None, template_folder=None)
    app.url_map.merge_slashes = (
        False  # //login is no address: the redirect would be built from the Host header
    )
    install_headers(app, gatepass.settings)
    install_errors(app)
    app.register_blueprint(_blueprint(gatepass, _guard(gatepass, "")))
    return app


def create_shell(gatepass: Gatepass, *, started: Callable[[], None]) -> RsgiShell:
    """The standalone application as Granian serves it; ``started`` is called in each worker."""
    settings = gatepass.settings
    return RsgiShell(
        create_app(gatepass),
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
    blueprint = _blueprint(gatepass, _guard(gatepass, prefix))
    install_headers(blueprint, gatepass.settings)
    install_errors(blueprint)
    app.register_blueprint(blueprint, url_prefix=prefix or None)
    app.extensions[NAME] = gatepass


def _guard(gatepass: Gatepass, prefix: str) -> CallerGuard:
    bound = bound_tokens(gatepass, prefix=prefix)
    return CallerGuard(gatepass.verifier, gatepass.sessions, browsers(gatepass), bound)


def browsers(gatepass: Gatepass) -> Browsers:
    """What guards ask about browsers."""
    issuer = gatepass.settings.public_issuer
    return Browsers(
        gatepass.cookie_sessions, gatepass.session_claims, SessionCookie(issuer), OwnOrigin(issuer)
    )


def _blueprint(gatepass: Gatepass, guard: CallerGuard) -> Blueprint:
    blueprint = Blueprint(NAME, __name__)
    for route in routes(gatepass, guard):
        blueprint.add_url_rule(route.path, route.name, route.view, methods=[route.method])
    return blueprint
