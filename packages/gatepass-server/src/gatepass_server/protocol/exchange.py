"""A token for another token (RFC 8693): for an API that calls the next one in the name of whoever called it.

What comes of it is never more than the operator registered the program for, lives no longer than the token that was
presented, and hangs on the same session: a log-out ends both. There is no refresh token.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from msgspec import structs

from gatepass_server.accounts.entitlements import with_entitlements
from gatepass_server.accounts.opaque_tokens import OpaqueTokens, keep
from gatepass_server.accounts.sessions import StatusIndexes
from gatepass_server.accounts.tokens import AccessToken, Tokens
from gatepass_server.audit.log import AuditLog
from gatepass_server.domain.audit import EventKind, client_actor
from gatepass_server.domain.clients import Client
from gatepass_server.domain.clock import Clock, whole_seconds
from gatepass_server.domain.errors import InvalidScope
from gatepass_server.domain.grants import Terms
from gatepass_server.domain.possession import Possession
from gatepass_server.domain.sessions import Session
from gatepass_server.protocol.delegation import acting, check_may_act
from gatepass_server.protocol.errors import InvalidRequest, InvalidTarget
from gatepass_server.protocol.held_tokens import HeldToken, HeldTokens, TokenKind
from gatepass_server.protocol.messages import Parameters, ProtocolRequest
from gatepass_server.protocol.scopes import OFFLINE_ACCESS, STANDARD
from gatepass_server.store.ports import LiveSession, Store

ACCESS_TOKEN = "urn:ietf:params:oauth:token-type:access_token"  # noqa: S105 - the name of a type
JWT = "urn:ietf:params:oauth:token-type:jwt"
TYPES = (ACCESS_TOKEN, JWT)


@dataclass(frozen=True, slots=True)
class Exchanged:
    """What an exchange came to. ``type`` is its ``issued_token_type``, and ``scheme`` its ``token_type``."""

    access: AccessToken = field(repr=False)
    scope: str
    type: str
    scheme: str


class Exchange:
    """Exchanges access tokens of people.

    A program may exchange a token that was given to it, or that is meant for it: one of the resources that it is
    registered with is in the token's audience.

    Args:
        access_ttl: in seconds.
    """

    def __init__(
        self,
        store: Store,
        held: HeldTokens,
        tokens: Tokens,
        opaque: OpaqueTokens,
        status_indexes: StatusIndexes,
        clock: Clock,
        audit: AuditLog,
        *,
        issuer: str,
        access_ttl: int,
    ) -> None:
        self._store = store
        self._held = held
        self._tokens = tokens
        self._opaque = opaque
        self._status_indexes = status_indexes
        self._clock = clock
        self._audit = audit
        self._issuer = issuer
        self._access_ttl = access_ttl

    def __call__(self, client: Client, request: ProtocolRequest, possession: Possession) -> Exchanged:
        """Exchange what a request presents.

        Args:
            client: the program that presents it.
            request: what it sends.
            possession: what the request proves to hold: the new token is bound to that.

        Raises:
            InvalidGrant: the program's own token is bound to what was not proved.
            InvalidRequest: a token is missing, not good, or may not be exchanged by this program (section 2.2.2).
            InvalidTarget: the program may not have tokens for what it names.
            InvalidScope: nor with these scopes.
        """
        form = request.form
        asked_type = form.get("requested_token_type", ACCESS_TOKEN)
        if asked_type not in TYPES or (asked_type == JWT and client.wants_opaque):
            raise InvalidRequest("The requested_token_type is not given to this client.")
        subject, live = self._subject(client, form)
        audience = _audience(client, subject, form)
        scope = _scope(client, subject, audience, form.get("scope"))
        terms = Terms(
            audience=audience,
            acr=live.session.terms.acr,
            act=self._act(client, subject, form),
            client_id="" if client.id == live.session.client_id else client.id,
        )
        if subject.client_id == client.id:  # what was bound stays bound
            terms = possession.refreshing(
                structs.replace(terms, jkt=subject.key, x5t=subject.certificate), is_public=client.is_public
            )
        else:
            terms = possession.binding(terms)
        access = self._issue(client, request, subject, live, terms=terms, scope=scope)
        return Exchanged(access, scope, asked_type, "DPoP" if terms.jkt else "Bearer")

    def _subject(self, client: Client, form: Parameters) -> tuple[HeldToken, LiveSession]:
        held = self._presented(form, "subject_token")
        if held is None:
            raise InvalidRequest("Send the subject_token and its subject_token_type.")
        if held.live is None:
            raise InvalidRequest("The subject_token must be a person's.", reason="a program's own token")
        if held.client_id != client.id and held.audience.isdisjoint(client.metadata.resources):
            raise InvalidRequest(
                "The subject_token was neither given to this client nor is it meant for it.",
                reason=f"a token of {held.client_id} for {', '.join(sorted(held.audience))}",
            )
        return held, held.live

    def _presented(self, form: Parameters, name: str) -> HeldToken | None:
        token, kind = form.get(name), form.get(f"{name}_type")
        if token is None and kind is None:
            return None
        if token is None or kind not in TYPES:
            raise InvalidRequest(f"Send {name} and {name}_type together; the type is {ACCESS_TOKEN}.")
        held = self._held.find(token)
        if held is None or held.kind is not TokenKind.ACCESS:
            raise InvalidRequest(f"The {name} is not good: it must be a live access token of this server.")
        return held

    def _act(self, client: Client, subject: HeldToken, form: Parameters) -> dict[str, object] | None:
        actor = self._presented(form, "actor_token")
        if actor is not None and actor.client_id != client.id:
            raise InvalidRequest("The actor_token was given to another client.")
        name = client.id if actor is None else str(actor.claims["sub"])
        check_may_act(name, client.id, subject.claims, issuer=self._issuer)
        if actor is None and subject.client_id == client.id:
            return subject.claims.get("act")  # it narrows its own token: nobody else acts
        return acting(name, subject.claims)

    def _issue(
        self,
        client: Client,
        request: ProtocolRequest,
        subject: HeldToken,
        live: LiveSession,
        *,
        terms: Terms,
        scope: str,
    ) -> AccessToken:
        now = whole_seconds(self._clock)
        expires_in = min(self._access_ttl, int(subject.claims["exp"]) - now)
        signer = self._tokens.signer(client.metadata.access_token_signed_response_alg)
        session = live.session if client.wants_opaque else self._placed(live.session)
        session = replace(session, terms=terms)
        pen = self._audit.pen(address=request.address, request_id=request.request_id)
        access: AccessToken | None = None
        with self._store.write(durable=False) as uow:  # a power cut may forget it: the program asks again
            if client.wants_opaque:
                access, kept = self._opaque.new(session, now=now, scope=scope, terms=terms, most=expires_in)
                keep(uow, kept)
            pen.note(
                uow,
                EventKind.TOKEN_EXCHANGED,
                actor=client_actor(client.id),
                user_id=live.user.id,
                session_id=session.id,
                client_id=client.id,
                from_client=subject.client_id,
            )
            told = with_entitlements(uow, live)
        if access is not None:
            return access
        text = self._tokens.signed(
            live.user, session, told.entitlements, expires_in=expires_in, scope=scope, signer=signer
        )
        return AccessToken(text=text, expires_in=expires_in)

    def _placed(self, session: Session) -> Session:
        """The session with a place in the feed: one of opaque tokens or of a cookie had none, and needs one now."""
        if session.status is not None:
            return session
        place = self._status_indexes.take(expires_at=session.expires_at)
        if place is None:
            return session
        with self._store.write() as uow:
            return replace(session, status=uow.sessions.place(session.id, place))


def _audience(client: Client, subject: HeldToken, form: Parameters) -> tuple[str, ...]:
    """Where the token is to be good: where the presented one is, or what the program is registered with."""
    asked: Sequence[str] = tuple(dict.fromkeys((*form.all("resource"), *form.all("audience"))))
    for target in asked:
        if target not in subject.audience and target not in client.metadata.resources:
            raise InvalidTarget(
                "The client may not have tokens for this target.", reason=f"target {target!r}"
            )
    return tuple(asked) or tuple(sorted(subject.audience))


def _scope(client: Client, subject: HeldToken, audience: Sequence[str], asked: str | None) -> str:
    """What it may do: some of what the presented one may; for another API, what the program is registered with, too.

    Scopes that mean something to this server are never gained.
    """
    stays = subject.audience.issuperset(audience)
    registered = frozenset(client.metadata.scopes)
    gained = registered - frozenset(STANDARD) if not stays else frozenset()
    if asked is None:
        scopes = sorted(subject.scopes if stays else subject.scopes & registered)
    else:
        scopes = list(dict.fromkeys(asked.split(" ")))
        if not set(scopes) <= subject.scopes | gained:
            raise InvalidScope(
                "More was asked for than the subject_token and the client's registration allow."
            )
    scopes = [scope for scope in scopes if scope != OFFLINE_ACCESS]
    if not scopes and subject.scopes:
        raise InvalidScope("Nothing is left of the scopes: ask for those that the client is registered with.")
    return " ".join(scopes)
