"""Who may call the admin API, and in whose name it acts."""

from collections.abc import Callable
from typing import TypeVar

from flask import Response, request

from gatepass import AccessTokenVerifier, Principal
from gatepass.flask import TokenGuard
from gatepass_server.accounts.administrators import Administrators
from gatepass_server.domain.audit import Actor
from gatepass_server.domain.scopes import ADMIN
from gatepass_server.web.headers import client_address, request_id

View = TypeVar("View", bound=Callable[..., Response])

_ACTOR = "gatepass_actor"


class AdminGuard(TokenGuard):
    """Lets in who has a token with the scope ``admin`` in the header ``Authorization``.

    A browser's cookie is not looked at: what a browser sends on its own must not be able to administer anything.
    """

    def __init__(
        self, verifier: AccessTokenVerifier, administrators: Administrators, *, trusted_proxies: int
    ) -> None:
        super().__init__(verifier, check=self._recognise)
        self._administrators = administrators
        self._trusted_proxies = trusted_proxies

    @property
    def actor(self) -> Actor:
        """In whose name the request acts."""
        return Actor(
            name=getattr(request, _ACTOR),
            address=client_address(self._trusted_proxies),
            request_id=request_id(),
        )

    def protect(self, view: View) -> View:
        """Let only administrators through to the view."""
        return self.token_required(ADMIN)(view)

    def _recognise(self, principal: Principal) -> None:
        # On the request, not on flask.g: that one belongs to the application context, which several may share.
        setattr(request, _ACTOR, self._administrators.recognise(principal))
