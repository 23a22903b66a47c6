"""Authorization requests that wait for a person, as pages know them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from msgspec import structs

from gatepass_server.audit.log import AuditLog
from gatepass_server.crypto.handles import digest, new_handle
from gatepass_server.domain.audit import EventKind, user_actor
from gatepass_server.domain.clients import Client
from gatepass_server.domain.clock import Clock, whole_seconds
from gatepass_server.domain.errors import InvalidClient
from gatepass_server.domain.flows import Flow, Steps
from gatepass_server.domain.grants import HOUSE, Consent
from gatepass_server.domain.secret import Secret
from gatepass_server.protocol.authorization.request import (
    AuthorizationRequest,
    by_registration,
    parse,
    return_address,
)
from gatepass_server.protocol.client_directory import ClientDirectory
from gatepass_server.protocol.errors import InvalidRequest
from gatepass_server.protocol.messages import Parameters
from gatepass_server.store.ports import LiveSession, Store
from gatepass_server.store.ports.patience import Repeatable

PREFIX = "gp_fl_"
OAUTH1_PREFIX = "gp_of_"
"""Of requests of OAuth 1.0a, which are kept beside the others, and go on at an endpoint of their own."""

CALLBACK = "oauth_callback"
"""The parameter of such a request that says where its answer goes."""

LIFETIME = 3600
"""Seconds that a person may take."""

_PRUNED = 3
_OVER = "This sign-in was begun too long ago, or has been finished. Go back to the program, and begin anew."


@dataclass(frozen=True, slots=True)
class Waiting:
    """A request that waits, and what was done for it."""

    flow: Flow
    request: AuthorizationRequest

    @property
    def client(self) -> Client:
        """The program that asks."""
        return self.request.client


class Flows:
    """Keeps requests that wait, and notes what people do for them."""

    def __init__(self, store: Store, directory: ClientDirectory, clock: Clock, audit: AuditLog) -> None:
        self._store = store
        self._directory = directory
        self._clock = clock
        self._audit = audit

    def begin(self, client: Client, parameters: Mapping[str, str], *, prefix: str = PREFIX) -> Secret:
        """Keep a request that a person must do something for.

        Args:
            client: whose it is.
            parameters: those in effect.
            prefix: of the handle, which says at which endpoint it goes on.

        Returns:
            Its handle, which goes into the addresses of our pages; whoever has it learns what the program asked for,
            and can do nothing in anybody else's name.
        """
        handle = new_handle(prefix)
        now = whole_seconds(self._clock)
        flow = Flow(
            digest=digest(handle.reveal()),
            client_id=client.id,
            parameters=dict(parameters),
            steps=Steps(),
            created_at=now,
            expires_at=now + LIFETIME,
        )
        # A power cut may forget it: the person begins anew. What else became of it is told by a redirect.
        with Repeatable(), self._store.write(durable=False) as uow:
            uow.flows.add(flow)
            uow.flows.prune(now, limit=_PRUNED)
        return handle

    def find(self, handle: str) -> Waiting:
        """The request that waits.

        Raises:
            InvalidRequest: there is none, it is over, or its program is gone or may no longer ask so.
        """
        with self._store.look() as uow:
            flow = uow.flows.find(digest(handle))
        now = whole_seconds(self._clock)
        if flow is None or flow.finished_at is not None or flow.expires_at <= now:
            raise InvalidRequest(_OVER, reason="no such flow, or it is over")
        try:
            client = self._directory.find(flow.client_id)
        except InvalidClient as error:  # its document cannot be had any more
            raise InvalidRequest(error.message, reason=error.reason) from None
        if client is None:
            raise InvalidRequest(
                "The program is no longer known here.", reason=f"client {flow.client_id} is gone"
            )
        if is_of_oauth1(handle):
            return Waiting(flow, by_registration(client, flow.parameters[CALLBACK]))
        parameters = stored(flow.parameters)
        return Waiting(flow, parse(return_address(client, parameters), parameters))

    def note_authenticated(self, handle: str, session_id: str, *, created: bool = False) -> None:
        """Somebody signed in, or proved again who they are; with ``created`` by making an account.

        Raises:
            InvalidRequest: see ``find``.
        """
        self._note(
            handle,
            lambda steps: structs.replace(
                steps, authenticated=session_id, selected=session_id, created=created or steps.created
            ),
        )

    def note_selected(self, handle: str, session_id: str) -> None:
        """Somebody chose one of the accounts of their browser.

        Raises:
            InvalidRequest: see ``find``.
        """
        self._note(handle, lambda steps: structs.replace(steps, selected=session_id))

    def note_denied(self, handle: str) -> None:
        """Somebody refused.

        Raises:
            InvalidRequest: see ``find``.
        """
        self._note(handle, lambda steps: structs.replace(steps, denied=True))

    def note_consented(
        self, handle: str, live: LiveSession, *, address: str = "", request_id: str = ""
    ) -> None:
        """The owner of a session consented to what the request asks for; it is remembered.

        Raises:
            InvalidRequest: see ``find``.
        """
        waiting = self.find(handle)
        request, user = waiting.request, live.user
        pen = self._audit.pen(address=address, request_id=request_id)
        with self._store.write() as uow:
            known = uow.consents.find(user.id, request.client.id)
            scopes = {*request.approved, *(known.scope.split() if known else ())}
            resources = {*(request.resources or (HOUSE,)), *(known.resources.split() if known else ())}
            consent = Consent(
                user_id=user.id,
                client_id=request.client.id,
                scope=" ".join(sorted(scopes)),
                resources=" ".join(sorted(resources)),
                granted_at=whole_seconds(self._clock),
            )
            uow.consents.allow(consent)
            uow.flows.note(
                waiting.flow.digest, structs.replace(waiting.flow.steps, consented=live.session.id)
            )
            pen.note(
                uow,
                EventKind.CONSENT_GIVEN,
                actor=user_actor(user.id),
                user_id=user.id,
                session_id=live.session.id,
                client_id=request.client.id,
                scope=" ".join(request.approved),
            )

    def _note(self, handle: str, change: Callable[[Steps], Steps]) -> None:
        key = digest(handle)
        with self._store.write(durable=False) as uow:
            flow = uow.flows.find(key)
            over = flow is None or flow.expires_at <= whole_seconds(self._clock)
            if flow is None or over or not uow.flows.note(key, change(flow.steps)):
                raise InvalidRequest(_OVER, reason="no such flow, or it is over")


def is_of_oauth1(handle: str) -> bool:
    """Whether a request goes on at the endpoint of OAuth 1.0a."""
    return handle.startswith(OAUTH1_PREFIX)


def stored(parameters: Mapping[str, str]) -> Parameters:
    """Parameters as they were kept; a list of resources stands in one text, separated by spaces."""
    pairs: list[tuple[str, str]] = []
    for name, value in parameters.items():
        pairs += [(name, one) for one in (value.split(" ") if name == "resource" else [value])]
    return Parameters(pairs)


def storable(parameters: Parameters) -> dict[str, str]:
    """Parameters as they are kept.

    Raises:
        InvalidRequest: one that matters was sent twice.
    """
    kept = {name: parameters[name] for name in KEPT if name in parameters}
    if resources := parameters.all("resource"):
        if any(" " in resource for resource in resources):
            raise InvalidRequest("A resource is a URI, and holds no blanks (RFC 8707 section 2).")
        kept["resource"] = " ".join(resources)
    return kept


KEPT = (
    "client_id",
    "redirect_uri",
    "response_type",
    "response_mode",
    "scope",
    "state",
    "nonce",
    "code_challenge",
    "code_challenge_method",
    "prompt",
    "max_age",
    "login_hint",
    "id_token_hint",
    "ui_locales",
    "claims",
    "acr_values",
    "dpop_jkt",
    "registration",
)
"""The parameters that mean something; others are ignored (RFC 6749 section 3.1)."""

PUSHED = "pushed_request"
"""Kept with them: the digest of the pushed request that they come from, which is used up with the code."""
