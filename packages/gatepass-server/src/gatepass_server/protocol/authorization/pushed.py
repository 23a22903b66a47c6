"""The pushed authorization request endpoint (RFC 9126)."""

from gatepass_server.crypto.handles import digest, new_handle
from gatepass_server.domain.clients import Client
from gatepass_server.domain.clock import Clock, whole_seconds
from gatepass_server.domain.grants import PushedRequest
from gatepass_server.protocol.authorization.request import parse, return_address
from gatepass_server.protocol.authorization.request_objects import RequestObjects, signed
from gatepass_server.protocol.client_authentication import ClientAuthenticator
from gatepass_server.protocol.errors import InvalidDpopProof, InvalidRequest
from gatepass_server.protocol.flows import LIFETIME as FLOW_LIFETIME
from gatepass_server.protocol.flows import storable, stored
from gatepass_server.protocol.messages import Parameters, ProtocolRequest, ProtocolResponse
from gatepass_server.protocol.proofs import Proofs
from gatepass_server.store.ports import Store

REQUEST_URI_PREFIX = "urn:ietf:params:oauth:request_uri:"
LIFETIME = 90
"""Seconds in which the browser must bring the ``request_uri`` (RFC 9126 section 2.2)."""

_PRUNED = 3


class PushedAuthorization:
    """Takes requests ahead of the browser: judged as the authorization endpoint would, so that faults are told here."""

    def __init__(
        self,
        store: Store,
        authenticator: ClientAuthenticator,
        objects: RequestObjects,
        proofs: Proofs,
        clock: Clock,
    ) -> None:
        self._store = store
        self._authenticator = authenticator
        self._objects = objects
        self._proofs = proofs
        self._clock = clock

    def __call__(self, request: ProtocolRequest) -> ProtocolResponse:
        """201 with a ``request_uri``.

        Raises:
            GatepassError: what the authorization endpoint would redirect with, or what client authentication says.
        """
        client = self._authenticator.authenticate(request)
        if "request_uri" in request.form:
            raise InvalidRequest("A pushed request holds no request_uri (RFC 9126 section 2.1).")
        parameters = signed(self._objects, client, request.form)
        kept = {**storable(parameters), "client_id": client.id}
        if jkt := self._bound_key(request, client, parameters):
            kept["dpop_jkt"] = jkt
        effective = stored(kept)
        if client.metadata.is_fapi and "redirect_uri" not in effective:
            raise InvalidRequest("Under FAPI 2.0 a request names its redirect_uri.")
        parse(return_address(client, effective), effective)
        headers = {} if (nonce := self._proofs.next_nonce(request, client)) is None else {"DPoP-Nonce": nonce}
        return ProtocolResponse(201, self._keep(client, kept), headers)

    def _bound_key(self, request: ProtocolRequest, client: Client, parameters: Parameters) -> str:
        """The key that the code is bound to: by name, or by a proof of it (RFC 9449 section 10.1)."""
        named, proved = parameters.get("dpop_jkt", ""), self._proofs.key(request, client)
        if named and proved and named != proved:
            raise InvalidDpopProof("The proof is of another key than dpop_jkt names.", reason="two keys")
        return proved or named

    def _keep(self, client: Client, parameters: dict[str, str]) -> dict[str, object]:
        handle = new_handle("")
        now = whole_seconds(self._clock)
        pushed = PushedRequest(
            digest=digest(handle.reveal()),
            client_id=client.id,
            parameters=parameters,
            created_at=now,
            expires_at=now + LIFETIME,
        )
        with self._store.write(durable=False) as uow:  # a power cut may forget it: the program begins anew
            uow.pushed_requests.add(pushed)
            # Whoever is at the sign-in page still needs it, to be the one who uses it up.
            uow.pushed_requests.prune(now - FLOW_LIFETIME - LIFETIME, limit=_PRUNED)
        return {"request_uri": REQUEST_URI_PREFIX + handle.reveal(), "expires_in": LIFETIME}
