"""What the operator says of the directory."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from gatepass_server.domain.ldap_addresses import LdapAddress
from gatepass_server.domain.secret import Secret


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Where the directory is, whom it is asked by, and how it tells of people.

    Attributes:
        addresses: Tried in their order until one can be connected to.
        starttls: Whether an address without TLS is made safe by StartTLS (RFC 4513 section 3.1). Otherwise passwords
            cross the network readable.
        authorities: A file (PEM) that is believed beside the system's authorities.
        bind_dn: Who searches; empty for nobody in particular.
        bind_password: Its password.
        base: Where people are looked for, and below.
        user_filter: Whom of them.
        login_attributes: What people may type at a sign-in; one of them must fit.
        subject_attribute: What names an entry for good.
        email_attribute: The e-mail address.
        name_attribute: The name.
        group_attribute: Of a person's entry, with the names of their groups; empty where it has none.
        group_base: Where groups are looked for, and below.
        group_filter: Which of them; ``{dn}``, or another attribute of a person in braces, stands for that person's.
            Empty where groups are not looked for.
        roles: The groups' names (DN) that stand for each role.
        seconds: For the whole of an attempt.
    """

    addresses: tuple[LdapAddress, ...]
    starttls: bool = False
    authorities: Path | None = None
    bind_dn: str = ""
    bind_password: Secret
    base: str
    user_filter: str = "(objectClass=person)"
    login_attributes: tuple[str, ...] = ("mail", "uid")
    subject_attribute: str = "entryUUID"
    email_attribute: str = "mail"
    name_attribute: str = "cn"
    group_attribute: str = "memberOf"
    group_base: str = ""
    group_filter: str = ""
    roles: Mapping[str, tuple[str, ...]]
    seconds: float = 5.0

    def is_encrypted(self, address: LdapAddress) -> bool:
        """Whether nothing is said there before TLS has begun, but the wish for it."""
        return address.tls or self.starttls
