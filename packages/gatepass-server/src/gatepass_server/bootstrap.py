"""The composition root: settings in, services out. No other module knows how the house is put together."""

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from gatepass import AccessTokenVerifier, Signer, Verifier
from gatepass_server.accounts.account_management import AccountManagement
from gatepass_server.accounts.administration import Administration
from gatepass_server.accounts.administrators import Administrators
from gatepass_server.accounts.any_audience import AnyAudience
from gatepass_server.accounts.applications import Applications
from gatepass_server.accounts.browser_accounts import BrowserAccounts
from gatepass_server.accounts.change_name import ChangeName
from gatepass_server.accounts.change_password import ChangePassword
from gatepass_server.accounts.clients import Clients
from gatepass_server.accounts.cookie_sessions import CookieSessions
from gatepass_server.accounts.directory import Directory
from gatepass_server.accounts.faces import Faces
from gatepass_server.accounts.groups import Groups
from gatepass_server.accounts.house_verifier import HouseVerifier
from gatepass_server.accounts.invitations import Invitations
from gatepass_server.accounts.limits import FailureLimits
from gatepass_server.accounts.log_in import LogIn
from gatepass_server.accounts.log_out import LogOut
from gatepass_server.accounts.opaque_tokens import OpaqueTokens
from gatepass_server.accounts.password_check import PasswordCheck
from gatepass_server.accounts.reauthenticate import Reauthenticate
from gatepass_server.accounts.refresh import Refresh
from gatepass_server.accounts.roles import Roles
from gatepass_server.accounts.session_claims import SessionClaims
from gatepass_server.accounts.session_list import SessionList
from gatepass_server.accounts.sessions import NoFeed, Sessions, StatusIndexes
from gatepass_server.accounts.set_password import SetPassword
from gatepass_server.accounts.sign_in_through import SignInThrough
from gatepass_server.accounts.sign_up import SignUp
from gatepass_server.accounts.stranger_keeping import StrangerKeeping
from gatepass_server.accounts.tokens import Tokens
from gatepass_server.audit.log import AuditLog
from gatepass_server.audit.trail import AuditTrail
from gatepass_server.crypto.hash_gate import HashGate, SharedSlots
from gatepass_server.crypto.master_key import load_or_create, parse_master_keys
from gatepass_server.crypto.passwords import PasswordHasher
from gatepass_server.crypto.sealing import Sealer
from gatepass_server.domain.allowed_places import parse_allowed_places
from gatepass_server.domain.clock import Clock
from gatepass_server.domain.errors import OperatorError
from gatepass_server.domain.password_policy import PasswordPolicy
from gatepass_server.domain.sessions import FIRST_PARTY_CLIENT
from gatepass_server.domain.upstreams import Upstream
from gatepass_server.keys.keeper import KeyKeeper
from gatepass_server.keys.ring import KeyRing, Signers
from gatepass_server.keys.sealed_secrets import HouseSecrets
from gatepass_server.outbound.client import Outbound
from gatepass_server.outbound.key_sets import KeySets
from gatepass_server.people_directory import domains_kept_elsewhere, passwords_of, people_directory
from gatepass_server.protocol.held_tokens import HeldTokens
from gatepass_server.protocol.introspection import Introspection
from gatepass_server.protocol.provider import House, Provider, introspection_alone, provider
from gatepass_server.protocol.registration.policy import Openness, RegistrationPolicy
from gatepass_server.settings import Settings
from gatepass_server.settings.issuer import is_loopback
from gatepass_server.settings.model import available_cores
from gatepass_server.status.places import BLOCK, Places
from gatepass_server.status.publisher import Publisher
from gatepass_server.store.ports import Store
from gatepass_server.store.sql import SqlStore
from gatepass_server.store.sql.schema import upgrade
from gatepass_server.upstream.house import Upstreams, put_together
from gatepass_server.upstream.providers import hosts_of

if TYPE_CHECKING:
    from gatepass_server.accounts.import_users import UserImport
    from gatepass_server.ldap.directory import LdapDirectory

_HASH_PATIENCE_SECONDS = 2.0
_KEY_SETS_AT_ONCE = 16
"""Fetches of programs' key sets, of each process."""

_UPSTREAM_AT_ONCE = 16
"""Requests to one other house, of each process."""
_UPSTREAM_SECONDS = 8.0
"""For one such request, while a person waits."""

_MOST_CONNECTIONS = 16
"""Of one process to a database server: a transaction takes a millisecond, and waiting for a hash takes none."""


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


def build(
    settings: Settings,
    *,
    clock: Clock = time.time,
    hash_slots: SharedSlots | None = None,
    status_block: int = BLOCK,
) -> Gatepass:
    """Put the services together. Opens nothing yet.

    Args:
        settings: checked already.
        clock: seconds since the epoch.
        hash_slots: a semaphore that all workers share; by default one of this process alone.
        status_block: how many places in the revocation feed are taken at once; what is left of them is lost.

    Raises:
        OperatorError: the database URL cannot be used.
    """
    store = SqlStore(settings.database, pool_size=min(settings.threads, _MOST_CONNECTIONS))
    hasher = PasswordHasher(
        settings.argon2_memory_kib, settings.argon2_time_cost, settings.argon2_parallelism
    )
    gate = HashGate(
        available_cores(),
        settings.hash_queue,
        _HASH_PATIENCE_SECONDS,
        shared=hash_slots,
    )
    limits = FailureLimits(
        clock=clock,
        per_account=settings.login_failures_per_account,
        per_address=settings.login_failures_per_address,
        window=settings.login_window,
    )
    sealer = Sealer(lambda: _master_keys(settings))
    house_secrets = HouseSecrets(store, sealer, clock)
    audit = AuditLog(house_secrets, clock, retention=settings.audit_retention_days)
    ring, keeper, signer, signed = _signing(settings, store, sealer, clock, audit)
    status_base = f"{settings.public_issuer.rstrip('/')}/status-lists/"
    status_lists: Publisher | None = None
    status_indexes: StatusIndexes = NoFeed()
    if ring is not None:
        status_lists = Publisher(
            store,
            clock,
            signer,
            issuer=settings.public_issuer,
            base=status_base,
            ttl=settings.status_ttl,
        )
        status_indexes = Places(store, clock, session_ttl=settings.session_ttl, block=status_block)
    sessions = Sessions(
        store,
        clock,
        status_indexes,
        ttl=settings.session_ttl,
        idle=settings.refresh_token_idle,
        scope=settings.login_scope,
        client_id=FIRST_PARTY_CLIENT,
    )
    tokens = Tokens(
        signer,
        clock,
        access_ttl=settings.access_token_ttl,
        status_lists=status_base,
    )
    claims = SessionClaims(issuer=settings.public_issuer, audience=settings.public_audience)
    opaque = OpaqueTokens(store, clock, claims, access_ttl=settings.access_token_ttl)
    verifier = HouseVerifier(signed, opaque)
    refresh = Refresh(
        store,
        tokens,
        opaque,
        house_secrets,
        clock,
        audit,
        status_indexes=None if ring is None else status_indexes,
        reuse_window=settings.refresh_reuse_window,
        idle=settings.refresh_token_idle,
    )
    clients = Clients(
        store,
        house_secrets,
        clock,
        audit,
        ensure_key=None if keeper is None else keeper.ensure,
        allow_http=settings.insecure_http,
    )
    policy = PasswordPolicy()
    held = HeldTokens(
        store,
        signed.verify if ring is None else _any_audience(settings, ring, clock).verify,
        opaque,
        sessions,
        claims,
        clock,
        issuer=settings.public_issuer,
        audience=settings.public_audience,
        status_lists=status_base,
    )
    people = people_directory(settings)
    elsewhere = passwords_of(people, settings, store, limits, clock)
    check = PasswordCheck(store, hasher, gate, limits, elsewhere)
    change_password = ChangePassword(
        store,
        hasher,
        gate,
        limits,
        policy,
        clock,
        audit,
        elsewhere,
        page_elsewhere=settings.ldap_password_page,
    )
    faces = Faces(sessions, tokens, opaque)
    # Not under the master key itself: what is kept for long need not be sealed anew when that is rotated.
    upstream_sealer = Sealer(lambda: [house_secrets("upstream")])
    keeping = StrangerKeeping(upstream_sealer)
    through = SignInThrough(store, sessions, faces, keeping, limits, clock, audit)
    log_in = LogIn(
        store,
        check,
        sessions,
        faces,
        audit,
        scope=settings.login_scope,
        admins=settings.admin_api,
    )
    cookie_sessions = CookieSessions(store, clock, idle=settings.refresh_token_idle)
    reauthenticate = Reauthenticate(store, check, clock, audit, idle=settings.refresh_token_idle)
    log_out = LogOut(store, clock, audit)

    def outbound(slots: int) -> Outbound:
        return _outbound(settings, slots)

    accounts = AccountManagement(store, hasher, gate, policy, clock, audit)
    return Gatepass(
        settings=settings,
        store=store,
        clock=clock,
        hasher=hasher,
        policy=policy,
        ring=ring,
        keeper=keeper,
        signer=signer,
        verifier=verifier,
        sign_up=SignUp(
            store, hasher, gate, limits, clock, audit, kept_elsewhere=domains_kept_elsewhere(settings)
        ),
        log_in=log_in,
        refresh=refresh,
        log_out=log_out,
        session_list=SessionList(store, clock),
        change_password=change_password,
        set_password=SetPassword(
            store, hasher, gate, policy, clock, audit, demand_here=change_password.demand_here
        ),
        change_name=ChangeName(store, clock, audit),
        sessions=sessions,
        session_claims=claims,
        cookie_sessions=cookie_sessions,
        browser_accounts=BrowserAccounts(cookie_sessions, log_in, reauthenticate, through),
        applications=Applications(store, clock, audit),
        clients=clients,
        invitations=Invitations(store, clock, audit),
        provider=None
        if ring is None
        else provider(
            House(
                store=store,
                clock=clock,
                audit=audit,
                house_secrets=house_secrets,
                ring=ring,
                clients=clients,
                sessions=sessions,
                tokens=tokens,
                opaque=opaque,
                refresh=refresh,
                log_out=log_out,
                outbound=outbound,
                key_sets=KeySets(outbound(_KEY_SETS_AT_ONCE)),
                status_indexes=status_indexes,
                registration=RegistrationPolicy(
                    openness=Openness(settings.openness),
                    scopes=tuple(settings.registration_scope.split()),
                    resources=settings.open_resources,
                    per_address=settings.registration_limit,
                ),
                takes_documents=settings.takes_documents,
                status_lists=status_base,
                held=held,
                issuer=settings.public_issuer,
                audience=settings.public_audience,
                access_ttl=settings.access_token_ttl,
                client_certificates=settings.client_certificates
                if settings.client_certificate_header
                else "",
                must_push=settings.require_pushed_authorization_requests,
                dpop_nonces=settings.require_dpop_nonce,
                claims=claims,
                oauth1=settings.oauth1_signatures,
            )
        ),
        introspection_alone=None
        if ring is not None
        else introspection_alone(store, clients, held, clock, audience=settings.public_audience),
        status_lists=status_lists,
        people_directory=people,
        directory=Directory(store, everybody_sees_all=settings.article_answers),
        administration=Administration(store, accounts, sessions, tokens, audit),
        administrators=Administrators(store, sessions, clock),
        accounts=accounts,
        roles=Roles(store, clock, audit),
        groups=Groups(store, clock, audit),
        audit_log=audit,
        audit_trail=AuditTrail(store, house_secrets),
        outbound=outbound,
        upstreams=put_together(
            settings.upstream,
            lambda upstream: _outbound_to(settings, upstream),
            store=store,
            keeping=keeping,
            sealer=upstream_sealer,
            clock=clock,
            audit=audit,
            base=settings.public_issuer.rstrip("/"),
            usable_beside=(settings.ldap_name,) if settings.ldap_url else (),
        ),
    )


def user_import(gatepass: Gatepass) -> "UserImport":
    """The service that brings accounts over from elsewhere; only the command line needs it."""
    from gatepass_server.accounts.import_users import UserImport  # noqa: PLC0415 - a server never imports users

    return UserImport(gatepass.store, gatepass.hasher, gatepass.policy, gatepass.clock, gatepass.audit_log)


def prepare(settings: Settings) -> None:
    """Make what a first run lacks: the data folder, the schema. Safe when several processes start at once.

    Raises:
        OperatorError: the folder or the database cannot be used, or the schema is old and may not be upgraded.
    """
    make_folder(settings)
    if settings.auto_upgrade:
        upgrade(settings.database)


def make_folder(settings: Settings) -> None:
    """Make the data folder, for its owner alone.

    Raises:
        OperatorError: it cannot be made.
    """
    try:
        settings.data.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise OperatorError(
            f"The data folder {settings.data} cannot be made: {error.strerror}. Name another with --data."
        ) from None


def open_for_service(
    settings: Settings,
    *,
    clock: Clock = time.time,
    hash_slots: SharedSlots | None = None,
    status_block: int = BLOCK,
) -> Gatepass:
    """``prepare``, ``build``, and a signing key: everything that must be there before the first request.

    Raises:
        OperatorError: with what to do.
    """
    prepare(settings)
    gatepass = build(settings, clock=clock, hash_slots=hash_slots, status_block=status_block)
    try:
        gatepass.store.check_ready()
        gatepass.outbound(1).prepare()
        gatepass.audit_log.pen()  # as must an audit log that nobody could write: what is not recorded is not done
        if gatepass.keeper is not None:
            gatepass.keeper.ensure_first(settings.signing_algorithm)
            gatepass.signer()  # an unreadable key must stop the start, not the first log-in
    except BaseException:
        gatepass.close()
        raise
    return gatepass


def _signing(
    settings: Settings, store: Store, sealer: Sealer, clock: Clock, audit: AuditLog
) -> tuple[KeyRing | None, KeyKeeper | None, Signers, Verifier]:
    issuer, audience = settings.public_issuer, settings.public_audience
    if secret := settings.signing_secret.reveal():
        shared = Signer.from_secret(secret, issuer=issuer, audience=audience, clock=clock)
        verifier = Verifier.from_secret(secret, issuer=issuer, audience=audience, clock=clock)
        return None, None, lambda algorithm="": shared, verifier  # noqa: ARG005 - it is all there is
    ring = KeyRing(store, sealer, clock, issuer=issuer, audience=audience, usual=settings.signing_algorithm)
    keeper = KeyKeeper(
        store,
        sealer,
        clock,
        audit,
        publish_lead=settings.key_publish_lead,
        changed=ring.forget,
    )
    # Whether a session has ended is looked up here at every call, so the verifier itself follows no revocations.
    verifier = Verifier(issuer, audience=audience, keys=ring, clock=clock, status=None)
    return ring, keeper, ring.signer, verifier


def _any_audience(settings: Settings, ring: KeyRing, clock: Clock) -> AnyAudience:
    def make(audience: str) -> Verifier:
        return Verifier(settings.public_issuer, audience=audience, keys=ring, clock=clock, status=None)

    return AnyAudience(make, house=settings.public_audience)


def _outbound(settings: Settings, slots: int) -> Outbound:
    return Outbound(
        slots=slots,
        allowed=parse_allowed_places(settings.outbound_allow),
        plain_http=settings.outbound_insecure,
        authorities=Path(settings.outbound_ca_file) if settings.outbound_ca_file else None,
    )


def _outbound_to(settings: Settings, upstream: Upstream) -> Outbound:
    """To a house that the operator named: its own hosts may be anywhere, and plain where all of them are."""
    allowed = parse_allowed_places(settings.outbound_allow)
    hosts = hosts_of(upstream)
    return Outbound(
        slots=_UPSTREAM_AT_ONCE,
        allowed=replace(allowed, hosts=allowed.hosts | hosts),
        plain_http=settings.outbound_insecure or all(map(is_loopback, hosts)),
        authorities=Path(settings.outbound_ca_file) if settings.outbound_ca_file else None,
        timeout=_UPSTREAM_SECONDS,
    )


def _master_keys(settings: Settings) -> list[bytes]:
    if settings.master_key:
        return parse_master_keys(settings.master_key, where="the setting master_key")
    return load_or_create(settings.data / "master.key")
