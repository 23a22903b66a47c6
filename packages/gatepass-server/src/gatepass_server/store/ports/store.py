"""A transaction, and the way to one."""

from contextlib import AbstractContextManager
from typing import Protocol

from gatepass_server.store.ports.audit_events import AuditEvents
from gatepass_server.store.ports.client_grants import ClientGrants
from gatepass_server.store.ports.clients import Clients
from gatepass_server.store.ports.codes import Codes
from gatepass_server.store.ports.consents import Consents
from gatepass_server.store.ports.device_codes import DeviceCodes
from gatepass_server.store.ports.flows import Flows
from gatepass_server.store.ports.groups import Groups
from gatepass_server.store.ports.identities import Identities
from gatepass_server.store.ports.invitations import Invitations
from gatepass_server.store.ports.logout_notices import LogoutNotices
from gatepass_server.store.ports.oauth1_credentials import Oauth1Credentials
from gatepass_server.store.ports.opaque_tokens import OpaqueTokens
from gatepass_server.store.ports.pushed_requests import PushedRequests
from gatepass_server.store.ports.refresh_tokens import RefreshTokens
from gatepass_server.store.ports.roles import Roles
from gatepass_server.store.ports.sealed_secrets import SealedSecrets
from gatepass_server.store.ports.sessions import Sessions
from gatepass_server.store.ports.signing_keys import SigningKeys
from gatepass_server.store.ports.spent_identifiers import SpentIdentifiers
from gatepass_server.store.ports.status_lists import StatusLists
from gatepass_server.store.ports.throttles import Throttles
from gatepass_server.store.ports.upstream_attempts import UpstreamAttempts
from gatepass_server.store.ports.users import Users


class UnitOfWork(Protocol):
    """One transaction. Leaving the block commits; an exception that leaves it rolls everything back."""

    @property
    def users(self) -> Users:
        """Accounts."""
        ...

    @property
    def sessions(self) -> Sessions:
        """Log-ins."""
        ...

    @property
    def refresh_tokens(self) -> RefreshTokens:
        """Single-use tokens that prolong a session."""
        ...

    @property
    def opaque_tokens(self) -> OpaqueTokens:
        """Access tokens that are looked up."""
        ...

    @property
    def clients(self) -> Clients:
        """Programs that the server knows."""
        ...

    @property
    def codes(self) -> Codes:
        """Authorization codes."""
        ...

    @property
    def oauth1(self) -> Oauth1Credentials:
        """Credentials of OAuth 1.0a."""
        ...

    @property
    def device_codes(self) -> DeviceCodes:
        """Devices that wait to be let in."""
        ...

    @property
    def flows(self) -> Flows:
        """Authorization requests that wait for a person."""
        ...

    @property
    def pushed_requests(self) -> PushedRequests:
        """Authorization requests that were sent ahead."""
        ...

    @property
    def consents(self) -> Consents:
        """What people allowed programs."""
        ...

    @property
    def spent_identifiers(self) -> SpentIdentifiers:
        """Identifiers of things that are good once."""
        ...

    @property
    def client_grants(self) -> ClientGrants:
        """What programs have for themselves."""
        ...

    @property
    def roles(self) -> Roles:
        """Roles, and who has them."""
        ...

    @property
    def groups(self) -> Groups:
        """Groups, their members and their roles."""
        ...

    @property
    def identities(self) -> Identities:
        """Who people are elsewhere."""
        ...

    @property
    def upstream_attempts(self) -> UpstreamAttempts:
        """Sign-ins through other houses that are under way."""
        ...

    @property
    def invitations(self) -> Invitations:
        """Invitations to register programs."""
        ...

    @property
    def logout_notices(self) -> LogoutNotices:
        """Messages about log-outs that wait to be delivered."""
        ...

    @property
    def sealed_secrets(self) -> SealedSecrets:
        """Secrets that all processes share."""
        ...

    @property
    def signing_keys(self) -> SigningKeys:
        """The key ring's rows."""
        ...

    @property
    def status_lists(self) -> StatusLists:
        """The lists of the revocation feed."""
        ...

    @property
    def throttles(self) -> Throttles:
        """Counters that all processes share."""
        ...

    @property
    def audit_events(self) -> AuditEvents:
        """The audit log's rows."""
        ...

    def lock(self, name: str) -> None:
        """Wait until this transaction alone, among all processes, holds ``name``; released at its end."""
        ...


class Store(Protocol):
    """The way to a unit of work. Safe to share among threads; opens connections only when used."""

    def write(self, *, durable: bool = True) -> AbstractContextManager[UnitOfWork]:
        """A transaction that may change things. On SQLite it takes the write lock at once.

        Args:
            durable: whether what it wrote must outlive a power cut. Without it the transaction does not wait for
                the disk; it is seen by everybody and outlives a crash of the program all the same.
        """
        ...

    def read(self) -> AbstractContextManager[UnitOfWork]:
        """A transaction that only reads; it never waits for a writer."""
        ...

    def look(self) -> AbstractContextManager[UnitOfWork]:
        """One statement that reads, without a transaction around it: on PostgreSQL one question instead of three.

        A second statement is refused: what both saw could be of two moments.
        """
        ...

    def check_ready(self) -> None:
        """Reach the database and find the schema that this program needs.

        Raises:
            OperatorError: with what to do.
        """
        ...

    def close(self) -> None:
        """Close all connections. The store can be used again afterwards."""
        ...
