"""A real OpenLDAP server with a few people in it, on a port of this machine's own."""

import shutil
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gatepass_server.ldap.library import ldap3
from tests.outage.certificates import self_signed

BASE = "dc=example,dc=com"
PEOPLE = f"ou=people,{BASE}"
GROUPS = f"ou=groups,{BASE}"
OPEN = f"ou=open,{BASE}"
"""What everybody may read."""
ROOT = f"cn=root,{BASE}"
SEARCHER = f"cn=gatepass,{BASE}"
SECRET = "a searcher's secret"
BEE = "bee's own password"
BEE_SUBJECT = "11111111-1111-4111-8111-111111111111"

_CONF = """
include {schema}/core.schema
include {schema}/cosine.schema
include {schema}/nis.schema
include {schema}/inetorgperson.schema
modulepath {modules}
moduleload back_mdb
moduleload back_monitor
moduleload memberof
pidfile {folder}/slapd.pid
TLSCertificateFile {certificate}
TLSCertificateKeyFile {certificate}
TLSCACertificateFile {certificate}
allow bind_v2
database monitor
access to * by dn.exact="{root}" read
database mdb
suffix {base}
rootdn {root}
rootpw root
directory {folder}
maxsize 16777216
dbnosync
index objectClass eq
access to attrs=userPassword by anonymous auth by * none
access to dn.subtree="{open}" by * read
access to dn.subtree="{groups}" by dn.exact="{searcher}" read by * none
access to * by dn.exact="{searcher}" read by anonymous none by * none
overlay memberof
"""

_START = f"""
dn: {BASE}
objectClass: dcObject
objectClass: organization
dc: example
o: Example

dn: {SEARCHER}
objectClass: applicationProcess
objectClass: simpleSecurityObject
cn: gatepass
userPassword: {SECRET}

dn: {PEOPLE}
objectClass: organizationalUnit
ou: people

dn: {GROUPS}
objectClass: organizationalUnit
ou: groups

dn: {OPEN}
objectClass: organizationalUnit
ou: open

dn: uid=bee,{PEOPLE}
objectClass: inetOrgPerson
uid: bee
cn: Bee Sørensen
sn: Sørensen
mail: Bee@Example.com
userPassword: {BEE}
entryUUID: {BEE_SUBJECT}

"""


def find_slapd() -> str | None:
    """The path of the program; None where it is not installed. Debian keeps it where only root looks."""
    return shutil.which("slapd") or shutil.which("slapd", path="/usr/sbin:/usr/local/sbin:/usr/libexec")


@dataclass(frozen=True, slots=True)
class Slapd:
    """A running server, and the hand of its administrator."""

    port: int
    tls_port: int
    certificate: Path
    root: Any

    @property
    def url(self) -> str:
        """With TLS from the beginning."""
        return f"ldaps://localhost:{self.tls_port}"

    @property
    def plain_url(self) -> str:
        """Without, or with StartTLS."""
        return f"ldap://localhost:{self.port}"

    def add(self, dn: str, kinds: Sequence[str], **attributes: Any) -> str:
        """Make an entry; its name."""
        assert self.root.add(dn, list(kinds), attributes), self.root.result
        return dn

    def person(self, uid: str, password: str = BEE, *, place: str = PEOPLE, **attributes: Any) -> str:
        """Make a person; their name."""
        given = {"cn": uid.title(), "sn": uid.title(), "mail": f"{uid}@example.com", **attributes}
        if password:
            given["userPassword"] = password
        return self.add(f"uid={uid},{place}", ["inetOrgPerson"], uid=uid, **given)

    def group(self, name: str, *members: str, place: str = GROUPS) -> str:
        """Make a group; its name."""
        return self.add(f"cn={name},{place}", ["groupOfNames"], cn=name, member=list(members))

    def change(self, dn: str, **attributes: Sequence[str]) -> None:
        """Give an entry other values."""
        changes: Mapping[str, Any] = {
            name: [(ldap3.MODIFY_REPLACE, list(values))] for name, values in attributes.items()
        }
        assert self.root.modify(dn, changes), self.root.result

    def remove(self, dn: str) -> None:
        """Take an entry away."""
        self.root.delete(dn)

    def subject(self, dn: str) -> str:
        """The ``entryUUID`` of an entry."""
        assert self.root.search(dn, "(objectClass=*)", search_scope=ldap3.BASE, attributes=["entryUUID"])
        return str(self.root.response[0]["raw_attributes"]["entryUUID"][0], "ascii")

    def operations(self, kind: str) -> int:
        """How many operations (``Bind``, ``Search``) it has begun; asking is itself a search."""
        name = f"cn={kind},cn=Operations,cn=Monitor"
        assert self.root.search(
            name, "(objectClass=*)", search_scope=ldap3.BASE, attributes=["monitorOpInitiated"]
        )
        return int(self.root.response[0]["raw_attributes"]["monitorOpInitiated"][0])


@contextmanager
def running_slapd(folder: Path, *, host: str = "localhost") -> Iterator[Slapd]:
    """Start one in a folder, with a certificate for ``host``; it has ended afterwards."""
    program = find_slapd()
    assert program is not None
    certificate = self_signed(folder / "slapd.pem", host)
    conf = folder / "slapd.conf"
    conf.write_text(
        _CONF.format(
            folder=folder,
            certificate=certificate,
            base=BASE,
            root=ROOT,
            groups=GROUPS,
            open=OPEN,
            searcher=SEARCHER,
            schema=_first("/etc/ldap/schema", "/etc/openldap/schema"),
            modules=_first("/usr/lib/ldap", "/usr/lib64/openldap", "/usr/lib/openldap"),
        )
    )
    start = folder / "start.ldif"
    start.write_text(_START)
    subprocess.run([program, "-Ta", "-q", "-f", conf, "-l", start], check=True, capture_output=True)
    port, tls_port = _free_ports()
    listening = f"ldap://127.0.0.1:{port} ldaps://127.0.0.1:{tls_port}"
    process = subprocess.Popen([program, "-f", conf, "-h", listening, "-d", "0"], stderr=subprocess.DEVNULL)
    try:
        with _administered(port) as root:
            yield Slapd(port, tls_port, certificate, root)
    finally:
        process.terminate()
        process.wait(timeout=20)


@contextmanager
def _administered(port: int) -> Iterator[Any]:
    deadline = time.monotonic() + 20
    while True:
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            break
        assert time.monotonic() < deadline, "slapd does not listen"
        time.sleep(0.02)
    server = ldap3.Server("127.0.0.1", port=port, get_info=ldap3.NONE)
    connection = ldap3.Connection(server, ROOT, "root", auto_bind=True, check_names=False)
    try:
        yield connection
    finally:
        connection.unbind()


def _first(*folders: str) -> str:
    return next((folder for folder in folders if Path(folder).is_dir()), folders[0])


def _free_ports() -> tuple[int, int]:
    with socket.create_server(("127.0.0.1", 0)) as one, socket.create_server(("127.0.0.1", 0)) as other:
        return one.getsockname()[1], other.getsockname()[1]
