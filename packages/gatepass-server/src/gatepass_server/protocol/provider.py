"""The provider: everything of this room that web and cli call, put together."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from gatepass import Signer
from gatepass_server.accounts.clients import Clients
from gatepass_server.accounts.opaque_tokens import OpaqueTokens
from gatepass_server.accounts.refresh import Refresh
from gatepass_server.accounts.sessions import Sessions, StatusIndexes
from gatepass_server.accounts.tokens import Tokens
from gatepass_server.audit.log import AuditLog
from gatepass_server.domain.clock import Clock
from gatepass_server.keys.ring import KeyRing
from gatepass_server.protocol.authorization.authorize import Authorize
from gatepass_server.protocol.authorization.decision import Decision
from gatepass_server.protocol.client_authentication import ClientAuthenticator
from gatepass_server.protocol.client_authentication.secrets import (
    ClientSecretBasic,
    ClientSecretPost,
    NoAuthentication,
)
from gatepass_server.protocol.client_directory import ClientDirectory
from gatepass_server.protocol.client_tokens import ClientTokens
from gatepass_server.protocol.device_authorization import DeviceAuthorization
from gatepass_server.protocol.device_requests import DeviceRequests
from gatepass_server.protocol.flows import Flows
from gatepass_server.protocol.granted import TokenAnswers
from gatepass_server.protocol.held_tokens import HeldTokens
from gatepass_server.protocol.id_token_hints import IdTokenHints
from gatepass_server.protocol.id_tokens import IdTokens
from gatepass_server.protocol.introspection import Introspection
from gatepass_server.protocol.metadata import metadata
from gatepass_server.protocol.redemption import Redemption
from gatepass_server.protocol.response_signing import SignedResponses
from gatepass_server.protocol.revocation import Revocation
from gatepass_server.protocol.server import ProtocolServer
from gatepass_server.protocol.table import Hands, grants
from gatepass_server.protocol.userinfo import UserInfo
from gatepass_server.store.ports import Store


@dataclass(frozen=True, slots=True)
class House:
    """What the room is given from below."""

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
    status_indexes: StatusIndexes
    status_lists: str
    held: HeldTokens
    issuer: str
    audience: str
    access_ttl: int


@dataclass(frozen=True, slots=True)
class Provider:
    """OAuth 2.1 and OpenID Connect."""

    directory: ClientDirectory
    authenticator: ClientAuthenticator
    flows: Flows
    authorize: Authorize
    server: ProtocolServer
    userinfo: UserInfo
    hints: IdTokenHints
    introspection: Introspection
    revocation: Revocation
    device_requests: DeviceRequests
    devices: DeviceAuthorization
    metadata: Callable[[], dict[str, Any]]


def provider(house: House) -> Provider:
    """Put the room together."""
    directory = ClientDirectory(house.store)
    authenticator = ClientAuthenticator(
        [
            ClientSecretBasic(house.clients, directory),
            ClientSecretPost(house.clients, directory),
            NoAuthentication(directory),
        ]
    )
    flows = Flows(house.store, directory, house.clock, house.audit)
    hints = IdTokenHints(house.ring, house.clock, issuer=house.issuer)
    decision = Decision(house.store, hints, house.clock)
    server = ProtocolServer(authenticator, grants(_hands(house)))
    signed = SignedResponses(house.ring, house.clock, issuer=house.issuer)
    return Provider(
        directory=directory,
        authenticator=authenticator,
        flows=flows,
        authorize=Authorize(house.store, directory, flows, decision, house.clock, issuer=house.issuer),
        server=server,
        userinfo=UserInfo(directory),
        hints=hints,
        introspection=Introspection(authenticator, house.held, audience=house.audience, signed=signed),
        revocation=Revocation(authenticator, house.store, house.held, house.clock, house.audit),
        device_requests=DeviceRequests(
            authenticator, house.store, house.house_secrets, house.clock, issuer=house.issuer
        ),
        devices=DeviceAuthorization(house.store, directory, house.house_secrets, house.clock, house.audit),
        metadata=lambda: metadata(
            house.issuer,
            grant_types=server.grant_types,
            authentication=authenticator.names,
            algorithms=house.ring.algorithms(),
        ),
    )


def introspection_alone(store: Store, clients: Clients, held: HeldTokens, *, audience: str) -> Introspection:
    """Where a shared secret signs there is no provider; programs may ask about tokens all the same."""
    directory = ClientDirectory(store)
    authenticator = ClientAuthenticator(
        [
            ClientSecretBasic(clients, directory),
            ClientSecretPost(clients, directory),
            NoAuthentication(directory),
        ]
    )
    return Introspection(authenticator, held, audience=audience, signed=None)


def _hands(house: House) -> Hands:
    def signer(algorithm: str) -> Signer:
        return house.ring.signer(algorithm or None)

    id_tokens = IdTokens(house.ring, issuer=house.issuer)
    return Hands(
        store=house.store,
        clock=house.clock,
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
