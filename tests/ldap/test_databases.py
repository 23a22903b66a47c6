"""The first sign-in, the next one and the roles, on both databases."""

from pathlib import Path

from gatepass_server.domain.audit import AT_TERMINAL
from tests.ldap.people import status, told, whoami
from tests.support.clock import FakeClock
from tests.support.house import House, cheap_settings
from tests.support.slapd import BASE, GROUPS, SEARCHER, SECRET, Slapd


def test_a_person_comes_gets_roles_and_comes_again(
    ready_database_url: str, tmp_path: Path, clock: FakeClock, slapd: Slapd
) -> None:
    settings = cheap_settings(
        ready_database_url,
        tmp_path,
        ldap_url=slapd.url,
        ldap_ca_file=str(slapd.certificate),
        ldap_bind_dn=SEARCHER,
        ldap_bind_password=SECRET,
        ldap_base=BASE,
        ldap_roles=f"editor=cn=both,{GROUPS}",
    )
    dn = slapd.person("both")
    group = slapd.group("both", dn)
    house = House(settings, clock)
    try:
        house.gatepass.roles.create("editor", description="", permissions=(), by=AT_TERMINAL)
        first = whoami(house, "both")
        assert whoami(house, "both@example.com") == first
        assert house.gatepass.roles.names_of([first["public_id"]])[first["public_id"]] == ["editor"]
        assert status(house, "both", "wrong") == 403
        assert len(told(house, "account.created")) == len(told(house, "identity.roles_changed")) == 1
    finally:
        house.gatepass.close()
        slapd.remove(group)
        slapd.remove(dn)
