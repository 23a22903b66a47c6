"""Everything that the house is, once it is put together."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gatepass import AccessTokenVerifier
from gatepass_server.accounts.account_management import AccountManagement
from gatepass_server.accounts.administration import Administration
from gatepass_server.accounts.administrators import Administrators
from gatepass_server.accounts.applications import Applications
from gatepass_server.accounts.browser_accounts import BrowserAccounts
from gatepass_server.accounts.change_name import ChangeName
from gatepass_server.accounts.change_password import ChangePassword
from gatepass_server.accounts.clients import Clients
from gatepass_server.accounts.cookie_sessions import CookieSessions
from gatepass_server.accounts.directory import Directory
from gatepass_server.accounts.groups import Groups
from gatepass_server.accounts.invitations import Invitations
from gatepass_server.accounts.log_in import LogIn
from gatepass_server.accounts.log_out import LogOut
from gatepass_server.accounts.refresh import Refresh
from gatepass_server.accounts.roles import Roles
from gatepass_server.accounts.session_claims import SessionClaims
from gatepass_server.accounts.session_list import SessionList
from gatepass_server.accounts.sessions import Sessions
from gatepass_server.accounts.set_password import SetPassword
from gatepass_server.accounts.sign_up import SignUp
from gatepass_server.audit.log import AuditLog
from gatepass_server.audit.trail import AuditTrail
from gatepass_server.crypto.passwords import PasswordHasher
from gatepass_server.domain.clock import Clock
from gatepass_server.domain.password_policy import PasswordPolicy
from gatepass_server.keys.keeper import KeyKeeper
from gatepass_server.keys.ring import KeyRing, Signers
from gatepass_server.outbound.client import Outbound
from gatepass_server.protocol.introspection import Introspection
from gatepass_server.protocol.provider import Provider
from gatepass_server.settings import Settings
from gatepass_server.status.publisher import Publisher
from gatepass_server.store.ports import Store
from gatepass_server.upstream.house import Upstreams

if TYPE_CHECKING:
    from gatepass_server.ldap.directory import LdapDirectory


@dataclass(frozen=True, slots=True)
class Gatepass:
    """Everything that web and cli call.

    ``ring``, ``keeper``, ``provider`` and ``status_lists`` are None where a shared secret signs: nobody else checks its
    tokens. ``introspection_alone`` is there instead.
    """

    settings: Settings
    store: Store
    clock: Clock
    hasher: PasswordHasher
    policy: PasswordPolicy
    ring: KeyRing | None
    keeper: KeyKeeper | None
    signer: Signers
    verifier: AccessTokenVerifier
    sign_up: SignUp
    log_in: LogIn
    refresh: Refresh
    log_out: LogOut
    session_list: SessionList
    change_password: ChangePassword
    set_password: SetPassword
    change_name: ChangeName
    sessions: Sessions
    session_claims: SessionClaims
    cookie_sessions: CookieSessions
    browser_accounts: BrowserAccounts
    applications: Applications
    clients: Clients
    invitations: Invitations
    provider: Provider | None
    introspection_alone: Introspection | None
    status_lists: Publisher | None
    people_directory: "LdapDirectory | None"
    directory: Directory
    administration: Administration
    administrators: Administrators
    accounts: AccountManagement
    roles: Roles
    groups: Groups
    audit_log: AuditLog
    audit_trail: AuditTrail
    outbound: Callable[[int], Outbound]
    upstreams: Upstreams

    @property
    def introspection(self) -> Introspection:
        """What tells programs of tokens."""
        found = self.introspection_alone if self.provider is None else self.provider.introspection
        if found is None:
            raise RuntimeError("where there is no provider, there is introspection alone")
        return found

    def close(self) -> None:
        """Close the database; a process that forks does this first."""
        if self.provider is not None:
            self.provider.courier.stop()
        self.store.close()
