"""A program acts for somebody on the word of another whom the operator trusts (RFC 7523 section 2.1).

What comes of it is one access token, in a session that ends with it: there is no refresh token and no ID token, since
nobody signed in here. Whoever wants another brings another assertion.
"""

from typing import Any

from gatepass_server.accounts.entitlements import with_entitlements
from gatepass_server.accounts.opaque_tokens import OpaqueTokens, keep
from gatepass_server.accounts.sessions import Sessions
from gatepass_server.audit.log import AuditLog
from gatepass_server.domain.accounts import User
from gatepass_server.domain.audit import EventKind, client_actor
from gatepass_server.domain.clients import Client
from gatepass_server.domain.clock import Clock, whole_seconds
from gatepass_server.domain.errors import InvalidGrant
from gatepass_server.domain.grants import Terms
from gatepass_server.domain.possession import Possession
from gatepass_server.domain.sessions import SessionMode
from gatepass_server.protocol.assertions import Assertion, Assertions
from gatepass_server.protocol.client_tokens import ClientTokens
from gatepass_server.protocol.errors import InvalidRequest
from gatepass_server.protocol.granted import Granted, TokenAnswers
from gatepass_server.protocol.messages import ProtocolRequest
from gatepass_server.protocol.resources import asked_resources
from gatepass_server.protocol.scopes import exactly
from gatepass_server.store.ports import LiveSession, Store, UnitOfWork


class AssertionGrants:
    """Spends assertions. Each is good once, whatever it is about.

    Args:
        access_ttl: in seconds: what the session lasts.
    """

    def __init__(
        self,
        store: Store,
        assertions: Assertions,
        sessions: Sessions,
        opaque: OpaqueTokens,
        client_tokens: ClientTokens,
        answers: TokenAnswers,
        clock: Clock,
        audit: AuditLog,
        *,
        access_ttl: int,
    ) -> None:
        self._store = store
        self._assertions = assertions
        self._sessions = sessions
        self._opaque = opaque
        self._client_tokens = client_tokens
        self._answers = answers
        self._clock = clock
        self._audit = audit
        self._access_ttl = access_ttl

    def __call__(self, client: Client, request: ProtocolRequest, possession: Possession) -> dict[str, Any]:
        """The members of the answer (RFC 6749 section 5.1).

        Args:
            client: the program that presents an assertion.
            request: what it sends.
            possession: what the request proves to hold: the token is bound to that.

        Raises:
            InvalidRequest: there is no assertion.
            InvalidGrant: it does not hold, was presented before, or is about nobody who may.
            InvalidScope, InvalidTarget: the program may not have what it asks for.
        """
        text = request.form.get("assertion")
        if text is None:
            raise InvalidRequest("Send the assertion.")
        scope = exactly(client, request.form.get("scope"))
        terms = possession.binding(Terms(audience=asked_resources(client, request.form)))
        assertion = self._assertions.read(client, text)
        if assertion.trusted.subject == "client":
            return self._for_client(client, assertion, scope, terms)
        return self._answers(self._for_user(client, request, assertion, scope, terms))

    def _for_client(self, client: Client, assertion: Assertion, scope: str, terms: Terms) -> dict[str, Any]:
        if assertion.subject != client.id:
            raise InvalidGrant("The assertion does not hold.", reason="its sub is not the client")
        with self._store.write() as uow:
            self._spend(uow, assertion)
        access = self._client_tokens.issue(client, scope=scope, terms=terms)
        scheme = "DPoP" if terms.jkt else "Bearer"
        answer = {"access_token": access.text, "token_type": scheme, "expires_in": access.expires_in}
        return {**answer, "scope": scope} if scope else answer

    def _for_user(
        self, client: Client, request: ProtocolRequest, assertion: Assertion, scope: str, terms: Terms
    ) -> Granted:
        now = whole_seconds(self._clock)
        self._answers.signer(client)
        with self._store.read() as uow:
            user = _enabled(uow, assertion)
        session = self._sessions.new_without_sign_in(
            user,
            client_id=client.id,
            scope=scope,
            terms=terms,
            mode=SessionMode.OPAQUE if client.wants_opaque else SessionMode.TOKEN,
            lasting=self._access_ttl,
            address=request.address,
        )
        pen = self._audit.pen(address=request.address, request_id=request.request_id)
        access = None
        with self._store.write() as uow:
            user = _enabled(
                uow, assertion
            )  # whoever disables the account comes before, or ends this session too
            self._spend(uow, assertion)
            uow.sessions.add(session)
            if session.mode is SessionMode.OPAQUE:
                access, kept = self._opaque.new(session, now=now)
                keep(uow, kept)
            pen.note(
                uow,
                EventKind.GRANT_ISSUED,
                actor=client_actor(client.id),
                user_id=user.id,
                session_id=session.id,
                client_id=client.id,
                on_the_word_of=assertion.trusted.issuer,
            )
            live = with_entitlements(uow, LiveSession(session=session, user=user))
        return Granted(client=client, live=live, scope=scope, now=now, access=access)

    def _spend(self, uow: UnitOfWork, assertion: Assertion) -> None:
        now = whole_seconds(self._clock)
        if not uow.spent_identifiers.spend(assertion.spent, expires_at=assertion.expires_at, now=now):
            raise InvalidGrant("The assertion was presented before.", reason="its jti was spent")


def _enabled(uow: UnitOfWork, assertion: Assertion) -> User:
    user = uow.users.by_id(assertion.subject)
    if user is None or not user.is_enabled:
        raise InvalidGrant("The assertion does not hold.", reason="its sub is no account, or a disabled one")
    return user
