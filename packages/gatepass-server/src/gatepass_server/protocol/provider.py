"""The provider: everything of this room that web and cli call, put together."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from gatepass import Signer
from gatepass_server.accounts.clients import Clients
from gatepass_server.accounts.opaque_tokens import OpaqueTokens
from gatepass_server.accounts.refresh import Refresh
from gatepass_server.accounts.sessions import Sessions, StatusIndexes
from gatepass_server.accounts.tokens import Tokens
from gatepass_server.audit.log import AuditLog
from gatepass_server.domain.clock import Clock
from gatepass_server.keys.ring import KeyRing
from gatepass_server.outbound.client import Outbound
from gatepass_server.outbound.key_sets import KeySets
from gatepass_server.protocol.authorization.authorize import Authorize
from gatepass_server.protocol.authorization.decision import Decision
from gatepass_server.protocol.authorization.effective import EffectiveParameters
from gatepass_server.protocol.authorization.pushed import PushedAuthorization
from gatepass_server.protocol.authorization.request_objects import RequestObjects
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
from gatepass_server.protocol.flows import Flows
from gatepass_server.protocol.granted import TokenAnswers
from gatepass_server.protocol.id_token_hints import IdTokenHints
from gatepass_server.protocol.id_tokens import IdTokens
from gatepass_server.protocol.metadata import metadata
from gatepass_server.protocol.proof_metadata import proof_metadata
from gatepass_server.protocol.proofs import Proofs
from gatepass_server.protocol.redemption import Redemption
from gatepass_server.protocol.server import ProtocolServer
from gatepass_server.protocol.table import Hands, grants
from gatepass_server.protocol.userinfo import UserInfo
from gatepass_server.store.ports import Store


@dataclass(frozen=True, slots=True)
class House:
    """What the room is given from below, and what the operator chose.

    Attributes:
        client_certificates: Whose certificates the proxy in front lets through; empty where it tells of none.
        must_push: Whether every authorization request must be sent ahead.
        dpop_nonces: Whether every DPoP proof must hold a nonce.
    """

    store: Store
    clock: Clock
    audit: AuditLog
    ring: KeyRing
    clients: Clients
    sessions: Sessions
    tokens: Tokens
    opaque: OpaqueTokens
    refresh: Refresh
    status_indexes: StatusIndexes
    status_lists: str
    issuer: str
    access_ttl: int
    house_secrets: Callable[[str], bytes]
    outbound: Outbound
    key_sets: KeySets
    client_certificates: Literal["", "authority", "any"]
    must_push: bool
    dpop_nonces: bool


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
    hints: IdTokenHints
    metadata: Callable[[], dict[str, Any]]


def provider(house: House) -> Provider:
    """Put the room together."""
    directory = ClientDirectory(house.store)
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
    proofs = Proofs(house.store, house.house_secrets, house.clock, nonces=house.dpop_nonces)
    objects = RequestObjects(statements, house.outbound, house.clock)
    effective = EffectiveParameters(house.store, objects, house.clock, must_push=house.must_push)
    flows = Flows(house.store, directory, house.clock, house.audit)
    hints = IdTokenHints(house.ring, house.clock, issuer=house.issuer)
    decision = Decision(house.store, hints, house.clock)
    server = ProtocolServer(authenticator, proofs, grants(_hands(house)))
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
        userinfo=UserInfo(directory),
        hints=hints,
        metadata=lambda: (
            metadata(
                house.issuer,
                grant_types=server.grant_types,
                authentication=authenticator.names,
                algorithms=house.ring.algorithms(),
            )
            | proof_metadata(
                house.issuer,
                algorithms=proofs.algorithms,
                certificates=bool(house.client_certificates),
                must_push=house.must_push,
            )
        ),
    )


def _by_certificate(house: House, directory: ClientDirectory) -> list[TlsClientAuth]:
    """Where the proxy lets certificates of anybody through, only those whose key is registered prove something."""
    if house.client_certificates == "authority":
        return [TlsClientAuth("tls_client_auth", directory, has_registered_name)]
    if house.client_certificates == "any":
        return [TlsClientAuth("self_signed_tls_client_auth", directory, HasRegisteredKey(house.key_sets))]
    return []


def _hands(house: House) -> Hands:
    def signer(algorithm: str) -> Signer:
        return house.ring.signer(algorithm or None)

    id_tokens = IdTokens(house.ring, issuer=house.issuer)
    return Hands(
        store=house.store,
        redemption=Redemption(house.store, house.sessions, house.opaque, house.clock, house.audit),
        answers=TokenAnswers(house.tokens, id_tokens),
        refresh=house.refresh,
        client_tokens=ClientTokens(
            house.store,
            house.clock,
            signer,
            house.status_indexes,
            status_lists=house.status_lists,
            access_ttl=house.access_ttl,
        ),
    )
