"""Programs that prove who they are by a secret."""

import hmac
from collections.abc import Callable, Sequence

from gatepass_server.audit.log import AuditLog
from gatepass_server.crypto.client_secrets import keyed_digest, new_client_secret
from gatepass_server.domain.audit import OPERATOR, EventKind
from gatepass_server.domain.clients import Client
from gatepass_server.domain.clock import Clock, whole_seconds
from gatepass_server.domain.errors import FieldFault, InvalidClient, InvalidInput, NotFound
from gatepass_server.domain.ids import new_id
from gatepass_server.domain.names import parse_name
from gatepass_server.domain.secret import Secret
from gatepass_server.store.ports import Store

SECRETS_KEY = "client secrets"
"""The house secret under which the secrets of programs are kept."""

_NOBODY = bytes(32)


class Clients:
    """Makes programs known, and recognises them."""

    def __init__(
        self, store: Store, house_secrets: Callable[[str], bytes], clock: Clock, audit: AuditLog
    ) -> None:
        self._store = store
        self._house_secrets = house_secrets
        self._clock = clock
        self._audit = audit

    def create(self, name: str) -> tuple[Client, Secret]:
        """Make a program known; its secret is told here and never again.

        Raises:
            InvalidInput: the name cannot be taken.
        """
        try:
            checked = parse_name(name)
        except ValueError as error:
            fault = FieldFault("name", "invalid", str(error))
            raise InvalidInput("The client cannot be made: see each field.", faults=[fault]) from None
        secret = new_client_secret()
        client = Client(
            id=new_id(),
            name=checked,
            secret_digest=keyed_digest(secret, self._house_secrets(SECRETS_KEY)),
            created_at=whole_seconds(self._clock),
        )
        pen = self._audit.pen()
        with self._store.write() as uow:
            uow.clients.add(client)
            pen.note(uow, EventKind.CLIENT_CREATED, actor=OPERATOR, client_id=client.id)
        return client, secret

    def list(self) -> Sequence[Client]:
        """Every program, oldest first."""
        with self._store.read() as uow:
            return uow.clients.all()

    def delete(self, client_id: str) -> None:
        """Forget a program: its secret is worth nothing from now on.

        Raises:
            NotFound: there is no such program.
        """
        pen = self._audit.pen()
        with self._store.write() as uow:
            if not uow.clients.delete(client_id):
                raise NotFound(f"There is no client {client_id!r}. See: gatepass clients list")
            pen.note(uow, EventKind.CLIENT_DELETED, actor=OPERATOR, client_id=client_id)

    def authenticate(self, client_id: str, secret: Secret) -> Client:
        """The program with this id and this secret. An unknown one takes as long as a wrong secret.

        Raises:
            InvalidClient: there is none.
        """
        given = keyed_digest(secret, self._house_secrets(SECRETS_KEY))
        with self._store.read() as uow:
            client = uow.clients.by_id(client_id)
        expected = (client.secret_digest if client else None) or _NOBODY
        if not hmac.compare_digest(given, expected) or client is None:
            raise InvalidClient(
                "The client is unknown, or its secret is wrong.",
                reason="unknown client" if client is None else f"wrong secret of client {client.id}",
            )
        return client
