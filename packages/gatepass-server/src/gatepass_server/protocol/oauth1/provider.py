"""Everything of this room that web calls, put together."""

from collections.abc import Callable
from dataclasses import dataclass

from gatepass_server.accounts.session_claims import SessionClaims
from gatepass_server.accounts.tokens import Tokens
from gatepass_server.domain.clock import Clock
from gatepass_server.protocol.authorization.decision import Decision
from gatepass_server.protocol.client_directory import ClientDirectory
from gatepass_server.protocol.flows import Flows
from gatepass_server.protocol.oauth1.authorize import AuthorizeOauth1
from gatepass_server.protocol.oauth1.bridge import TokenBridge
from gatepass_server.protocol.oauth1.calls import Calls
from gatepass_server.protocol.oauth1.exchange import ExchangeCredentials
from gatepass_server.protocol.oauth1.initiate import Initiate
from gatepass_server.protocol.oauth1.signed_requests import SignedRequests
from gatepass_server.protocol.oauth1.userinfo import UserInfoOauth1
from gatepass_server.protocol.redemption import Redemption
from gatepass_server.protocol.userinfo import UserInfo
from gatepass_server.store.ports import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class Rooms:
    """What it shares with OAuth 2, and what the operator chose.

    Attributes:
        idle: Seconds that a grant may go unused.
        plaintext: Whether the signature method PLAINTEXT is taken.
    """

    store: Store
    clock: Clock
    house_secrets: Callable[[str], bytes]
    directory: ClientDirectory
    flows: Flows
    decision: Decision
    redemption: Redemption
    userinfo: UserInfo
    tokens: Tokens
    claims: SessionClaims
    idle: int
    plaintext: bool


@dataclass(frozen=True, slots=True)
class Oauth1:
    """OAuth 1.0a."""

    initiate: Initiate
    authorize: AuthorizeOauth1
    exchange: ExchangeCredentials
    userinfo: UserInfoOauth1
    bridge: TokenBridge


def oauth1(rooms: Rooms) -> Oauth1:
    """Put the room together."""
    signed = SignedRequests(rooms.store, rooms.house_secrets, rooms.clock, plaintext=rooms.plaintext)
    calls = Calls(rooms.store, signed, rooms.clock, idle=rooms.idle)
    return Oauth1(
        initiate=Initiate(rooms.store, signed, rooms.clock),
        authorize=AuthorizeOauth1(
            rooms.store, rooms.directory, rooms.flows, rooms.decision, signed, rooms.clock
        ),
        exchange=ExchangeCredentials(signed, rooms.redemption, rooms.clock),
        userinfo=UserInfoOauth1(calls, rooms.claims, rooms.userinfo),
        bridge=TokenBridge(rooms.store, calls, rooms.tokens),
    )
