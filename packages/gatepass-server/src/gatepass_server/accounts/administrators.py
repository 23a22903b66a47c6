"""Who may use the admin API: admins, and programs that act for the operator."""

from typing import Any

from gatepass import Principal
from gatepass.errors import RevokedTokenError
from gatepass_server.accounts.sessions import Sessions
from gatepass_server.domain.audit import client_actor, user_actor
from gatepass_server.domain.clock import Clock, whole_seconds
from gatepass_server.domain.errors import Forbidden
from gatepass_server.domain.scopes import ADMIN
from gatepass_server.domain.sessions import StatusIndex
from gatepass_server.store.ports import Store


class Administrators:
    """Recognises an administrator by a verified token with the scope ``admin``, at every call anew."""

    def __init__(self, store: Store, sessions: Sessions, clock: Clock) -> None:
        self._store = store
        self._sessions = sessions
        self._clock = clock

    def recognise(self, principal: Principal) -> str:
        """The actor, as the audit log names it.

        Raises:
            RevokedTokenError: the session has ended, the account is disabled, or the program is gone.
            Forbidden: the account is no admin's, or the program may not have the scope any more.
        """
        if principal.session_id is None:
            return self._program(principal)
        live = self._sessions.caller(principal)
        if live is None:
            raise RevokedTokenError("the session has ended or the account is disabled")
        if not live.user.is_admin:
            raise Forbidden("Only an admin may do this.", reason=f"{live.user.id} is no admin")
        return user_actor(live.user.id)

    def _program(self, principal: Principal) -> str:
        """A token that a program has for itself (RFC 6749 section 4.4): its subject is the program (RFC 9068)."""
        client_id = principal.client_id
        if client_id is None or client_id != principal.subject:
            raise RevokedTokenError("a token of no session that is not a program's own")
        place = _place(principal.claims)
        with self._store.read() as uow:
            client = uow.clients.by_id(client_id)
            grant = None if place is None else uow.client_grants.at(place)
        if client is None:
            raise RevokedTokenError("the client is gone")
        if place is not None and not (
            grant and grant.client_id == client_id and grant.is_live(whole_seconds(self._clock))
        ):
            raise RevokedTokenError("the tokens of the client were taken back")
        if ADMIN not in client.metadata.scopes:
            raise Forbidden("This client may not do this.", reason=f"client {client_id} may not have {ADMIN}")
        return client_actor(client_id)


def _place(claims: dict[str, Any]) -> StatusIndex | None:
    """The place in the revocation feed that a token of this house names."""
    named = claims.get("status", {}).get("status_list")
    return None if named is None else StatusIndex(int(named["uri"].rpartition("/")[2]), int(named["idx"]))
