"""Settings in, services out."""

import time

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
from gatepass_server.bootstrap.elsewhere import outbound_of, outbound_to
from gatepass_server.bootstrap.house import Gatepass
from gatepass_server.bootstrap.people import domains_kept_elsewhere, passwords_of, people_directory
from gatepass_server.bootstrap.signing import any_audience, master_keys, signing
from gatepass_server.crypto.hash_gate import HashGate, SharedSlots
from gatepass_server.crypto.passwords import PasswordHasher
from gatepass_server.crypto.sealing import Sealer
from gatepass_server.domain.clock import Clock
from gatepass_server.domain.password_policy import PasswordPolicy
from gatepass_server.domain.sessions import FIRST_PARTY_CLIENT
from gatepass_server.keys.sealed_secrets import HouseSecrets
from gatepass_server.outbound.client import Outbound
from gatepass_server.outbound.key_sets import KeySets
from gatepass_server.protocol.held_tokens import HeldTokens
from gatepass_server.protocol.provider import House, introspection_alone, provider
from gatepass_server.protocol.registration.policy import Openness, RegistrationPolicy
from gatepass_server.settings import Settings
from gatepass_server.settings.model import available_cores
from gatepass_server.status.places import BLOCK, Places
from gatepass_server.status.publisher import Publisher
from gatepass_server.store.sql import SqlStore
from gatepass_server.upstream.house import put_together

_HASH_PATIENCE_SECONDS = 2.0
_KEY_SETS_AT_ONCE = 16
"""Fetches of programs' key sets, of each process."""

_MOST_CONNECTIONS = 16
"""Of one process to a database server: a transaction takes a millisecond, and waiting for a hash takes none."""


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
    sealer = Sealer(lambda: master_keys(settings))
    house_secrets = HouseSecrets(store, sealer, clock)
    audit = AuditLog(house_secrets, clock, retention=settings.audit_retention_days)
    ring, keeper, signer, signed = signing(settings, store, sealer, clock, audit)
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
        signed.verify if ring is None else any_audience(settings, ring, clock).verify,
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
    directory_domains = domains_kept_elsewhere(settings)
    through = SignInThrough(
        store, sessions, faces, keeping, limits, clock, audit, kept_elsewhere=directory_domains
    )
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
        return outbound_of(settings, slots)

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
        sign_up=SignUp(store, hasher, gate, limits, clock, audit, kept_elsewhere=directory_domains),
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
            lambda upstream: outbound_to(settings, upstream),
            store=store,
            keeping=keeping,
            sealer=upstream_sealer,
            clock=clock,
            audit=audit,
            base=settings.public_issuer.rstrip("/"),
            usable_beside=(settings.ldap_name,) if settings.ldap_url else (),
            is_kept_elsewhere=elsewhere.holds if elsewhere is not None else lambda _: False,
        ),
    )
