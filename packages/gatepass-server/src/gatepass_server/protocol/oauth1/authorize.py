"""The person's approval (RFC 5849 section 2.2), by the same steps and pages as in OAuth 2."""

from dataclasses import dataclass, field

from gatepass_server.crypto.handles import digest, new_handle
from gatepass_server.crypto.signing_secrets import verifier_digest
from gatepass_server.crypto.user_codes import new_user_code
from gatepass_server.domain.clients import Client
from gatepass_server.domain.clock import Clock, whole_seconds
from gatepass_server.domain.errors import GatepassError
from gatepass_server.domain.flows import Flow
from gatepass_server.domain.grants import CodeTerms, Terms
from gatepass_server.domain.oauth1 import OAUTH1, OUT_OF_BAND
from gatepass_server.domain.secret import Secret
from gatepass_server.protocol.authorization.authorize import Browser
from gatepass_server.protocol.authorization.decision import Decision
from gatepass_server.protocol.authorization.outcomes import Answer, Refused, ResponseMode, Step, StepKind
from gatepass_server.protocol.authorization.request import AuthorizationRequest, by_registration
from gatepass_server.protocol.client_directory import ClientDirectory
from gatepass_server.protocol.errors import AccessDenied, InvalidRequest
from gatepass_server.protocol.flows import CALLBACK, OAUTH1_PREFIX, Flows, is_of_oauth1
from gatepass_server.protocol.oauth1.initiate import may_come_back_to
from gatepass_server.protocol.oauth1.signed_requests import SignedRequests
from gatepass_server.store.ports import LiveSession, Store

TOKEN = "oauth_token"  # noqa: S105 - the name of a parameter
_PREFIX = "gp_ov_"
_OVER = "This request is not known, was answered, or was left for too long. Go back to the program, and begin anew."


@dataclass(frozen=True, slots=True)
class OutOfBand:
    """What the person is shown who cannot be sent back.

    Attributes:
        client: The program.
        verifier: To be typed into it; None where the person refused.
    """

    client: Client
    verifier: Secret | None = field(repr=False)


Outcome = Answer | Step | Refused | OutOfBand


class AuthorizeOauth1:
    """Answers for temporary credentials. A visit consumes nothing until the person has answered."""

    def __init__(
        self,
        store: Store,
        directory: ClientDirectory,
        flows: Flows,
        decision: Decision,
        signed: SignedRequests,
        clock: Clock,
    ) -> None:
        self._store = store
        self._directory = directory
        self._flows = flows
        self._decision = decision
        self._signed = signed
        self._clock = clock

    def begin(self, token: str | None, browser: Browser) -> Outcome:
        """What happens next for temporary credentials.

        Args:
            token: ``oauth_token`` of the request.
            browser: who is signed in.
        """
        if token is None:
            return Refused(InvalidRequest("The request must name its oauth_token."))
        with self._store.read() as uow:
            found = uow.oauth1.temporary(digest(token))
        now = whole_seconds(self._clock)
        if found is None or found.session_id or found.consumed_at is not None or found.expires_at <= now:
            return Refused(InvalidRequest(_OVER, reason="no such temporary credentials, or they are over"))
        client = self._directory.find(found.client_id)
        if client is None:
            return Refused(InvalidRequest(_OVER, reason=f"client {found.client_id} is gone"))
        return self._advance(by_registration(client, found.callback), token, browser)

    def resume(self, handle: str, browser: Browser) -> Outcome:
        """Go on with a request that waited for a person."""
        if not is_of_oauth1(handle):
            return Refused(InvalidRequest("This request goes on elsewhere.", reason="a flow of OAuth 2"))
        try:
            waiting = self._flows.find(handle)
        except GatepassError as error:
            return Refused(error)
        token = waiting.flow.parameters[TOKEN]
        return self._advance(waiting.request, token, browser, flow=waiting.flow, handle=Secret(handle))

    def _advance(
        self,
        request: AuthorizationRequest,
        token: str,
        browser: Browser,
        *,
        flow: Flow | None = None,
        handle: Secret | None = None,
    ) -> Outcome:
        client, callback = request.client, request.to.redirect_uri
        if not client.may_use(OAUTH1) or not may_come_back_to(client, callback):
            reason = f"client {client.id} is not registered for this any more"
            return Refused(InvalidRequest(_OVER, reason=reason), client)
        steps = None if flow is None else flow.steps
        try:
            decided = self._decision(request, browser.current, steps, has_others=bool(browser.others))
            if isinstance(decided, StepKind):
                return Step(decided, handle or self._begin(request, token))
            return self._approve(request, token, decided, flow)
        except AccessDenied:
            return self._withdraw(request, token)
        except GatepassError as error:
            return Refused(error, request.client)

    def _begin(self, request: AuthorizationRequest, token: str) -> Secret:
        parameters = {TOKEN: token, CALLBACK: request.to.redirect_uri}
        return self._flows.begin(request.client, parameters, prefix=OAUTH1_PREFIX)

    def _approve(
        self, request: AuthorizationRequest, token: str, live: LiveSession, flow: Flow | None
    ) -> Answer | OutOfBand:
        is_typed = request.to.redirect_uri == OUT_OF_BAND
        verifier = new_user_code() if is_typed else new_handle(_PREFIX)
        now = whole_seconds(self._clock)
        proof = verifier_digest(verifier.reveal(), token, self._signed.key())
        terms = CodeTerms(
            scope=request.scope, terms=Terms(audience=request.resources), offline=request.is_offline
        )
        with self._store.write(durable=False) as uow:  # a power cut may forget it: the person begins anew
            ended = flow is None or uow.flows.finish(flow.digest, now=now)
            if not ended or not uow.oauth1.approve(
                digest(token), session_id=live.session.id, verifier=proof, terms=terms, now=now
            ):
                raise InvalidRequest(_OVER, reason="answered meanwhile, or over")
        if is_typed:
            return OutOfBand(request.client, verifier)
        return _answer(request, oauth_token=token, oauth_verifier=verifier.reveal())

    def _withdraw(self, request: AuthorizationRequest, token: str) -> Outcome:
        with self._store.write(durable=False) as uow:
            uow.oauth1.withdraw(digest(token), now=whole_seconds(self._clock))
        if request.to.redirect_uri == OUT_OF_BAND:
            return OutOfBand(request.client, None)
        return _answer(request, oauth_token=token, oauth_problem="user_refused")


def _answer(request: AuthorizationRequest, **parameters: str) -> Answer:
    return Answer(request.to.redirect_uri, ResponseMode.QUERY, parameters)
