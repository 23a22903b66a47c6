"""Access tokens that a program has for itself (RFC 6749 section 4.4, RFC 9068)."""

from typing import Any

from gatepass_server.accounts.sessions import StatusIndexes
from gatepass_server.accounts.tokens import AccessToken, bound_claims
from gatepass_server.crypto.handles import digest, new_handle
from gatepass_server.domain.clients import Client
from gatepass_server.domain.clock import Clock, whole_seconds
from gatepass_server.domain.grants import Terms
from gatepass_server.domain.ids import new_id
from gatepass_server.domain.opaque_tokens import ClientGrant, ClientToken
from gatepass_server.domain.secret import Secret
from gatepass_server.keys.ring import Signers
from gatepass_server.store.ports import Store

PREFIX = "gp_ct_"
GRANT_LIFE = 30 * 86_400
"""Seconds for which a program's place in the revocation feed serves its tokens; then it gets the next."""

_PRUNED = 3


class ClientTokens:
    """Mints them. A signed one costs a signature and a read; an opaque one a row.

    All tokens of a program that are out at one time share a place in the revocation feed: taking one back takes all of
    them, and the program gets the next at once.

    Args:
        signer: gives the signer of the active key of an algorithm, or the usual one.
        status_lists: the address under which the lists lie, ending with a slash.
        access_ttl: in seconds.
    """

    def __init__(
        self,
        store: Store,
        clock: Clock,
        signer: Signers,
        status_indexes: StatusIndexes,
        *,
        status_lists: str,
        access_ttl: int,
    ) -> None:
        self._store = store
        self._clock = clock
        self._signer = signer
        self._status_indexes = status_indexes
        self._status_lists = status_lists
        self._access_ttl = access_ttl

    def issue(self, client: Client, *, scope: str, terms: Terms) -> AccessToken:
        """One token for the program itself, good at the audience that its terms name."""
        now = whole_seconds(self._clock)
        if client.wants_opaque:
            return self._opaque(client, scope, terms, now)
        grant = self._grant(client, now)
        claims: dict[str, Any] = bound_claims(terms)
        if grant.status is not None:
            uri = f"{self._status_lists}{grant.status.list}"
            claims["status"] = {"status_list": {"idx": grant.status.index, "uri": uri}}
        text = self._signer(client.metadata.access_token_signed_response_alg).issue(
            client.id,
            expires_in=self._access_ttl,
            scopes=scope.split(),
            client_id=client.id,
            claims=claims,
            audience=terms.audience or None,
        )
        return AccessToken(text=text, expires_in=self._access_ttl)

    def _opaque(self, client: Client, scope: str, terms: Terms, now: int) -> AccessToken:
        handle = new_handle(PREFIX)
        try:
            self._keep(handle, client, scope, terms, now)
        except _NoGrantError:
            self._keep(handle, client, scope, terms, now, self._new_grant(client, now))
        return AccessToken(text=handle.reveal(), expires_in=self._access_ttl)

    def _keep(
        self,
        handle: Secret,
        client: Client,
        scope: str,
        terms: Terms,
        now: int,
        grant: ClientGrant | None = None,
    ) -> None:
        """Keep the token, as one of the grant or, where none is given, of the program's latest.

        A power cut may forget it: the program asks for another.

        Raises:
            _NoGrantError: there is none.
        """
        with self._store.write(durable=False) as uow:
            grant = grant or uow.client_grants.latest(client.id, now=now + self._access_ttl)
            if grant is None:
                raise _NoGrantError
            token = ClientToken(
                digest=digest(handle.reveal()),
                grant_id=grant.id,
                scope=scope,
                issued_at=now,
                expires_at=now + self._access_ttl,
                terms=terms,
            )
            uow.client_grants.add_token(token)
            uow.client_grants.prune_tokens(now, limit=_PRUNED)

    def _grant(self, client: Client, now: int) -> ClientGrant:
        with self._store.look() as uow:
            grant = uow.client_grants.latest(client.id, now=now + self._access_ttl)
        return grant or self._new_grant(client, now)

    def _new_grant(self, client: Client, now: int) -> ClientGrant:
        expires_at = now + max(GRANT_LIFE, 2 * self._access_ttl)
        grant = ClientGrant(
            id=new_id(),
            client_id=client.id,
            status=self._status_indexes.take(expires_at=expires_at),
            created_at=now,
            expires_at=expires_at,
        )
        with self._store.write() as uow:
            uow.lock(f"client-grant {client.id}")
            latest = uow.client_grants.latest(client.id, now=now + self._access_ttl)
            if latest is not None:
                return latest
            uow.client_grants.add(grant)
            uow.client_grants.prune(now - self._access_ttl, limit=_PRUNED)
        return grant


class _NoGrantError(Exception):
    """The program has no grant that lives for long enough; nothing was done."""
