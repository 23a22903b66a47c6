"""Asking a directory without a house around it."""

from typing import Any

import pytest

from gatepass_server.domain.directories import DirectoryUnavailable, NotProven
from gatepass_server.domain.ldap_addresses import parse_ldap_addresses
from gatepass_server.domain.secret import Secret
from gatepass_server.ldap.directory import LdapDirectory
from gatepass_server.ldap.plan import Plan
from tests.support.slapd import BASE, SEARCHER, SECRET, Slapd


def directory(slapd: Slapd | None, url: str = "", **changes: Any) -> LdapDirectory:
    """The client of a server, or of whatever listens at an address."""
    given: dict[str, Any] = {
        "addresses": parse_ldap_addresses(url or (slapd.url if slapd else "")),
        "authorities": slapd.certificate if slapd else None,
        "bind_dn": SEARCHER,
        "bind_password": Secret(SECRET),
        "base": BASE,
        "roles": {},
        **changes,
    }
    return LdapDirectory(Plan(**given))


def anybody(_subject: str) -> None:
    """Nobody has reached a limit."""


def refusal(asked: LdapDirectory, login: str, password: str) -> NotProven:
    """Why somebody is not proven."""
    with pytest.raises(NotProven) as refused:
        asked.prove_login(login, Secret(password), may_try=anybody)
    return refused.value


def outage(asked: LdapDirectory, login: str = "bee", password: str = "any") -> str:
    """Why nobody can be asked."""
    with pytest.raises(DirectoryUnavailable) as refused:
        asked.prove_login(login, Secret(password), may_try=anybody)
    return refused.value.reason
