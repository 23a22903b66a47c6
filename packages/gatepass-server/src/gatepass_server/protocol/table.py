"""The grants of the token endpoint, in the order in which the metadata tell them.

To add one: a file in ``grants/``, and a line here.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from gatepass_server.accounts.refresh import Refresh
from gatepass_server.domain.clock import Clock
from gatepass_server.protocol.assertion_grants import AssertionGrants
from gatepass_server.protocol.client_tokens import ClientTokens
from gatepass_server.protocol.exchange import Exchange
from gatepass_server.protocol.granted import TokenAnswers
from gatepass_server.protocol.grants.authorization_code import AuthorizationCode
from gatepass_server.protocol.grants.client_credentials import ClientCredentials
from gatepass_server.protocol.grants.device_code import GRANT_TYPE as DEVICE_CODE
from gatepass_server.protocol.grants.device_code import DeviceCode
from gatepass_server.protocol.grants.jwt_bearer import JwtBearer
from gatepass_server.protocol.grants.refresh_token import RefreshToken
from gatepass_server.protocol.grants.token_exchange import GRANT_TYPE as TOKEN_EXCHANGE
from gatepass_server.protocol.grants.token_exchange import TokenExchange
from gatepass_server.protocol.redemption import Redemption
from gatepass_server.protocol.server import ProtocolServer, TokenRequest
from gatepass_server.store.ports import Store

MakeGrant = Callable[[TokenRequest, ProtocolServer], Any]


@dataclass(frozen=True, slots=True)
class Hands:
    """What grants work with."""

    store: Store
    clock: Clock
    redemption: Redemption
    answers: TokenAnswers
    refresh: Refresh
    client_tokens: ClientTokens
    exchange: Exchange
    assertion_grants: AssertionGrants


def grants(hands: Hands) -> Mapping[str, MakeGrant]:
    """The grants by their ``grant_type``."""
    return {
        "authorization_code": partial(
            AuthorizationCode, store=hands.store, redemption=hands.redemption, answers=hands.answers
        ),
        "refresh_token": partial(RefreshToken, refresh=hands.refresh, answers=hands.answers),
        "client_credentials": partial(ClientCredentials, tokens=hands.client_tokens),
        DEVICE_CODE: partial(
            DeviceCode,
            store=hands.store,
            clock=hands.clock,
            redemption=hands.redemption,
            answers=hands.answers,
        ),
        JwtBearer.GRANT_TYPE: partial(JwtBearer, grants=hands.assertion_grants),
        TOKEN_EXCHANGE: partial(TokenExchange, exchange=hands.exchange),
    }
