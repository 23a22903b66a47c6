"""A program gives back what it was given (RFC 7009).

A refresh token, whichever of its family, or an access token of a grant ends the whole grant: nothing that came of it
is good any more, here at once and elsewhere by the feed (section 2.1 leaves the second to the server). Of what a
program has for itself, a signed token takes all others with it, since they share a place in the feed; an opaque one
goes alone.
"""

from gatepass_server.audit.log import AuditLog, Pen
from gatepass_server.crypto.refresh_handles import PREFIX as REFRESH
from gatepass_server.crypto.refresh_handles import RefreshHandle
from gatepass_server.domain.audit import EventKind, client_actor
from gatepass_server.domain.clients import Client
from gatepass_server.domain.clock import Clock, whole_seconds
from gatepass_server.domain.errors import InvalidGrant
from gatepass_server.domain.secret import Secret
from gatepass_server.protocol.client_authentication import ClientAuthenticator
from gatepass_server.protocol.errors import InvalidRequest, UnsupportedTokenType
from gatepass_server.protocol.held_tokens import HeldToken, HeldTokens
from gatepass_server.protocol.messages import ProtocolRequest, ProtocolResponse
from gatepass_server.store.ports import LiveSession, Store


class Revocation:
    """Ends what a program's own token stands for."""

    def __init__(
        self,
        authenticator: ClientAuthenticator,
        store: Store,
        held: HeldTokens,
        clock: Clock,
        audit: AuditLog,
    ) -> None:
        self._authenticator = authenticator
        self._store = store
        self._held = held
        self._clock = clock
        self._audit = audit

    def __call__(self, request: ProtocolRequest) -> ProtocolResponse:
        """Answer a request: 200, for a token that is unknown or over, too (section 2.2).

        Raises:
            InvalidClient: the program has not proved who it is.
            InvalidRequest: there is no token in it.
            InvalidGrant: the token was given to another program.
            UnsupportedTokenType: it cannot be taken back by itself.
        """
        client = self._authenticator.authenticate(request)
        token = request.form.get("token")
        if token is None:
            raise InvalidRequest("Send the token.")
        pen = self._audit.pen(address=request.address, request_id=request.request_id)
        if token.startswith(REFRESH):
            self._refresh_token(client, token, pen)
        elif (held := self._held.find(token)) is not None:
            self._access_token(client, held, pen)
        return ProtocolResponse(200, {})

    def _refresh_token(self, client: Client, token: str, pen: Pen) -> None:
        with self._store.read() as uow:
            family = uow.refresh_tokens.find(RefreshHandle(Secret(token)).family)
            live = None if family is None else uow.sessions.with_user(family.session_id)
        if live is None:
            return
        if live.session.client_id != client.id:
            raise _another(client, live.session.client_id)
        self._end(client, live, pen)

    def _access_token(self, client: Client, held: HeldToken, pen: Pen) -> None:
        if held.client_id != client.id:
            raise _another(client, held.client_id)
        if held.grant is not None:
            self._clients_own(client, held, pen)
        elif held.live is not None and held.live.session.client_id == client.id:
            self._end(client, held.live, pen)
        else:
            self._exchanged(held)

    def _end(self, client: Client, live: LiveSession, pen: Pen) -> None:
        with self._store.write() as uow:
            if uow.sessions.end(live.session.id, whole_seconds(self._clock)):
                pen.note(
                    uow,
                    EventKind.SESSION_ENDED,
                    actor=client_actor(client.id),
                    user_id=live.user.id,
                    session_id=live.session.id,
                    cause="revoked",
                    client_id=client.id,
                )

    def _clients_own(self, client: Client, held: HeldToken, pen: Pen) -> None:
        with self._store.write() as uow:
            if held.digest is not None:
                gone = int(uow.client_grants.delete_token(held.digest))
            else:
                gone = uow.client_grants.end_all_of(client.id, whole_seconds(self._clock))
            if gone:
                form = "opaque" if held.digest is not None else "signed"
                kind = EventKind.CLIENT_TOKENS_REVOKED
                pen.note(uow, kind, actor=client_actor(client.id), client_id=client.id, form=form)

    def _exchanged(self, held: HeldToken) -> None:
        """A token that was exchanged for another's: the session behind it is not the program's to end."""
        if held.digest is None:
            raise UnsupportedTokenType(
                "A signed token that was exchanged for another's ends with that one, and not by itself."
            )
        with self._store.write() as uow:
            uow.opaque_tokens.delete(held.digest)


def _another(client: Client, holder: str) -> InvalidGrant:
    return InvalidGrant(
        "This token was given to another client.", reason=f"client {client.id} sent a token of {holder}"
    )
