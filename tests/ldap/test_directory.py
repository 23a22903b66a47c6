"""What the client makes of a real directory."""

from dataclasses import replace
import pytest
from gatepass_server.domain.directories import DirectoryUnavailable, NotProven
from gatepass_server.domain.ldap_addresses import parse_ldap_addresses
from gatepass_server.domain.secret import Secret
from gatepass_server.ldap.directory import LdapDirectory
from gatepass_server.ldap.plan import Plan
from tests.support.slapd import BASE, BEE, BEE_SUBJECT, SEARCHER, SECRET, Slapd


def plan_of(slapd: Slapd, **changes) -> Plan:
    return Plan(**{**dict(
        addresses=parse_ldap_addresses(slapd.url), authorities=slapd.certificate, bind_dn=SEARCHER,
        bind_password=Secret(SECRET), base=BASE, roles={}), **changes})

def ok(_): pass

def test_right(slapd: Slapd) -> None:
    d = LdapDirectory(plan_of(slapd))
    e = d.prove_login("bee@example.com", Secret(BEE), may_try=ok)
    assert e.subject == BEE_SUBJECT and e.email == "Bee@Example.com" and e.name == "Bee Sørensen"
    assert d.prove_login("bee", Secret(BEE), may_try=ok) == e
    assert d.prove_subject(BEE_SUBJECT, Secret(BEE), may_try=ok) == e
    with pytest.raises(NotProven) as r:
        d.prove_login("bee", Secret("x"), may_try=ok)
    print(r.value.reason)
    with pytest.raises(NotProven) as r:
        d.prove_login("be*", Secret("x"), may_try=ok)
    d = LdapDirectory(plan_of(slapd, addresses=parse_ldap_addresses(slapd.plain_url), starttls=True))
    assert d.prove_login("bee", Secret(BEE), may_try=ok) == e
    d = LdapDirectory(plan_of(slapd, addresses=parse_ldap_addresses("ldaps://127.0.0.1:%d" % slapd.tls_port)))
    with pytest.raises(DirectoryUnavailable) as r:
        d.prove_login("bee", Secret("x"), may_try=ok)
    print(r.value.reason)
