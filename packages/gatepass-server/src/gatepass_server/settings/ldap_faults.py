"""What is wrong with the settings of a directory, as far as the directory need not be asked."""

import re

from gatepass_server.domain.ldap_addresses import parse_ldap_addresses
from gatepass_server.domain.ldap_roles import parse_ldap_roles
from gatepass_server.settings.fault import Fault
from gatepass_server.settings.model import Settings


def ldap_faults(settings: Settings) -> list[Fault]:
    """Every fault; none where there is no directory."""
    if not settings.ldap_url:
        return []
    return [
        *_addresses(settings),
        *_searching(settings),
        *_roles(settings),
        *_password_page(settings),
        *_name(settings),
    ]


def _addresses(settings: Settings) -> list[Fault]:
    try:
        addresses = parse_ldap_addresses(settings.ldap_url)
    except ValueError as error:
        return [Fault(("ldap_url",), str(error))]
    faults = []
    if not addresses:
        faults.append(Fault(("ldap_url",), "it names no address."))
    is_plain = any(not address.tls for address in addresses)
    if is_plain and not settings.ldap_starttls and not settings.ldap_plaintext:
        sentence = (
            "passwords would cross the network readable; use ldaps://, set `ldap_starttls = true`, or say "
            "`ldap_plaintext = true` if that is acceptable."
        )
        faults.append(Fault(("ldap_url", "ldap_starttls"), sentence))
    if settings.ldap_starttls and settings.ldap_plaintext:
        names = ("ldap_starttls", "ldap_plaintext")
        faults.append(Fault(names, "one of the two: encrypt, or do not."))
    if not all(address.tls for address in addresses) and any(address.tls for address in addresses):
        faults.append(Fault(("ldap_url",), "use ldaps:// for all addresses, or ldap:// for all."))
    return faults


def _searching(settings: Settings) -> list[Fault]:
    faults = []
    if not settings.ldap_base.strip():
        faults.append(Fault(("ldap_base", "ldap_url"), "ldap_base must say where people are looked for."))
    if bool(settings.ldap_bind_dn) != bool(settings.ldap_bind_password):
        names = ("ldap_bind_dn", "ldap_bind_password")
        faults.append(
            Fault(names, "a directory takes a name without a password, or the other way round, for nobody.")
        )
    return faults


def _roles(settings: Settings) -> list[Fault]:
    try:
        roles = parse_ldap_roles(settings.ldap_roles)
    except ValueError as error:
        return [Fault(("ldap_roles",), str(error))]
    if roles and not settings.ldap_group_attribute and not settings.ldap_group_filter:
        names = ("ldap_roles", "ldap_group_attribute")
        return [
            Fault(names, "nothing says how groups are found: set ldap_group_attribute or ldap_group_filter.")
        ]
    return []


def _password_page(settings: Settings) -> list[Fault]:
    page = settings.ldap_password_page
    if not page or re.fullmatch(r"https://[^\s\"<>@]+", page):
        return []
    return [Fault(("ldap_password_page",), "it must be an https address.")]


def _name(settings: Settings) -> list[Fault]:
    if settings.ldap_name not in settings.upstream:
        return []
    sentence = f"there is a table [upstream.{settings.ldap_name}] already; nobody could tell the two apart."
    return [Fault(("ldap_name", "ldap_url"), sentence)]
