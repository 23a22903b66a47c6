"""Programs: making them known, changing and forgetting them, and recognising them by a secret."""

import hmac
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import msgspec

from gatepass_server.audit.log import AuditLog, Pen
from gatepass_server.crypto import signing_secrets
from gatepass_server.crypto.client_secrets import keyed_digest, new_client_secret
from gatepass_server.domain.audit import OPERATOR, EventKind
from gatepass_server.domain.client_rules import check_metadata
from gatepass_server.domain.clients import NO_METADATA, SECRET_METHODS, Client, ClientMetadata
from gatepass_server.domain.clock import Clock, whole_seconds
from gatepass_server.domain.errors import FieldFault, InvalidClient, InvalidInput, NotFound
from gatepass_server.domain.ids import new_id
from gatepass_server.domain.names import parse_name
from gatepass_server.domain.oauth1 import OAUTH1
from gatepass_server.domain.secret import Secret
from gatepass_server.store.ports import Store, UnitOfWork

SECRETS_KEY = "client secrets"
"""The house secret under which the secrets of programs are kept."""

SIGNING_KEY = "oauth1 secrets"
"""The house secret of which the secrets of OAuth 1.0a are made."""

_NOBODY = bytes(32)


@dataclass(frozen=True, slots=True)
class ClientPage:
    """A page of programs. ``next_after`` continues the list, or is None on the last page."""

    clients: Sequence[Client]
    next_after: str | None


def _nothing(_uow: UnitOfWork) -> None:
    """Where nothing else is done."""


class Clients:
    """Makes programs known, and recognises them.

    ``actor`` is who does it, from which ``address`` and in which request, for the audit log.

    Args:
        ensure_key: makes a signing key of an algorithm if there is none; None where a shared secret signs.
        allow_http: whether addresses of programs may be plain http beyond loopback.
    """

    def __init__(
        self,
        store: Store,
        house_secrets: Callable[[str], bytes],
        clock: Clock,
        audit: AuditLog,
        *,
        ensure_key: Callable[[str], None] | None = None,
        allow_http: bool = False,
    ) -> None:
        self._store = store
        self._house_secrets = house_secrets
        self._clock = clock
        self._audit = audit
        self._ensure_key = ensure_key
        self._allow_http = allow_http
        self._listeners: list[Callable[[str], None]] = []

    def on_change(self, listener: Callable[[str], None]) -> None:
        """Have ``listener`` called with the id of each program that this process has changed or deleted."""
        self._listeners.append(listener)

    def create(
        self,
        name: str,
        metadata: ClientMetadata = NO_METADATA,
        *,
        actor: str = OPERATOR,
        address: str = "",
        request_id: str = "",
        access_digest: bytes | None = None,
        along: Callable[[UnitOfWork], None] = _nothing,
    ) -> tuple[Client, Secret | None]:
        """Make a program known.

        Args:
            name: what people call it.
            metadata: what it is registered with.
            actor: who does it.
            address: where that comes from.
            request_id: the request.
            access_digest: of its registration access token (RFC 7592).
            along: what else belongs to the same transaction; what it raises keeps everything as it was.

        Returns:
            The program, and its secret if it proves who it is by one: it is told here and never again.

        Raises:
            InvalidInput: the name or the metadata cannot be taken.
        """
        checked = self._checked(metadata)
        secret = new_client_secret() if checked.token_endpoint_auth_method in SECRET_METHODS else None
        client = Client(
            id=new_id(),
            name=_checked_name(name),
            secret_digest=None if secret is None else self._digest(secret),
            created_at=whole_seconds(self._clock),
            metadata=checked,
            access_digest=access_digest,
            signing_salt=signing_secrets.new_salt() if _signs_with_secret(checked) else None,
        )
        secret = secret or self._signing_secret(client)
        pen = self._audit.pen(address=address, request_id=request_id)
        with self._store.write() as uow:
            along(uow)
            uow.clients.add(client)
            pen.note(uow, EventKind.CLIENT_CREATED, actor=actor, client_id=client.id)
        return client, secret

    def get(self, client_id: str) -> Client:
        """One program.

        Raises:
            NotFound: there is no such program.
        """
        with self._store.read() as uow:
            client = uow.clients.by_id(client_id)
        if client is None:
            raise _unknown(client_id)
        return client

    def change(
        self,
        client_id: str,
        *,
        name: str | None = None,
        metadata: ClientMetadata | None = None,
        actor: str = OPERATOR,
        address: str = "",
        request_id: str = "",
    ) -> Client:
        """Change what a program is called, or registered with.

        Raises:
            NotFound: there is no such program.
            InvalidInput: the name or the metadata cannot be taken, or it would need a secret that it does not have.
        """
        client = self.get(client_id)
        changes: dict[str, Any] = {} if name is None else {"name": _checked_name(name)}
        if metadata is not None:
            checked = self._checked(metadata)
            if checked.token_endpoint_auth_method in SECRET_METHODS and client.secret_digest is None:
                why = "This client has no secret: make another client."
                fault = FieldFault("token_endpoint_auth_method", "invalid", why)
                raise InvalidInput("The client cannot be changed: see each field.", faults=[fault])
            if _signs_with_secret(checked) and client.signing_salt is None:
                why = "This client has no secret to sign with: make another client."
                fault = FieldFault("token_endpoint_auth_method", "invalid", why)
                raise InvalidInput("The client cannot be changed: see each field.", faults=[fault])
            changes["metadata"] = checked
        pen = self._audit.pen(address=address, request_id=request_id)
        return self._replace(client_id, changes, pen, actor, "metadata")

    def rotate_secret(
        self, client_id: str, *, actor: str = OPERATOR, address: str = "", request_id: str = ""
    ) -> Secret:
        """Give a program another secret; the old one is worth nothing from now on. A public one gets none.

        Nor are the tokens that it has for itself: whoever had the old secret may have them.

        Raises:
            NotFound: there is no such program.
            InvalidInput: it proves who it is in another way.
        """
        client = self.get(client_id)
        if _signs_with_secret(client.metadata):
            salt = signing_secrets.new_salt()
            if (signing := self._signing_secret(replace(client, signing_salt=salt))) is not None:
                pen = self._audit.pen(address=address, request_id=request_id)
                self._replace(client_id, {"signing_salt": salt}, pen, actor, "secret")
                return signing
        if client.metadata.token_endpoint_auth_method not in SECRET_METHODS:
            method = client.metadata.token_endpoint_auth_method
            raise InvalidInput(f"This client has no secret: it authenticates by {method}.")
        secret = new_client_secret()
        pen = self._audit.pen(address=address, request_id=request_id)
        changes = {"secret_digest": self._digest(secret)}
        self._replace(client_id, changes, pen, actor, "secret", ends_tokens=True)
        return secret

    def list(self) -> Sequence[Client]:
        """Every program, oldest first."""
        with self._store.read() as uow:
            return uow.clients.all()

    def page(self, *, after: str | None, limit: int) -> ClientPage:
        """Up to ``limit`` programs in the order of their ids, past ``after``."""
        with self._store.read() as uow:
            clients = uow.clients.page(after=after, limit=limit + 1)
        return ClientPage(clients[:limit], clients[limit - 1].id if len(clients) > limit else None)

    def delete(
        self, client_id: str, *, actor: str = OPERATOR, address: str = "", request_id: str = ""
    ) -> None:
        """Forget a program: its secret is worth nothing from now on, nor is anything that it was given.

        Raises:
            NotFound: there is no such program.
        """
        pen = self._audit.pen(address=address, request_id=request_id)
        with self._store.write() as uow:
            if not uow.clients.delete(client_id):
                raise _unknown(client_id)
            now = whole_seconds(self._clock)
            uow.client_grants.end_all_of(client_id, now)
            uow.sessions.end_grants_to(client_id, now)
            pen.note(uow, EventKind.CLIENT_DELETED, actor=actor, client_id=client_id)
        self._tell(client_id)

    def ensure_keys(self, metadata: ClientMetadata) -> None:
        """Make the signing keys that a program with these metadata needs, and that are not there yet."""
        if self._ensure_key is not None:
            for algorithm in sorted(metadata.algorithms):
                self._ensure_key(algorithm)

    def check_secret(self, client: Client | None, secret: Secret) -> bool:
        """Whether it is the program's secret. It takes as long for a program that is not there."""
        expected = (client.secret_digest if client else None) or _NOBODY
        return hmac.compare_digest(self._digest(secret), expected)

    def authenticate(self, client_id: str, secret: Secret) -> Client:
        """The program with this id and this secret. An unknown one takes as long as a wrong secret.

        Raises:
            InvalidClient: there is none.
        """
        with self._store.read() as uow:
            client = uow.clients.by_id(client_id)
        if not self.check_secret(client, secret) or client is None:
            raise InvalidClient(
                "The client is unknown, or its secret is wrong.",
                reason="unknown client" if client is None else f"wrong secret of client {client.id}",
            )
        return client

    def _checked(self, metadata: ClientMetadata) -> ClientMetadata:
        """The metadata, if they make sense; whatever they want signed can be signed from now on."""
        checked = check_metadata(metadata, allow_http=self._allow_http)
        self.ensure_keys(checked)
        return checked

    def _digest(self, secret: Secret) -> bytes:
        return keyed_digest(secret, self._house_secrets(SECRETS_KEY))

    def _signing_secret(self, client: Client) -> Secret | None:
        if client.signing_salt is None:
            return None
        return signing_secrets.client_secret(client.id, client.signing_salt, self._house_secrets(SIGNING_KEY))

    def _replace(
        self,
        client_id: str,
        changes: Mapping[str, Any],
        pen: Pen,
        actor: str,
        what: str,
        *,
        ends_tokens: bool = False,
    ) -> Client:
        """Change what is meant to change of the program as it is by then: what another call changed stays changed."""
        with self._store.write() as uow:
            uow.lock(f"client {client_id}")
            known = uow.clients.by_id(client_id)
            if known is None or not uow.clients.replace(client := replace(known, **changes)):
                raise _unknown(client_id)
            if ends_tokens:
                uow.client_grants.end_all_of(client_id, whole_seconds(self._clock))
            pen.note(uow, EventKind.CLIENT_CHANGED, actor=actor, client_id=client_id, changed=what)
        self._tell(client_id)
        return client

    def _tell(self, client_id: str) -> None:
        for listener in self._listeners:
            listener(client_id)


def _signs_with_secret(metadata: ClientMetadata) -> bool:
    """Whether it signs its requests with a secret; who registers a public key signs with that alone."""
    return metadata.token_endpoint_auth_method == OAUTH1 and metadata.jwks is None


def metadata_from(fields: dict[str, object]) -> ClientMetadata:
    """Read what somebody sent as JSON; members that are not known are ignored (RFC 7591 section 2).

    Raises:
        InvalidInput: a member has the wrong type.
    """
    try:
        return msgspec.convert(fields, ClientMetadata)
    except msgspec.ValidationError as error:
        text, _, path = str(error).partition(" - at `$.")
        field = path.rstrip("`").partition("[")[0] or "client_metadata"
        fault = FieldFault(field, "wrong_type", f"{text}.")
        raise InvalidInput("The client cannot be made: see each field.", faults=[fault]) from None


def _checked_name(name: str) -> str:
    try:
        return parse_name(name)
    except ValueError as error:
        fault = FieldFault("name", "invalid", str(error))
        raise InvalidInput("The client cannot be made: see each field.", faults=[fault]) from None


def _unknown(client_id: str) -> NotFound:
    return NotFound(f"There is no client {client_id!r}. See: gatepass clients list")
