"""The programs that a person let in, and how they are put out again."""

from collections.abc import Sequence
from dataclasses import dataclass

from gatepass_server.audit.log import AuditLog
from gatepass_server.domain.accounts import User
from gatepass_server.domain.audit import EventKind, user_actor
from gatepass_server.domain.clients import Client
from gatepass_server.domain.clock import Clock, whole_seconds
from gatepass_server.domain.errors import NotFound
from gatepass_server.store.ports import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class Application:
    """A program with access. Times are whole seconds since the epoch.

    Attributes:
        client_id: Which it is.
        client: The program, where it is still known here.
        scopes: What the person allowed, and what its live grants may do.
        since: When it was allowed, or first let in.
        last_used_at: When it was last seen; None where it has no live grant.
        offline: Whether it keeps its access when the person signs out.
    """

    client_id: str
    client: Client | None
    scopes: tuple[str, ...]
    since: int
    last_used_at: int | None
    offline: bool


class Applications:
    """Lists the programs that have access to an account, and takes it back."""

    def __init__(self, store: Store, clock: Clock, audit: AuditLog) -> None:
        self._store = store
        self._clock = clock
        self._audit = audit

    def of(self, user: User) -> Sequence[Application]:
        """Those that the person consented to, or that have a live grant of theirs; the latest first."""
        now = whole_seconds(self._clock)
        with self._store.read() as uow:
            consents = {consent.client_id: consent for consent in uow.consents.of_user(user.id)}
            grants = uow.sessions.grants_of(user.id, now=now)
            ids = dict.fromkeys([*consents, *(grant.client_id for grant in grants)])
            clients = {client_id: uow.clients.by_id(client_id) for client_id in ids}
        found = []
        for client_id in ids:
            own = [grant for grant in grants if grant.client_id == client_id]
            consent = consents.get(client_id)
            scopes = [scope for grant in own for scope in grant.scope.split()]
            found.append(
                Application(
                    client_id=client_id,
                    client=clients[client_id],
                    scopes=tuple(dict.fromkeys([*(consent.scope.split() if consent else ()), *scopes])),
                    since=min(
                        [*(grant.created_at for grant in own), *([consent.granted_at] if consent else [])]
                    ),
                    last_used_at=max((grant.last_seen_at for grant in own), default=None),
                    offline=any(grant.offline for grant in own),
                )
            )
        return sorted(found, key=lambda application: (-application.since, application.client_id))

    def take_back(self, user: User, client_id: str, *, address: str = "", request_id: str = "") -> int:
        """Forget the consent, and end every grant of the program; how many ended.

        What the person approved lately, and the program has not redeemed yet, is worth nothing any more, either.

        Args:
            user: whose access it is.
            client_id: the program.
            address: the IP address of the caller.
            request_id: for the audit log.

        Raises:
            NotFound: the program has no access.
        """
        now = whole_seconds(self._clock)
        pen = self._audit.pen(address=address, request_id=request_id)
        with self._store.write() as uow:
            forgotten = uow.consents.take_back(user.id, client_id)
            # Before the grants are read: one that is being redeemed is waited for here, and ended below.
            uow.codes.take_back(user.id, client_id, now=now)
            uow.device_codes.take_back(user.id, client_id)
            uow.oauth1.take_back(user.id, client_id, now=now)
            grants = [g for g in uow.sessions.grants_of(user.id, now=now) if g.client_id == client_id]
            ended = [grant for grant in grants if uow.sessions.end(grant.id, now)]
            if not forgotten and not ended:
                raise NotFound("This program has no access to your account.")
            pen.note(
                uow,
                EventKind.CONSENT_TAKEN_BACK,
                actor=user_actor(user.id),
                user_id=user.id,
                client_id=client_id,
                grants=str(len(ended)),
            )
        return len(ended)
