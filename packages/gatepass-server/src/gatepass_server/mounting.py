"""``mount``: the same server inside a Flask program."""

import time
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from msgspec import structs

from gatepass_server.bootstrap import open_for_service
from gatepass_server.domain.clock import Clock
from gatepass_server.settings import load_settings
from gatepass_server.web.app import browsers, mount_on
from gatepass_server.web.bound_tokens import bound_tokens
from gatepass_server.web.caller import HostGuard

if TYPE_CHECKING:
    from flask import Flask


def mount(
    app: "Flask",
    prefix: str = "/auth",
    *,
    settings: Mapping[str, Any] | None = None,
    config: Path | None = None,
    clock: Clock = time.time,
) -> HostGuard:
    """Put Gatepass's endpoints into ``app`` and return the guard for the app's own routes.

    The guard lets in who has a token or a cookie, as ``gatepass.flask.TokenGuard`` does; ``guard.csrf_token`` is for
    the app's forms.

    Args:
        app: your Flask program.
        prefix: where the endpoints go: ``/auth`` gives ``/auth/login``; empty puts them at the root.
        settings: settings by name, above ``gatepass.toml`` and ``GATEPASS_*``. ``issuer`` should be the public
            address of your program followed by ``prefix``; by default it is ``http://127.0.0.1:PORT`` and the prefix.
        config: the settings file, if it is not ``gatepass.toml``.
        clock: seconds since the epoch.

    Raises:
        OperatorError: the settings or the database cannot be used.
    """
    prefix = prefix.rstrip("/")
    loaded = load_settings(options=settings, config=config)
    if not loaded.issuer:
        loaded = structs.replace(loaded, issuer=loaded.public_issuer + prefix)
    gatepass = open_for_service(loaded, clock=clock)
    gatepass.close()  # programs that fork their workers after this line must not share a connection
    mount_on(app, gatepass, prefix=prefix)
    bound = bound_tokens(gatepass, prefix=prefix)
    return HostGuard(gatepass.verifier, gatepass.sessions, browsers(gatepass), bound)
