"""The directory of people that the settings describe: a corner of the composition root."""

from pathlib import Path
from typing import TYPE_CHECKING

from gatepass_server.accounts.directory_passwords import DirectoryPasswords
from gatepass_server.accounts.limits import FailureLimits
from gatepass_server.domain.clock import Clock
from gatepass_server.domain.ldap_addresses import parse_ldap_addresses
from gatepass_server.domain.ldap_roles import parse_ldap_roles
from gatepass_server.settings import Settings
from gatepass_server.store.ports import Store

if TYPE_CHECKING:
    from gatepass_server.ldap.directory import LdapDirectory


def people_directory(settings: Settings) -> "LdapDirectory | None":
    """The directory; None where there is none. It is not asked anything.

    Raises:
        OperatorError: what the settings say of it cannot be followed, or ldap3 is not installed.
    """
    if not settings.ldap_url:
        return None
    from gatepass_server.ldap.directory import LdapDirectory  # noqa: PLC0415 - ldap3 is an extra
    from gatepass_server.ldap.plan import Plan  # noqa: PLC0415 - the same

    return LdapDirectory(
        Plan(
            addresses=parse_ldap_addresses(settings.ldap_url),
            starttls=settings.ldap_starttls,
            authorities=Path(settings.ldap_ca_file) if settings.ldap_ca_file else None,
            bind_dn=settings.ldap_bind_dn,
            bind_password=settings.ldap_bind_password,
            base=settings.ldap_base,
            user_filter=settings.ldap_user_filter,
            login_attributes=tuple(settings.ldap_login_attributes.split()),
            subject_attribute=settings.ldap_subject_attribute,
            email_attribute=settings.ldap_email_attribute,
            name_attribute=settings.ldap_name_attribute,
            group_attribute=settings.ldap_group_attribute,
            group_base=settings.ldap_group_base,
            group_filter=settings.ldap_group_filter,
            roles=parse_ldap_roles(settings.ldap_roles),
            seconds=float(settings.ldap_timeout),
        )
    )


def passwords_of(
    people: "LdapDirectory | None", settings: Settings, store: Store, limits: FailureLimits, clock: Clock
) -> DirectoryPasswords | None:
    """What judges the passwords of the directory's people; None where there is no directory."""
    if people is None:
        return None
    domains = domains_kept_elsewhere(settings)
    return DirectoryPasswords(store, people, limits, clock, name=settings.ldap_name, domains=domains)


def domains_kept_elsewhere(settings: Settings) -> list[str]:
    """The domains whose people the directory lets in, if the operator has named any."""
    return settings.ldap_email_domains.split() if settings.ldap_url else []
