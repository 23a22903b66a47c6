"""A program asks for a log-out (OpenID Connect RP-Initiated Logout 1.0)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Protocol

from gatepass_server.crypto.handles import digest, new_handle
from gatepass_server.domain.clients import Client
from gatepass_server.domain.clock import Clock, whole_seconds
from gatepass_server.domain.errors import InvalidClient
from gatepass_server.domain.flows import Flow, Steps
from gatepass_server.domain.secret import Secret
from gatepass_server.observe.logs import get_logger
from gatepass_server.protocol.client_directory import ClientDirectory
from gatepass_server.protocol.errors import InvalidRequest
from gatepass_server.protocol.log_out.front_channel import with_parameters
from gatepass_server.protocol.messages import Parameters
from gatepass_server.store.ports import LiveSession, Store

LIFETIME: Final = 3600
"""Seconds that a person may think about it."""

_PREFIX: Final = "gp_lo_"
_PURPOSE: Final = "log-out request "
"""Before the handle in its digest: the handle of an authorization request names none of these, nor the other way."""

_PRUNED: Final = 3
_LONGEST: Final = 2000
"""Characters of ``state`` and of languages."""

_GONE: Final = "This log-out was begun too long ago. Go back to the program, or sign out here."

_log = get_logger(__name__)


class Hints(Protocol):
    """Reads ``id_token_hint``."""

    def claims(self, token: str) -> Mapping[str, Any]:
        """The claims of an ID token that this server signed, expired or not.

        Raises:
            InvalidRequest: it is none of ours.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class LogoutRequest:
    """What a program asked for, judged.

    Attributes:
        client: Who asks, where that is known.
        registered: Where the browser goes afterwards: registered by that program, character by character.
        state: What is appended to that.
        subject: Whom the hint is about; empty without a hint.
        session_id: The grant that the hint is of.
        ui_locales: The languages that the program asked for.
    """

    client: Client | None = None
    registered: str = ""
    state: str = ""
    subject: str = ""
    session_id: str = ""
    ui_locales: str = ""

    @property
    def target(self) -> str:
        """Where the browser goes afterwards, with ``state``; empty for nowhere."""
        return with_parameters(self.registered, state=self.state) if self.state else self.registered


class LogoutRequests:
    """Reads requests, and keeps those that a person must confirm."""

    def __init__(self, store: Store, directory: ClientDirectory, hints: Hints, clock: Clock) -> None:
        self._store = store
        self._directory = directory
        self._hints = hints
        self._clock = clock

    def read(self, parameters: Parameters) -> LogoutRequest:
        """What is asked for (section 2). Parameters that nobody knows are ignored; ``logout_hint`` is not needed.

        A hint that is none of ours says nothing, as if it were not there: keys go, and people still want to leave.
        Then only ``client_id`` can name the program, and the person is asked in any case.

        Raises:
            InvalidRequest: the browser must not be sent where it says, or it names two programs.
        """
        hint = self._hint(parameters.get("id_token_hint", ""))
        named = parameters.get("client_id", "")
        audience = str(hint.get("aud", ""))
        if named and audience and named != audience:
            raise InvalidRequest("The id_token_hint is of another client than client_id names.")
        client = self._client(audience or named)
        return LogoutRequest(
            client=client,
            registered=_registered(client, parameters.get("post_logout_redirect_uri", "")),
            state=_short(parameters, "state") if "post_logout_redirect_uri" in parameters else "",
            subject=str(hint.get("sub", "")),
            session_id=str(hint.get("sid", "")),
            ui_locales=_short(parameters, "ui_locales"),
        )

    def is_of(self, asked: LogoutRequest, live: LiveSession) -> bool:
        """Whether the hint came of this very sign-in: if not, the person must be asked (section 2).

        Whoever forges a request has no ID token of the session that the browser is in.
        """
        if not asked.session_id or asked.subject != live.user.id:
            return False
        with self._store.look() as uow:
            grant = uow.sessions.with_user(asked.session_id)
        return grant is not None and grant.session.parent_id == live.session.id

    def keep(self, parameters: Parameters) -> Secret:
        """Keep a request until the person has confirmed it, or the browser has come back with its cookies.

        Returns:
            Its handle, for an address of ours: the ID token itself is in no address.

        Raises:
            InvalidRequest: see ``read``.
        """
        asked = self.read(parameters)
        handle = new_handle(_PREFIX)
        now = whole_seconds(self._clock)
        kept = {
            "registered": asked.registered,
            "state": asked.state,
            "subject": asked.subject,
            "session_id": asked.session_id,
            "ui_locales": asked.ui_locales,
        }
        flow = Flow(
            digest=_digest(handle.reveal()),
            client_id=asked.client.id if asked.client else "",
            parameters={name: value for name, value in kept.items() if value},
            steps=Steps(),
            created_at=now,
            expires_at=now + LIFETIME,
        )
        with self._store.write(durable=False) as uow:  # a power cut may forget it: the person begins anew
            uow.flows.add(flow)
            uow.flows.prune(now, limit=_PRUNED)
        return handle

    def recall(self, handle: str) -> LogoutRequest:
        """A request that was kept.

        Raises:
            InvalidRequest: there is none, or it is over, or its program no longer registers where it leads.
        """
        with self._store.look() as uow:
            flow = uow.flows.find(_digest(handle))
        if flow is None or flow.expires_at <= whole_seconds(self._clock):
            raise InvalidRequest(_GONE, reason="no such log-out request, or it is over")
        client = self._client(flow.client_id)
        _registered(client, flow.parameters.get("registered", ""))
        return LogoutRequest(client=client, **flow.parameters)

    def _client(self, client_id: str) -> Client | None:
        try:
            return self._directory.find(client_id) if client_id else None
        except InvalidClient:  # its document cannot be had just now: people want to leave all the same
            return None

    def _hint(self, token: str) -> Mapping[str, Any]:
        if not token:
            return {}
        try:
            return self._hints.claims(token)
        except InvalidRequest as error:
            _log.info("log_out_hint_ignored", reason=error.reason)
            return {}


def _registered(client: Client | None, uri: str) -> str:
    """The address, if the program has registered it, as it has now."""
    if not uri:
        return ""
    if client is None:
        raise InvalidRequest(
            "Nothing says which program asks for this log-out, so the browser is not sent to its "
            "post_logout_redirect_uri: send a valid id_token_hint, or client_id."
        )
    if uri not in client.metadata.post_logout_redirect_uris:
        raise InvalidRequest(
            "The post_logout_redirect_uri is none that this client has registered, character by character."
        )
    return uri


def _short(parameters: Parameters, name: str) -> str:
    value = parameters.get(name, "")
    if len(value) > _LONGEST:
        raise InvalidRequest(f"The parameter {name} has more than {_LONGEST} characters.")
    return value


def _digest(handle: str) -> bytes:
    return digest(_PURPOSE + handle)
