"""Registration of programs by themselves (RFC 7591), and their hand on it (RFC 7592)."""

import hmac
from collections.abc import Callable, Mapping
from typing import Any, Final
from urllib.parse import urlsplit

from gatepass_server.accounts.clients import Clients
from gatepass_server.accounts.limits import address_key
from gatepass_server.crypto.handles import digest, new_handle
from gatepass_server.domain.audit import ANONYMOUS, client_actor
from gatepass_server.domain.clients import Client
from gatepass_server.domain.clock import Clock, whole_seconds
from gatepass_server.domain.errors import InvalidInput, NotFound, TooManyAttempts
from gatepass_server.domain.redirect_uris import is_loopback_host
from gatepass_server.domain.secret import Secret
from gatepass_server.outbound.client import Outbound
from gatepass_server.outbound.errors import Forbidden
from gatepass_server.protocol.errors import InvalidClientMetadata, InvalidToken
from gatepass_server.protocol.registration.information import client_information
from gatepass_server.protocol.registration.policy import Openness, RegistrationPolicy
from gatepass_server.protocol.registration.sectors import check_sector
from gatepass_server.protocol.registration.submitted import Submitted, read_submitted
from gatepass_server.store.ports import Store, UnitOfWork

ACCESS_PREFIX: Final = "gp_ra_"
_HOUR: Final = 3600
_NOBODY: Final = bytes(32)
_FETCHED: Final = ("jwks_uri", "backchannel_logout_uri", "sector_identifier_uri")
_BAD_ACCESS: Final = "The registration access token is not that of this client."


class Registration:
    """Registers programs, and lets each change and end its own registration.

    Args:
        policy: asked at every registration: which algorithms there are changes with the keys.
        outbound: fetches sector identifiers.
        address: of the endpoint.
    """

    def __init__(
        self,
        store: Store,
        clients: Clients,
        outbound: Outbound,
        clock: Clock,
        *,
        policy: Callable[[], RegistrationPolicy],
        address: str,
    ) -> None:
        self._store = store
        self._clients = clients
        self._outbound = outbound
        self._clock = clock
        self._policy = policy
        self._address = address

    @property
    def is_open(self) -> bool:
        """Whether no invitation is needed."""
        return self._policy().openness is Openness.OPEN

    def register(
        self, members: Mapping[str, Any], bearer: str | None, *, address: str = "", request_id: str = ""
    ) -> dict[str, Any]:
        """Register a program (RFC 7591 section 3.1).

        Args:
            members: the JSON object that was sent.
            bearer: the initial access token.
            address: the IP address that it came from.
            request_id: of the request.

        Returns:
            The members of the answer, its secret and its registration access token among them.

        Raises:
            InvalidToken: no invitation was shown, or one that is not good.
            TooManyAttempts: this address has registered enough for now.
            ProtocolError: the metadata cannot be registered.
        """
        policy = self._policy()
        invitation = self._admit(policy, bearer, address)
        submitted = self._judged(read_submitted(members, policy))
        access = new_handle(ACCESS_PREFIX)

        def spend(uow: UnitOfWork) -> None:
            if invitation is not None and not uow.invitations.spend(invitation, whole_seconds(self._clock)):
                raise InvalidToken("The initial access token was used up meanwhile.")

        client, secret = self._clients.create(
            submitted.name or _host(submitted) or "A program without a name",
            submitted.metadata,
            actor=ANONYMOUS,
            access_digest=digest(access.reveal()),
            along=spend,
            address=address,
            request_id=request_id,
        )
        return self._told(client, access, secret)

    def read(self, client_id: str, bearer: str | None) -> dict[str, Any]:
        """What is registered (RFC 7592 section 2.1).

        Raises:
            InvalidToken: the token is not that of this program, or there is no such program.
        """
        client, access = self._own(client_id, bearer)
        return self._told(client, access)

    def change(self, client_id: str, members: Mapping[str, Any], bearer: str | None) -> dict[str, Any]:
        """Replace what is registered (RFC 7592 section 2.2).

        Raises:
            InvalidToken: see ``read``.
            ProtocolError: the metadata cannot be registered, or are another program's.
        """
        client, access = self._own(client_id, bearer)
        if members.get("client_id") != client.id:
            raise InvalidClientMetadata("client_id: it must be that of this client (RFC 7592 section 2.2).")
        if "client_secret" in members and not self._is_secret(client, members["client_secret"]):
            raise InvalidClientMetadata("client_secret: a client cannot choose it (RFC 7592 section 2.2).")
        submitted = self._judged(read_submitted(members, self._policy(), kept=client.metadata))
        try:
            changed = self._clients.change(
                client.id,
                name=submitted.name or client.name,
                metadata=submitted.metadata,
                actor=client_actor(client.id),
            )
        except InvalidInput as error:
            raise InvalidClientMetadata(" ".join(fault.message for fault in error.faults)) from None
        except NotFound:
            raise InvalidToken(_BAD_ACCESS, reason="the client went meanwhile") from None
        return self._told(changed, access)

    def delete(self, client_id: str, bearer: str | None) -> None:
        """End a registration (RFC 7592 section 2.3).

        Raises:
            InvalidToken: see ``read``.
        """
        client, _ = self._own(client_id, bearer)
        try:
            self._clients.delete(client.id, actor=client_actor(client.id))
        except NotFound:
            raise InvalidToken(_BAD_ACCESS, reason="the client went meanwhile") from None

    def _admit(self, policy: RegistrationPolicy, bearer: str | None, address: str) -> bytes | None:
        """The digest of the invitation to be spent; None where none is needed."""
        now = whole_seconds(self._clock)
        if bearer is not None:
            known = digest(bearer)
            with self._store.read() as uow:
                invitation = uow.invitations.find(known)
            if invitation is not None and invitation.is_good(now):
                return known
            raise InvalidToken("The initial access token is unknown, used up or has expired.")
        if policy.openness is not Openness.OPEN:
            raise InvalidToken(
                "Send an initial access token: the operator makes one with gatepass clients invite."
            )
        with self._store.write(durable=False) as uow:
            key = f"register:{address_key(address)}"
            attempts = uow.throttles.hit(key, window=_HOUR, now=now)
        if attempts.count > policy.per_address:
            raise TooManyAttempts(
                "This address has registered enough programs for now.",
                retry_after=attempts.resets_at - now,
                reason="limit of registrations by address reached",
            )
        return None

    def _judged(self, submitted: Submitted) -> Submitted:
        """What only a look outside can tell."""
        for name in _FETCHED:
            uri = getattr(submitted.metadata, name)
            try:
                if uri:
                    self._outbound.check(uri)
            except Forbidden as error:
                raise InvalidClientMetadata(f"{name}: {error}.") from None
        check_sector(submitted.metadata, self._outbound)
        return submitted

    def _own(self, client_id: str, bearer: str | None) -> tuple[Client, Secret]:
        if bearer is None:
            raise InvalidToken("Send the registration access token.")
        with self._store.read() as uow:
            client = uow.clients.by_id(client_id)
        expected = (client.access_digest if client else None) or _NOBODY
        if not hmac.compare_digest(digest(bearer), expected) or client is None:
            raise InvalidToken(_BAD_ACCESS)
        return client, Secret(bearer)

    def _is_secret(self, client: Client, given: object) -> bool:
        return isinstance(given, str) and self._clients.check_secret(client, Secret(given))

    def _told(self, client: Client, access: Secret, secret: Secret | None = None) -> dict[str, Any]:
        return client_information(
            client, address=f"{self._address}/{client.id}", access=access, secret=secret
        )


def _host(submitted: Submitted) -> str:
    """Where people are sent back to: nobody else can take that for a name."""
    uris = submitted.metadata.redirect_uris
    host = urlsplit(uris[0]).hostname if uris else None
    return "" if host is None or is_loopback_host(host) else host
