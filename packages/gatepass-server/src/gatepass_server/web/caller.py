"""Who is calling: a verified token whose session and account are alive."""

from flask import request

from gatepass import Principal, Verifier
from gatepass.errors import RevokedTokenError
from gatepass.flask import TokenGuard
from gatepass_server.accounts.sessions import Sessions
from gatepass_server.domain.accounts import User

ARTICLE_HEADER = "x-access-token"
"""The header that the original tutorial's clients send their token in."""

_USER = "gatepass_user"


class CallerGuard(TokenGuard):
    """The library's guard, which here also looks the session up: the server itself honours no ended one."""

    def __init__(self, verifier: Verifier, sessions: Sessions) -> None:
        super().__init__(verifier, extra_headers=(ARTICLE_HEADER,), check=self._check)
        self._sessions = sessions

    def _check(self, principal: Principal) -> None:
        live = self._sessions.caller(principal)
        if live is None:
            raise RevokedTokenError("the session has ended or the account is disabled")
        # On the request, not on flask.g: that one belongs to the application context, which several may share.
        setattr(request, _USER, live.user)

    @property
    def user(self) -> User:
        """The account behind the request."""
        user: User = getattr(request, _USER)
        return user
