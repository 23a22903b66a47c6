"""What the rest of the house asks of the store, in narrow protocols grouped by who uses them.

Every method is one statement, or as good as one: what must not happen twice (a sign-up, a refresh) is decided
by the database, never by a look before a leap. Times are whole seconds since the epoch.
"""

from gatepass_server.store.ports.audit_events import AuditEvents, Chain
from gatepass_server.store.ports.client_grants import ClientAccess, ClientGrants
from gatepass_server.store.ports.clients import Clients
from gatepass_server.store.ports.codes import Codes, CodeWithSession
from gatepass_server.store.ports.consents import Consents
from gatepass_server.store.ports.device_codes import DeviceCodes
from gatepass_server.store.ports.flows import Flows
from gatepass_server.store.ports.groups import Groups
from gatepass_server.store.ports.identities import Identities
from gatepass_server.store.ports.invitations import Invitations
from gatepass_server.store.ports.later import Later
from gatepass_server.store.ports.logout_notices import LogoutNotices
from gatepass_server.store.ports.opaque_tokens import OpaqueAccess, OpaqueTokens
from gatepass_server.store.ports.pushed_requests import PushedRequests
from gatepass_server.store.ports.refresh_tokens import RefreshTokens, Rotation
from gatepass_server.store.ports.roles import Roles
from gatepass_server.store.ports.sealed_secrets import SealedSecrets
from gatepass_server.store.ports.sessions import LiveSession, Sessions
from gatepass_server.store.ports.signing_keys import SigningKeys
from gatepass_server.store.ports.spent_identifiers import SpentIdentifiers
from gatepass_server.store.ports.status_lists import StatusLists
from gatepass_server.store.ports.store import Store, UnitOfWork
from gatepass_server.store.ports.throttles import Attempts, Throttles
from gatepass_server.store.ports.upstream_attempts import UpstreamAttempts
from gatepass_server.store.ports.users import Users

__all__ = [
    "Attempts",
    "AuditEvents",
    "Chain",
    "ClientAccess",
    "ClientGrants",
    "Clients",
    "CodeWithSession",
    "Codes",
    "Consents",
    "DeviceCodes",
    "Flows",
    "Groups",
    "Identities",
    "Invitations",
    "Later",
    "LiveSession",
    "LogoutNotices",
    "OpaqueAccess",
    "OpaqueTokens",
    "PushedRequests",
    "RefreshTokens",
    "Roles",
    "Rotation",
    "SealedSecrets",
    "Sessions",
    "SigningKeys",
    "SpentIdentifiers",
    "StatusLists",
    "Store",
    "Throttles",
    "UnitOfWork",
    "UpstreamAttempts",
    "Users",
]
