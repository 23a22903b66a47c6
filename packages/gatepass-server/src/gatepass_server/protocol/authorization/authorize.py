"""The authorization endpoint (RFC 6749 section 3.1): what happens next is decided anew at every visit."""

from contextlib import nullcontext
from dataclasses import dataclass

from gatepass_server.crypto.handles import digest, new_handle
from gatepass_server.domain.clients import Client
from gatepass_server.domain.clock import Clock, whole_seconds
from gatepass_server.domain.errors import GatepassError, InvalidClient
from gatepass_server.domain.flows import Flow
from gatepass_server.domain.grants import AuthorizationCode, CodeTerms, Terms
from gatepass_server.domain.secret import Secret
from gatepass_server.protocol.authorization.decision import Decision
from gatepass_server.protocol.authorization.effective import EffectiveParameters
from gatepass_server.protocol.authorization.outcomes import Answer, Outcome, Refused, Step, StepKind
from gatepass_server.protocol.authorization.request import (
    AuthorizationRequest,
    ReturnAddress,
    parse,
    return_address,
)
from gatepass_server.protocol.client_directory import ClientDirectory
from gatepass_server.protocol.errors import InvalidRequest, InvalidRequestUri
from gatepass_server.protocol.flows import PUSHED, Flows, is_of_oauth1, storable, stored
from gatepass_server.protocol.messages import Parameters
from gatepass_server.store.ports import LiveSession, Store
from gatepass_server.store.ports.patience import Repeatable

PREFIX = "gp_ac_"
CODE_LIFETIME = 60
"""Seconds from a code to its redemption (RFC 6749 section 4.1.2 allows ten minutes)."""

_KEPT_SPENT = 3600
"""Seconds for which a code is known as spent after its end, so that a replay ends what came of it."""

_PRUNED = 3


@dataclass(frozen=True, slots=True)
class Browser:
    """Who is signed in where the request comes from.

    Attributes:
        current: The session of its cookie, live.
        others: Further accounts of the same browser, live.
    """

    current: LiveSession | None = None
    others: tuple[LiveSession, ...] = ()


class Authorize:
    """Answers authorization requests. A visit consumes nothing until a code is given."""

    def __init__(
        self,
        store: Store,
        directory: ClientDirectory,
        flows: Flows,
        effective: EffectiveParameters,
        decision: Decision,
        clock: Clock,
        *,
        issuer: str,
    ) -> None:
        self._store = store
        self._directory = directory
        self._flows = flows
        self._effective = effective
        self._decision = decision
        self._clock = clock
        self._issuer = issuer

    def begin(self, parameters: Parameters, browser: Browser) -> Outcome:
        """Answer a request of a program.

        Args:
            parameters: of the query, or of the body (OpenID Connect Core section 3.1.2.1).
            browser: that carries it.
        """
        client: Client | None = None
        try:
            client = self._client(parameters)
            asked = self._effective(client, parameters)
        except GatepassError as error:
            return self._refuse_unread(client, parameters, error)
        try:
            kept = {**storable(asked.parameters), "client_id": client.id}
            effective = stored(kept)
            to = return_address(client, effective)
        except GatepassError as error:
            return Refused(error, client)
        if asked.pushed:
            kept[PUSHED] = asked.pushed.hex()
        try:
            request = parse(to, effective)
            return self._advance(request, browser, flow=None, parameters=kept)
        except GatepassError as error:
            return self._refuse(to, error)

    def _refuse_unread(self, client: Client | None, parameters: Parameters, error: GatepassError) -> Outcome:
        """Tell the program, if the address that the browser named is one of its own; what it asked for is not known."""
        try:
            if client is not None and "redirect_uri" in parameters:
                return self._refuse(return_address(client, parameters), error)
        except GatepassError as unknown_address:
            return Refused(unknown_address, client)
        return Refused(error, client)

    def resume(self, handle: str, browser: Browser) -> Outcome:
        """Go on with a request that waited for a person."""
        if is_of_oauth1(handle):
            return Refused(InvalidRequest("This request goes on elsewhere.", reason="a flow of OAuth 1.0a"))
        try:
            waiting = self._flows.find(handle)
        except GatepassError as error:
            return Refused(error)
        try:
            return self._advance(
                waiting.request,
                browser,
                flow=waiting.flow,
                handle=Secret(handle),
                parameters=waiting.flow.parameters,
            )
        except GatepassError as error:
            return self._refuse(waiting.request.to, error)

    def _client(self, parameters: Parameters) -> Client:
        client_id = parameters.get("client_id")
        if client_id is None:
            raise InvalidRequest("The request must name its client_id.")
        try:
            client = self._directory.find(client_id)
        except InvalidClient as error:  # a browser is not asked to authenticate the program
            raise InvalidRequest(error.message, reason=error.reason) from None
        if client is None:
            raise InvalidRequest(
                "The program that sent you here is not known.", reason=f"client {client_id!r}"
            )
        return client

    def _advance(
        self,
        request: AuthorizationRequest,
        browser: Browser,
        *,
        flow: Flow | None,
        parameters: dict[str, str],
        handle: Secret | None = None,
    ) -> Outcome:
        steps = None if flow is None else flow.steps
        decided = self._decision(request, browser.current, steps, has_others=bool(browser.others))
        if isinstance(decided, StepKind):
            return Step(decided, handle or self._flows.begin(request.client, parameters))
        return self._give_code(request, decided, flow, bytes.fromhex(parameters.get(PUSHED, "")))

    def _give_code(
        self, request: AuthorizationRequest, live: LiveSession, flow: Flow | None, pushed: bytes
    ) -> Answer:
        handle = new_handle(PREFIX)
        now = whole_seconds(self._clock)
        terms = CodeTerms(
            scope=request.scope,
            redirect_uri=request.to.redirect_uri,
            redirect_uri_sent=request.to.is_named,
            nonce=request.nonce,
            code_challenge=request.code_challenge,
            terms=Terms(audience=request.resources, jkt=request.dpop_jkt, claims=request.claims_text),
            offline=request.is_offline,
        )
        code = AuthorizationCode(
            digest=digest(handle.reveal()),
            client_id=request.client.id,
            session_id=live.session.id,
            terms=terms,
            created_at=now,
            expires_at=now + CODE_LIFETIME,
        )
        # A code that nobody hears of does no harm, and what else became of it is told by a redirect.
        block = Repeatable() if flow is None and not pushed else nullcontext()
        with (
            block,
            self._store.write(durable=False) as uow,
        ):  # a power cut may forget it: the person begins anew
            if flow is not None and not uow.flows.finish(flow.digest, now=now):
                raise InvalidRequest(
                    "This sign-in has been finished.", reason="the flow was finished meanwhile"
                )
            if pushed and not uow.pushed_requests.consume(pushed, now=now):
                raise InvalidRequestUri(
                    "This request was used.", reason="the pushed request was used meanwhile"
                )
            uow.codes.add(code)
            uow.codes.prune(now - _KEPT_SPENT, limit=_PRUNED)
        return self._answer(request.to, {"code": handle.reveal()})

    def _refuse(self, to: ReturnAddress, error: GatepassError) -> Answer:
        return self._answer(to, {"error": error.code, "error_description": _plain(error.message)})

    def _answer(self, to: ReturnAddress, parameters: dict[str, str]) -> Answer:
        if to.state is not None:
            parameters["state"] = to.state
        parameters["iss"] = self._issuer  # RFC 9207
        return Answer(to.redirect_uri, to.mode, parameters)


def _plain(text: str) -> str:
    """A description as RFC 6749 section 4.1.2.1 allows it."""
    return "".join(
        character if " " <= character <= "~" and character not in '"\\' else "'" for character in text
    )
