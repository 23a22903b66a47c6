"""The bridge: a signed request for an access token (RFC 9068), with which an old program calls a modern API."""

from gatepass_server.accounts.entitlements import entitlements_of
from gatepass_server.accounts.tokens import Tokens
from gatepass_server.protocol.errors import InvalidTarget
from gatepass_server.protocol.messages import Parameters, ProtocolResponse
from gatepass_server.protocol.oauth1.calls import Calls
from gatepass_server.protocol.oauth1.messages import SignedMessage
from gatepass_server.protocol.oauth1.problems import ParameterRejected, PermissionDenied
from gatepass_server.protocol.resources import narrowed_resources
from gatepass_server.store.ports import Store


class TokenBridge:
    """Signs an access token of the grant behind token credentials; it is taken back with them."""

    def __init__(self, store: Store, calls: Calls, tokens: Tokens) -> None:
        self._store = store
        self._calls = calls
        self._tokens = tokens

    def __call__(self, message: SignedMessage) -> ProtocolResponse:
        """200 with the token; ``scope`` and ``resource`` may ask for less than was granted.

        Raises:
            Problem: the request does not hold, or asks for more.
        """
        call = self._calls(message)
        session = call.live.session
        with self._store.read() as uow:
            entitlements = entitlements_of(uow, call.live.user)
        parameters = Parameters([*message.query, *message.form])
        scope, audience = self._asked(session.scope, session.terms.audience, parameters)
        access = self._tokens.access(
            call.live.user,
            session,
            entitlements,
            scope=scope,
            signer=self._tokens.signer(call.client.metadata.access_token_signed_response_alg),
            audience=audience,
        )
        told = {
            "access_token": access.text,
            "token_type": "Bearer",
            "expires_in": access.expires_in,
            "scope": scope,
        }
        return ProtocolResponse(200, told)

    @staticmethod
    def _asked(scope: str, audience: tuple[str, ...], parameters: Parameters) -> tuple[str, tuple[str, ...]]:
        if len(parameters.all("scope")) > 1:
            raise ParameterRejected("The parameter scope is sent once.")
        asked = parameters.get("scope")
        if asked is not None and not set(asked.split()) <= set(scope.split()):
            raise PermissionDenied(f"The person allowed: {scope}.")
        try:
            return " ".join(asked.split()) if asked else scope, narrowed_resources(audience, parameters)
        except InvalidTarget as error:
            raise PermissionDenied(error.message, reason=error.reason) from None
