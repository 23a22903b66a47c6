"""Opening a session and recognising it again."""

from gatepass import Principal
from gatepass_server.domain.accounts import User
from gatepass_server.domain.clock import Clock, whole_seconds
from gatepass_server.domain.ids import new_id
from gatepass_server.domain.sessions import Session
from gatepass_server.store.ports import LiveSession, Store

_DEVICE_CHARACTERS = 200


class Sessions:
    """Makes sessions, and checks at every request to the server itself that one is still live.

    Args:
        ttl: seconds from the log-in to the absolute end.
        scope: what a first-party session may do.
    """

    def __init__(self, store: Store, clock: Clock, *, ttl: int, scope: str, client_id: str) -> None:
        self._store = store
        self._clock = clock
        self._ttl = ttl
        self._scope = scope
        self._client_id = client_id

    def new(self, user: User, *, method: str, address: str, device: str, scope: str | None = None) -> Session:
        """A session that starts now; the caller keeps it in its transaction.

        Args:
            user: whose session it is.
            method: how the person proved who they are, as RFC 8176 names it, such as ``pwd``.
            address: the IP address, empty where there is none.
            device: the ``User-Agent``.
            scope: scopes separated by spaces; by default those of a first-party log-in.
        """
        now = whole_seconds(self._clock)
        return Session(
            id=new_id(),
            user_id=user.id,
            client_id=self._client_id,
            scope=self._scope if scope is None else scope,
            methods=(method,),
            authenticated_at=now,
            created_at=now,
            expires_at=now + self._ttl,
            address=address,
            device=_printable(device)[:_DEVICE_CHARACTERS],
        )

    def caller(self, principal: Principal) -> LiveSession | None:
        """The live session behind a verified token and its enabled owner, or None.

        A token outlives neither its session nor its account here, although its signature is good.
        """
        if principal.session_id is None:
            return None
        with self._store.read() as uow:
            found = uow.sessions.with_user(principal.session_id)
        if found is None or found.user.id != principal.subject:
            return None
        alive = found.session.is_live(whole_seconds(self._clock)) and found.user.is_enabled
        return found if alive else None


def _printable(text: str) -> str:
    return "".join(character for character in text if character.isprintable())
