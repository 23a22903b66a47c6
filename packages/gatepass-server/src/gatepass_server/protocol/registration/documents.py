"""Programs whose id is the address of a document that says what they are (OAuth Client ID Metadata Document).

Sections are those of draft-ietf-oauth-client-id-metadata-document-02.
"""

import re
import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from msgspec import structs

from gatepass.forks import mend_after_forks
from gatepass.strict_json import decode_object
from gatepass_server.domain.clients import SECRET_METHODS, Client, ClientMetadata
from gatepass_server.domain.clock import Clock
from gatepass_server.domain.errors import InvalidClient
from gatepass_server.observe.logs import get_logger
from gatepass_server.outbound.client import Outbound
from gatepass_server.outbound.errors import Unreachable
from gatepass_server.outbound.freshness import lifetime
from gatepass_server.protocol.errors import ProtocolError
from gatepass_server.protocol.registration.policy import RegistrationPolicy
from gatepass_server.protocol.registration.submitted import read_submitted

MAX_BYTES: Final = 5 * 1024
"""Section 8.7."""

LONGEST_ID: Final = 500
MOST: Final = 512
"""Documents that are remembered."""

USUAL, LEAST, LONGEST = 3600, 60, 86_400
"""Seconds that a document is believed: where its answer does not say, and the bounds of what it says (section 5.2)."""

STALE: Final = 86_400
"""Seconds that it goes on to be believed while its site is away."""

PER_HOST: Final = 30
"""Fetches from one host in a minute: strangers must not make us flood a site of their choice."""

_MINUTE: Final = 60
_PATIENCE: Final = 6.0
_PATH: Final = re.compile(r"/[!-~]*")
_SECRETS: Final = ("client_secret", "client_secret_expires_at")
_log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class _Known:
    client: Client
    fresh_until: float


class ClientDocuments:
    """Finds such programs. A document is fetched when it is first needed, by one thread for all who ask.

    What could not be fetched, or makes no sense, is never remembered (section 5.2): the next who asks tries again.

    Args:
        outbound: the way out.
        clock: seconds since the epoch.
        policy: what programs may have that nobody of the house has looked at.
        ensure_keys: makes the signing keys that a program needs.
    """

    def __init__(
        self,
        outbound: Outbound,
        clock: Clock,
        *,
        policy: Callable[[], RegistrationPolicy],
        ensure_keys: Callable[[ClientMetadata], None],
    ) -> None:
        self._outbound = outbound
        self._clock = clock
        self._ensure_keys = ensure_keys
        self._policy = policy
        self._known: OrderedDict[str, _Known] = OrderedDict()
        self._asked: OrderedDict[str, tuple[float, int]] = OrderedDict()
        self.after_fork()
        mend_after_forks(self)

    def after_fork(self) -> None:
        """Go on in a child, where no fetch is under way."""
        self._lock = threading.Lock()
        self._under_way: dict[str, threading.Event] = {}

    def find(self, client_id: str) -> Client:
        """The program that the document at this address describes. It may block for some seconds.

        Raises:
            InvalidClient: the address cannot be one, its document cannot be had, or makes no sense.
        """
        host = checked_host(client_id)
        known = self._known.get(client_id)
        now = self._clock()
        if known is not None and now < known.fresh_until:
            return known.client
        with self._lock:
            landed = self._under_way.get(client_id)
            leads = landed is None
            if landed is None:
                landed = self._under_way[client_id] = threading.Event()
        if not leads:
            landed.wait(_PATIENCE)
            known = self._known.get(client_id)
            if known is not None and now < known.fresh_until + STALE:
                return known.client
            raise InvalidClient("The client's metadata document cannot be had at the moment. Try again.")
        try:
            return self._fetched(client_id, host, known, now)
        finally:
            with self._lock:
                self._under_way.pop(client_id, None)
            landed.set()

    def _fetched(self, client_id: str, host: str, known: _Known | None, now: float) -> Client:
        try:
            self._count(host, now)
            reply = self._outbound.get(client_id, max_bytes=MAX_BYTES)
        except Unreachable as error:
            _log.info("client_document_unreachable", client=client_id, reason=str(error))
            is_outage = error.status is None or error.status >= 500
            if known is not None and is_outage and now < known.fresh_until + STALE:
                return known.client
            raise InvalidClient(
                "The client's metadata document cannot be had from its client_id: 200 with JSON of at most 5 KiB, at a "
                "public https address, without a redirect.",
                reason=str(error),
            ) from None
        client = self._read(client_id, host, reply.body, int(now))
        age = lifetime(reply.headers, usual=USUAL, least=LEAST, most=LONGEST)
        with self._lock:
            self._known[client_id] = _Known(client, now + age)
            self._known.move_to_end(client_id)
            while len(self._known) > MOST:
                self._known.popitem(last=False)
        return client

    def _read(self, client_id: str, host: str, body: bytes, now: int) -> Client:
        try:
            members = decode_object(body)
        except ValueError as error:
            raise _bad(f"it is {error}") from None
        if members.get("client_id") != client_id:  # character by character (section 4)
            raise _bad("its client_id is not its own address")
        if any(name in members for name in _SECRETS):
            raise _bad("it holds a client_secret, which everybody can read (section 4.1)")
        members.pop("software_statement", None)  # section 4.3: a signal that nobody here can verify
        try:
            submitted = read_submitted({"token_endpoint_auth_method": "none", **members}, self._policy())
        except ProtocolError as error:
            raise _bad(error.message) from None
        if submitted.metadata.token_endpoint_auth_method in SECRET_METHODS:
            raise _bad("a client that publishes what it is has no secret (section 4.1)")
        # Who is told of log-outs is looked up among registered programs.
        metadata = structs.replace(submitted.metadata, backchannel_logout_uri="", frontchannel_logout_uri="")
        self._ensure_keys(metadata)
        return Client(id=client_id, name=submitted.name or host, created_at=now, metadata=metadata)

    def _count(self, host: str, now: float) -> None:
        with self._lock:
            began, count = self._asked.pop(host, (now, 0))
            if not 0 <= now - began < _MINUTE:
                began, count = now, 0
            self._asked[host] = (began, count + 1)
            while len(self._asked) > MOST:
                self._asked.popitem(last=False)
        if count >= PER_HOST:
            raise Unreachable(f"{host}: not asked, it was asked {PER_HOST} times within a minute")


def checked_host(client_id: str) -> str:
    """The host of an id that can be the address of a document (section 3).

    Raises:
        InvalidClient: it cannot be one.
    """
    fault = (
        "The client_id is no address of a metadata document: https, a path without dot segments, no fragment."
    )
    try:
        parts = urlsplit(client_id)
        host = parts.hostname or ""
    except ValueError:
        raise InvalidClient(fault) from None
    segments = parts.path.lower().replace("%2e", ".").split("/")
    fits = (
        client_id.startswith("https://")
        and len(client_id) <= LONGEST_ID
        and bool(host)
        and "@" not in parts.netloc
        and "#" not in client_id
        and "?" not in client_id
        and _PATH.fullmatch(parts.path) is not None
        and not {".", ".."}.intersection(segments)
    )
    if not fits:
        raise InvalidClient(fault)
    return host


def is_document_address(client_id: str) -> bool:
    """Whether an id looks like one of these."""
    return client_id.startswith("https://")


def _bad(why: str) -> InvalidClient:
    return InvalidClient(f"The client's metadata document cannot be used: {why}."[:600])


__all__ = ["ClientDocuments", "checked_host", "is_document_address"]
