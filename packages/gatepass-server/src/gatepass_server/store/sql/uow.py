"""One transaction."""

import hashlib

from sqlalchemy import bindparam, func, select

from gatepass_server.store.sql.audit_events import SqlAuditEvents
from gatepass_server.store.sql.client_grants import SqlClientGrants
from gatepass_server.store.sql.clients import SqlClients
from gatepass_server.store.sql.codes import SqlCodes
from gatepass_server.store.sql.connection import Connection
from gatepass_server.store.sql.consents import SqlConsents
from gatepass_server.store.sql.device_codes import SqlDeviceCodes
from gatepass_server.store.sql.flows import SqlFlows
from gatepass_server.store.sql.groups import SqlGroups
from gatepass_server.store.sql.identities import SqlIdentities
from gatepass_server.store.sql.invitations import SqlInvitations
from gatepass_server.store.sql.logout_notices import SqlLogoutNotices
from gatepass_server.store.sql.oauth1_credentials import SqlOauth1Credentials
from gatepass_server.store.sql.opaque_tokens import SqlOpaqueTokens
from gatepass_server.store.sql.postgresql import FLUSH
from gatepass_server.store.sql.pushed_requests import SqlPushedRequests
from gatepass_server.store.sql.refresh_tokens import SqlRefreshTokens
from gatepass_server.store.sql.roles import SqlRoles
from gatepass_server.store.sql.sealed_secrets import SqlSealedSecrets
from gatepass_server.store.sql.sessions import SqlSessions
from gatepass_server.store.sql.signing_keys import SqlSigningKeys
from gatepass_server.store.sql.spent_identifiers import SqlSpentIdentifiers
from gatepass_server.store.sql.status_lists import SqlStatusLists
from gatepass_server.store.sql.throttles import SqlThrottles
from gatepass_server.store.sql.upstream_attempts import SqlUpstreamAttempts
from gatepass_server.store.sql.users import SqlUsers

_LOCK = select(func.pg_advisory_xact_lock(bindparam("number")))
_HURRY_AND_LOCK = select(
    func.set_config("synchronous_commit", "off", True),
    func.pg_advisory_xact_lock(bindparam("number")),
)


class SqlUnitOfWork:
    """The port ``UnitOfWork``, on one connection.

    Args:
        connection: runs its statements.
        writes: whether it may change anything.
        waits: whether whoever commits it waits for the disk.
    """

    __slots__ = ("_audit_events", "_connection", "_throttles", "_waits", "_writes")

    def __init__(self, connection: Connection, *, writes: bool, waits: bool) -> None:
        self._connection = connection
        self._writes = writes
        self._waits = waits
        self._throttles: SqlThrottles | None = None
        self._audit_events: SqlAuditEvents | None = None

    @property
    def users(self) -> SqlUsers:
        """Accounts."""
        return SqlUsers(self._connection)

    @property
    def sessions(self) -> SqlSessions:
        """Log-ins."""
        return SqlSessions(self._connection)

    @property
    def refresh_tokens(self) -> SqlRefreshTokens:
        """Tokens that prolong a session."""
        return SqlRefreshTokens(self._connection)

    @property
    def opaque_tokens(self) -> SqlOpaqueTokens:
        """Access tokens that are looked up."""
        return SqlOpaqueTokens(self._connection)

    @property
    def clients(self) -> SqlClients:
        """Programs that the server knows."""
        return SqlClients(self._connection)

    @property
    def codes(self) -> SqlCodes:
        """Authorization codes."""
        return SqlCodes(self._connection)

    @property
    def oauth1(self) -> SqlOauth1Credentials:
        """Credentials of OAuth 1.0a."""
        return SqlOauth1Credentials(self._connection)

    @property
    def device_codes(self) -> SqlDeviceCodes:
        """Devices that wait to be let in."""
        return SqlDeviceCodes(self._connection)

    @property
    def flows(self) -> SqlFlows:
        """Authorization requests that wait for a person."""
        return SqlFlows(self._connection)

    @property
    def pushed_requests(self) -> SqlPushedRequests:
        """Authorization requests that were sent ahead."""
        return SqlPushedRequests(self._connection)

    @property
    def consents(self) -> SqlConsents:
        """What people allowed programs."""
        return SqlConsents(self._connection)

    @property
    def spent_identifiers(self) -> SqlSpentIdentifiers:
        """Identifiers of things that are good once."""
        return SqlSpentIdentifiers(self._connection)

    @property
    def client_grants(self) -> SqlClientGrants:
        """What programs have for themselves."""
        return SqlClientGrants(self._connection)

    @property
    def roles(self) -> SqlRoles:
        """Roles, and who has them."""
        return SqlRoles(self._connection)

    @property
    def groups(self) -> SqlGroups:
        """Groups."""
        return SqlGroups(self._connection)

    @property
    def identities(self) -> SqlIdentities:
        """Who people are elsewhere."""
        return SqlIdentities(self._connection)

    @property
    def upstream_attempts(self) -> SqlUpstreamAttempts:
        """Sign-ins through other houses that are under way."""
        return SqlUpstreamAttempts(self._connection)

    @property
    def invitations(self) -> SqlInvitations:
        """Invitations to register programs."""
        return SqlInvitations(self._connection)

    @property
    def logout_notices(self) -> SqlLogoutNotices:
        """Messages about log-outs that wait to be delivered."""
        return SqlLogoutNotices(self._connection)

    @property
    def sealed_secrets(self) -> SqlSealedSecrets:
        """Secrets that all processes share."""
        return SqlSealedSecrets(self._connection)

    @property
    def signing_keys(self) -> SqlSigningKeys:
        """The key ring's rows."""
        return SqlSigningKeys(self._connection)

    @property
    def status_lists(self) -> SqlStatusLists:
        """The lists of the revocation feed."""
        return SqlStatusLists(self._connection)

    @property
    def throttles(self) -> SqlThrottles:
        """Counters."""
        if self._throttles is None:
            self._throttles = SqlThrottles(self._connection)
        return self._throttles

    @property
    def audit_events(self) -> SqlAuditEvents:
        """The audit log."""
        if self._audit_events is None:
            self._audit_events = SqlAuditEvents(self._connection, self._lock_chain, writes=self._writes)
        return self._audit_events

    def lock(self, name: str) -> None:
        """See ``UnitOfWork.lock``. Only a writing transaction can lock."""
        if not self._writes:
            raise RuntimeError("A lock is held by a writing transaction; this one only reads.")
        if self._connection.dialect.name == "postgresql":
            self._connection.execute(_LOCK, {"number": lock_number(name)}).all()  # waits until it is held
        # On SQLite a writing transaction excludes all others already.

    def _lock_chain(self, name: str) -> None:
        """Have whatever is asked next wait for the lock, and the wait for the disk be after the commit, not with it."""
        if self._connection.dialect.name == "postgresql":
            self._connection.execute(_HURRY_AND_LOCK, {"number": lock_number(name)})
            if self._waits:
                self._connection.afterwards(FLUSH)

    def finish(self) -> None:
        """Do what stands at the end of a transaction, before it commits.

        The audit log has one head, which all its writers wait for, and nobody is to wait for the disk while it is
        held. Such a transaction commits in a hurry; its end waits for the disk afterwards, as that of others does.
        """
        events = self._audit_events
        if events is not None and events.is_waiting:
            events.finish()  # waits for its lock, so it comes before what must wait for nobody
        if self._throttles is not None:
            self._throttles.finish()


def lock_number(name: str) -> int:
    """The 64-bit number by which PostgreSQL knows an advisory lock."""
    return int.from_bytes(hashlib.sha256(f"gatepass:{name}".encode()).digest()[:8], "big", signed=True)
