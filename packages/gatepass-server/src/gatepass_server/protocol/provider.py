"""The provider: everything of this room that web and cli call, put together."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

from gatepass_server.accounts.clients import Clients
from gatepass_server.accounts.log_out import LogOut
from gatepass_server.accounts.opaque_tokens import OpaqueTokens
from gatepass_server.accounts.refresh import Refresh
from gatepass_server.accounts.session_claims import SessionClaims
from gatepass_server.accounts.sessions import Sessions, StatusIndexes
from gatepass_server.accounts.tokens import Tokens
from gatepass_server.audit.log import AuditLog
from gatepass_server.domain.clients import DEFAULT_ID_TOKEN_ALGORITHM
from gatepass_server.domain.clock import Clock
from gatepass_server.keys.ring import KeyRing
from gatepass_server.outbound.client import Outbound
from gatepass_server.outbound.key_sets import KeySets
from gatepass_server.protocol.assertion_grants import AssertionGrants
from gatepass_server.protocol.assertions import Assertions
from gatepass_server.protocol.authorization.authorize import Authorize
from gatepass_server.protocol.authorization.decision import Decision
from gatepass_server.protocol.authorization.effective import EffectiveParameters
from gatepass_server.protocol.authorization.pushed import PushedAuthorization
from gatepass_server.protocol.authorization.request_objects import RequestObjects
from gatepass_server.protocol.browser_origins import BrowserOrigins
from gatepass_server.protocol.client_authentication import ClientAuthenticator
from gatepass_server.protocol.client_authentication.certificates import (
    HasRegisteredKey,
    TlsClientAuth,
    has_registered_name,
)
from gatepass_server.protocol.client_authentication.private_key_jwt import PrivateKeyJwt
from gatepass_server.protocol.client_authentication.secrets import (
    ClientSecretBasic,
    ClientSecretPost,
    NoAuthentication,
)
from gatepass_server.protocol.client_directory import ClientDirectory
from gatepass_server.protocol.client_statements import ClientStatements
from gatepass_server.protocol.client_tokens import ClientTokens
from gatepass_server.protocol.device_authorization import DeviceAuthorization
from gatepass_server.protocol.device_requests import DeviceRequests
from gatepass_server.protocol.exchange import Exchange
from gatepass_server.protocol.flows import Flows
from gatepass_server.protocol.granted import TokenAnswers
from gatepass_server.protocol.held_tokens import HeldTokens
from gatepass_server.protocol.id_token_hints import IdTokenHints
from gatepass_server.protocol.id_tokens import IdTokens, signer_for
from gatepass_server.protocol.introspection import Introspection
from gatepass_server.protocol.log_out.courier import Courier
from gatepass_server.protocol.log_out.deliveries import AT_ONCE, Deliveries
from gatepass_server.protocol.log_out.end_session import EndSession
from gatepass_server.protocol.log_out.leaving import Leaving
from gatepass_server.protocol.log_out.logout_tokens import LogoutTokens
from gatepass_server.protocol.log_out.requests import LogoutRequests
from gatepass_server.protocol.metadata import metadata
from gatepass_server.protocol.proof_metadata import proof_metadata
from gatepass_server.protocol.proofs import Proofs
from gatepass_server.protocol.redemption import Redemption
from gatepass_server.protocol.registration.documents import ClientDocuments
from gatepass_server.protocol.registration.policy import Openness, RegistrationPolicy
from gatepass_server.protocol.registration.registration import Registration
from gatepass_server.protocol.response_signing import SignedResponses
from gatepass_server.protocol.revocation import Revocation
from gatepass_server.protocol.server import ProtocolServer
from gatepass_server.protocol.table import Hands, grants
from gatepass_server.protocol.userinfo import UserInfo
from gatepass_server.store.ports import Store

if TYPE_CHECKING:
    from gatepass_server.protocol.oauth1.provider import Oauth1

_OBJECTS_AT_ONCE = 4
_DOCUMENTS_AT_ONCE = 8
"""Fetches of metadata documents, and as many of sector identifiers."""


@dataclass(frozen=True, slots=True)
class House:
    """What the room is given from below, and what the operator chose.

    Attributes:
        outbound: Makes a way out for one purpose, with so many requests at once that it cannot hold up another.
        registration: What programs may have that nobody of the house has looked at.
        takes_documents: Whether a ``client_id`` may be the address of a metadata document.
        client_certificates: Whose certificates the proxy in front lets through; empty where it tells of none.
        must_push: Whether every authorization request must be sent ahead.
        dpop_nonces: Whether every DPoP proof must hold a nonce.
        oauth1: Whether programs of OAuth 1.0a are served, and whether their method PLAINTEXT is, too.
    """

    store: Store
    clock: Clock
    audit: AuditLog
    house_secrets: Callable[[str], bytes]
    ring: KeyRing
    clients: Clients
    sessions: Sessions
    tokens: Tokens
    opaque: OpaqueTokens
    refresh: Refresh
    log_out: LogOut
    status_indexes: StatusIndexes
    outbound: Callable[[int], Outbound]
    key_sets: KeySets
    registration: RegistrationPolicy
    takes_documents: bool
    status_lists: str
    held: HeldTokens
    issuer: str
    audience: str
    access_ttl: int
    client_certificates: Literal["", "authority", "any"]
    must_push: bool
    dpop_nonces: bool
    claims: SessionClaims
    oauth1: Literal["", "signed", "plaintext"]


@dataclass(frozen=True, slots=True)
class Provider:
    """OAuth 2.1 and OpenID Connect."""

    directory: ClientDirectory
    authenticator: ClientAuthenticator
    flows: Flows
    authorize: Authorize
    server: ProtocolServer
    pushed: PushedAuthorization
    proofs: Proofs
    userinfo: UserInfo
    origins: BrowserOrigins
    hints: IdTokenHints
    introspection: Introspection
    revocation: Revocation
    device_requests: DeviceRequests
    devices: DeviceAuthorization
    registration: Registration | None
    leaving: Leaving
    end_session: EndSession
    deliveries: Deliveries
    courier: Courier
    metadata: Callable[[], dict[str, Any]]
    oauth1: "Oauth1 | None"


def provider(house: House) -> Provider:
    """Put the room together."""

    def policy() -> RegistrationPolicy:
        return replace(house.registration, algorithms=_algorithms(house), authentication=authenticator.names)

    directory = ClientDirectory(house.store, house.clock, _documents(house, policy))
    house.clients.on_change(directory.forget)
    statements = ClientStatements(house.key_sets, house.clock, issuer=house.issuer)
    authenticator = ClientAuthenticator(
        [
            ClientSecretBasic(house.clients, directory),
            ClientSecretPost(house.clients, directory),
            PrivateKeyJwt(statements, directory, house.store, house.clock, issuer=house.issuer),
            *_by_certificate(house, directory),
            NoAuthentication(directory),
        ]
    )

    flows = Flows(house.store, directory, house.clock, house.audit)
    hints = IdTokenHints(house.ring, house.clock, issuer=house.issuer)
    decision = Decision(house.store, hints, house.clock)
    leaving = Leaving(house.store, house.log_out, house.clock, issuer=house.issuer)
    deliveries = _deliveries(house)
    proofs = Proofs(house.store, house.house_secrets, house.clock, nonces=house.dpop_nonces)
    objects = RequestObjects(statements, house.outbound(_OBJECTS_AT_ONCE), house.clock)
    effective = EffectiveParameters(house.store, objects, house.clock, must_push=house.must_push)
    hands = _hands(house)
    server = ProtocolServer(authenticator, proofs, grants(hands))
    signed = SignedResponses(house.ring, house.clock, issuer=house.issuer)
    userinfo = UserInfo(house.store, directory, signed)
    return Provider(
        directory=directory,
        authenticator=authenticator,
        flows=flows,
        authorize=Authorize(
            house.store, directory, flows, effective, decision, house.clock, issuer=house.issuer
        ),
        server=server,
        pushed=PushedAuthorization(house.store, authenticator, objects, proofs, house.clock),
        proofs=proofs,
        userinfo=userinfo,
        origins=BrowserOrigins(house.store, house.clock),
        hints=hints,
        introspection=Introspection(authenticator, house.held, audience=house.audience, signed=signed),
        revocation=Revocation(authenticator, house.store, house.held, house.clock, house.audit),
        device_requests=DeviceRequests(
            authenticator, house.store, house.house_secrets, house.clock, issuer=house.issuer
        ),
        devices=DeviceAuthorization(house.store, directory, house.house_secrets, house.clock, house.audit),
        registration=_registration(house, policy),
        leaving=leaving,
        end_session=EndSession(LogoutRequests(house.store, directory, hints, house.clock), leaving),
        deliveries=deliveries,
        courier=Courier(deliveries.deliver_due),
        metadata=lambda: (
            metadata(
                house.issuer,
                grant_types=server.grant_types,
                authentication=authenticator.names,
                algorithms=_algorithms(house),
                registration=house.registration.openness is not Openness.OFF,
                documents=house.takes_documents,
            )
            | proof_metadata(
                house.issuer,
                algorithms=proofs.algorithms,
                certificates=bool(house.client_certificates),
                must_push=house.must_push,
            )
        ),
        oauth1=_oauth1(house, directory, flows, decision, hands.redemption, userinfo),
    )


def _oauth1(
    house: House,
    directory: ClientDirectory,
    flows: Flows,
    decision: Decision,
    redemption: Redemption,
    userinfo: UserInfo,
) -> "Oauth1 | None":
    if not house.oauth1:
        return None
    from gatepass_server.protocol.oauth1.provider import Rooms, oauth1  # noqa: PLC0415 - few servers have it

    return oauth1(
        Rooms(
            store=house.store,
            clock=house.clock,
            house_secrets=house.house_secrets,
            directory=directory,
            flows=flows,
            decision=decision,
            redemption=redemption,
            userinfo=userinfo,
            tokens=house.tokens,
            claims=house.claims,
            idle=house.sessions.idle,
            plaintext=house.oauth1 == "plaintext",
        )
    )


def _algorithms(house: House) -> tuple[str, ...]:
    """What can be signed with: what keys sign with now, and RS256: the first program that needs it has a key made."""
    return tuple(dict.fromkeys([DEFAULT_ID_TOKEN_ALGORITHM, *house.ring.algorithms()]))


def _by_certificate(house: House, directory: ClientDirectory) -> list[TlsClientAuth]:
    """Where the proxy lets certificates of anybody through, only those whose key is registered prove something."""
    if house.client_certificates == "authority":
        return [TlsClientAuth("tls_client_auth", directory, has_registered_name)]
    if house.client_certificates == "any":
        return [TlsClientAuth("self_signed_tls_client_auth", directory, HasRegisteredKey(house.key_sets))]
    return []


def introspection_alone(
    store: Store, clients: Clients, held: HeldTokens, clock: Clock, *, audience: str
) -> Introspection:
    """Where a shared secret signs there is no provider; programs may ask about tokens all the same."""
    directory = ClientDirectory(store, clock)
    authenticator = ClientAuthenticator(
        [
            ClientSecretBasic(clients, directory),
            ClientSecretPost(clients, directory),
            NoAuthentication(directory),
        ]
    )
    return Introspection(authenticator, held, audience=audience, signed=None)


def _documents(house: House, policy: Callable[[], RegistrationPolicy]) -> ClientDocuments | None:
    if not house.takes_documents:
        return None
    return ClientDocuments(
        house.outbound(_DOCUMENTS_AT_ONCE),
        house.clock,
        policy=policy,
        ensure_keys=house.clients.ensure_keys,
    )


def _registration(house: House, policy: Callable[[], RegistrationPolicy]) -> Registration | None:
    if house.registration.openness is Openness.OFF:
        return None
    return Registration(
        house.store,
        house.clients,
        house.outbound(_DOCUMENTS_AT_ONCE),
        house.clock,
        policy=policy,
        address=f"{house.issuer.rstrip('/')}/oauth2/register",
    )


def _deliveries(house: House) -> Deliveries:
    tokens = LogoutTokens(lambda client: signer_for(house.ring, client), issuer=house.issuer)
    return Deliveries(house.store, tokens, house.outbound(AT_ONCE), house.clock, house.audit)


def _hands(house: House) -> Hands:
    answers = TokenAnswers(house.tokens, IdTokens(house.ring, issuer=house.issuer))
    client_tokens = ClientTokens(
        house.store,
        house.clock,
        house.ring.signer,
        house.status_indexes,
        status_lists=house.status_lists,
        access_ttl=house.access_ttl,
    )
    return Hands(
        store=house.store,
        clock=house.clock,
        redemption=Redemption(house.store, house.sessions, house.opaque, house.clock, house.audit),
        answers=answers,
        refresh=house.refresh,
        client_tokens=client_tokens,
        assertion_grants=AssertionGrants(
            house.store,
            Assertions(house.key_sets, house.clock, issuer=house.issuer),
            house.sessions,
            house.opaque,
            client_tokens,
            answers,
            house.clock,
            house.audit,
            access_ttl=house.access_ttl,
        ),
        exchange=Exchange(
            house.store,
            house.held,
            house.tokens,
            house.opaque,
            house.status_indexes,
            house.clock,
            house.audit,
            issuer=house.issuer,
            access_ttl=house.access_ttl,
        ),
    )
